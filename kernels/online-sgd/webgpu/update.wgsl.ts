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

/// Fractional and rounded pulses: every cell whose request is not zero. Returns the column's sum.
fn update_every_cell(X: u32, device: u32, j: u32, error: f32, I: Inputs, step: u32, start: f32) -> f32 {
  let keys = step_keys(X, device, step);
  let background = quantize(I.background, X + UPDATE_INPUT);
  var total = start;
  var p = 0u;
  for (var i = 0u; i < data[X + ROWS]; i++) {
    var x = background;
    if (p < I.count && row_at(I, p) == i) {
      x = quantize(value_at(I, p), X + UPDATE_INPUT);
      p++;
    }
    if (x == 0.0) { continue; }
    let direction = direction_of(X, device, (error > 0.0) == (x > 0.0));
    if (!direction.pulses) { continue; }
    let request = mul(mul(rate_of(X, direction.up), abs(error)), abs(x));
    let pulses = select(request, floor(request + 0.5), data[X + POLICY] == ROUND);
    if (pulses > 0.0) { total = total + pulse(X, device, i * data[X + COLS] + j, direction.up, pulses, keys); }
  }
  return total;
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

/// Whole pulses drawn by jumps over the column's background rows (kind 0) or foreground rows (kind 1).
fn draw_column(X: u32, device: u32, j: u32, error: f32, kind: u32, reach: f32, I: Inputs, step: u32, start: f32) -> f32 {
  if (!(reach > 0.0)) { return start; }
  let rows = data[X + ROWS];
  let length = select(rows, I.count, kind == 1u);
  let stream = 4u * device + 2u * kind;
  let gaps = fold(key_at(X + GAP_KEYS + stream), step);
  let thinning = fold(key_at(X + THINNING_KEYS + stream), step);
  let keys = step_keys(X, device, step);
  let upward = mul(rate_of(X, true), abs(error));
  let downward = mul(rate_of(X, false), abs(error));
  let rung = rung_of(mul(larger(upward, downward), reach));
  let candidate = real(LADDER_TABLE + rung);
  var total = start;
  var n = j * (rows + 1u);
  var k = 0u;
  loop {
    let skipped = gap_of(gaps, n, rung);
    if (skipped >= f32(length - k)) { break; }
    k += u32(skipped);
    var row = k;
    var x = I.background;
    var drawn = true;
    if (kind == 1u) {
      row = row_at(I, k);
      x = value_at(I, k);
    } else {
      drawn = !is_foreground(I, k);
    }
    x = quantize(x, X + UPDATE_INPUT);
    let direction = direction_of(X, device, (error > 0.0) == (x > 0.0));
    if (drawn && direction.pulses && x != 0.0) {
      let request = mul(select(downward, upward, direction.up), abs(x));
      let pulses = whole_pulses(request, candidate, uniform_of(thinning, n));
      if (pulses > 0.0) { total = total + pulse(X, device, row * data[X + COLS] + j, direction.up, pulses, keys); }
    }
    n++;
    k++;
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
  for (var device = 0u; device < data[X + DEVICES]; device++) {
    if (data[X + POLICY] == STOCHASTIC) {
      let background = abs(quantize(I.background, X + UPDATE_INPUT));
      total = draw_column(X, device, j, error, 0u, background, I, step, total);
      total = draw_column(X, device, j, error, 1u, foreground_reach(X, I), I, step, total);
    } else {
      total = update_every_cell(X, device, j, error, I, step, total);
    }
  }
  store(data[X + SUMS] + j, total);
}
`;
