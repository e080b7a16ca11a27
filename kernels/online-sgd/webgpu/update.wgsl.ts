/** The outer product of δ and the inputs, written into one column of a layer. */
export const updateWgsl = /* wgsl */ `
/// w += lr·δ·x, where the background's part goes into one offset for the column.
fn update_ideal(X: u32, j: u32, error: f32, I: Inputs) {
  let cols = data[X + COLS];
  let difference = data[X + DIFFERENCE] + j;
  let background = quantize(I.background, X + UPDATE_INPUT);
  let by = mul(rate_of(X, true), error);
  var sum = 0.0;
  for (var p = 0u; p < I.count; p++) {
    let x = quantize(value_at(I, p), X + UPDATE_INPUT) - background;
    sum = sum + x;
    let at = difference + row_at(I, p) * cols;
    store(at, load(at) + mul(by, x));
  }
  let offset = data[X + OFFSETS] + j;
  let total = data[X + SUMS] + j;
  store(offset, load(offset) + mul(by, background));
  store(total, load(total) + mul(by, sum));
}

/// How many pulses a candidate is given so that the mean is the request.
fn whole_pulses(request: f32, candidate: f32, u: f32) -> f32 {
  if (candidate < 1.0) { return select(0.0, 1.0, mul(u, candidate) < request); }
  let whole = floor(request);
  return whole + select(0.0, 1.0, u < request - whole);
}

/// Largest |x| among foreground rows behind the converter, which keeps the order of sizes.
fn foreground_reach(X: u32, I: Inputs) -> f32 {
  var reach = 0.0;
  if (I.listed) {
    let signed = real(X + UPDATE_INPUT) < 0.0;
    if (I.count > 0u) { reach = quantize(bitcast<f32>(given[I.sample + select(2u, 3u, signed)]), X + UPDATE_INPUT); }
    return reach;
  }
  for (var p = 0u; p < I.count; p++) { reach = larger(reach, abs(quantize(value_at(I, p), X + UPDATE_INPUT))); }
  return reach;
}

/**
 * Gives one polarity of a column its pulses; returns the column's sum. Whole pulses are drawn by jumps over background
 * rows (kind 0) or foreground rows (kind 1); fractional and rounded ones visit every row in one go (kind 0). One loop for
 * all of them, since drivers copy a function to wherever it is called.
 */
fn pulse_column(X: u32, device: u32, j: u32, error: f32, kind: u32, I: Inputs, step: u32, start: f32) -> f32 {
  let jumps = data[X + POLICY] == STOCHASTIC;
  let rows = data[X + ROWS];
  let length = select(rows, I.count, kind == 1u);
  let keys = step_keys(X, device, step);
  let upward = mul(rate_of(X, true), abs(error));
  let downward = mul(rate_of(X, false), abs(error));
  var reach = 0.0;
  if (kind == 1u) { reach = foreground_reach(X, I); }
  else { reach = abs(quantize(I.background, X + UPDATE_INPUT)); }
  if (jumps && !(reach > 0.0)) { return start; }
  let stream = 4u * device + 2u * kind;
  let gaps = fold(key_at(X + GAP_KEYS + stream), step);
  let thinning = fold(key_at(X + THINNING_KEYS + stream), step);
  let rung = rung_of(mul(larger(upward, downward), reach));
  let candidate = real(LADDER_TABLE + rung);
  var total = start;
  var n = j * (rows + 1u);
  var p = 0u;
  for (var k = 0u; k < length; k++) {
    if (jumps) {
      let skipped = gap_of(gaps, n, rung);
      if (skipped >= f32(length - k)) { break; }
      k += u32(skipped);
    }
    var row = k;
    var x = I.background;
    var given_to = true;
    if (kind == 1u) {
      row = row_at(I, k);
      x = value_at(I, k);
    } else if (jumps) {
      given_to = !is_foreground(I, k);
    } else if (p < I.count && row_at(I, p) == k) {
      x = value_at(I, p);
      p++;
    }
    x = quantize(x, X + UPDATE_INPUT);
    let direction = direction_of(X, device, (error > 0.0) == (x > 0.0));
    if (given_to && direction.pulses && x != 0.0) {
      let request = mul(select(downward, upward, direction.up), abs(x));
      var pulses = request;
      if (jumps) { pulses = whole_pulses(request, candidate, uniform_of(thinning, n)); }
      else if (data[X + POLICY] == ROUND) { pulses = floor(request + 0.5); }
      if (pulses > 0.0) { total = total + pulse(X, device, row * data[X + COLS] + j, direction.up, pulses, keys); }
    }
    n++;
  }
  return total;
}

fn update_column(X: u32, V: u32, j: u32, I: Inputs, step: u32) {
  let error = quantize(load(V + data[X + DELTA] + j), X + UPDATE_ERROR);
  if (data[X + CODING] == IDEAL) {
    update_ideal(X, j, error, I);
    return;
  }
  if (error == 0.0) { return; }
  var total = load(data[X + SUMS] + j);
  let kinds = select(1u, 2u, data[X + POLICY] == STOCHASTIC);
  for (var part = 0u; part < kinds * data[X + DEVICES]; part++) {
    total = pulse_column(X, part / kinds, j, error, part % kinds, I, step, total);
  }
  store(data[X + SUMS] + j, total);
}
`;
