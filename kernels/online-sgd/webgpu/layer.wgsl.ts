/**
 * One layer of a network in training: kernels/online-sgd/reference.ts, a thread for each column (a column's cells belong
 * to its thread alone) and, where errors go back, for each row. `V` is where the vectors of the network lie.
 */
export const layerWgsl = /* wgsl */ `
const SOFTMAX = 3u;
const CROSS_ENTROPY = 1u;
const COLUMN_SUM_PERIOD = 1024u;

/// What a layer takes in: of a sample the rows that differ from the background, as pairs of row and value, or all that
/// the layer below gives, and a bias.
struct Inputs { listed: bool, at: u32, count: u32, below: u32, mask: u32, background: f32, sample: u32, }

/// Head of the samples: background, words of a mask, places of records, masks and pairs.
fn inputs_of_sample(s: u32) -> Inputs {
  let record = given[2] + 5u * s;
  let at = given[4] + 2u * given[record];
  return Inputs(true, at, given[record + 1u], 0u, given[3] + s * given[1], bitcast<f32>(given[0]), record);
}

fn label_of(s: u32) -> u32 { return given[given[2] + 5u * s + 4u]; }

fn inputs_of_layer(X: u32, below: u32, V: u32) -> Inputs {
  return Inputs(false, V + data[below + Z], data[X + ROWS], data[below + COLS], 0u, 0.0, 0u);
}

fn row_at(I: Inputs, p: u32) -> u32 {
  if (I.listed) { return given[I.at + 2u * p]; }
  return p;
}

fn value_at(I: Inputs, p: u32) -> f32 {
  if (I.listed) { return bitcast<f32>(given[I.at + 2u * p + 1u]); }
  if (p < I.below) { return load(I.at + p); }
  return 1.0;
}

fn is_foreground(I: Inputs, i: u32) -> bool {
  return !I.listed || ((given[I.mask + (i >> 5u)] >> (i & 31u)) & 1u) == 1u;
}

/// The noise of a read looks at every row, background rows too.
fn forward_powers(X: u32, j: u32, I: Inputs) -> f32 {
  let cols = data[X + COLS];
  let background = quantize(I.background, X + FORWARD_INPUT);
  var powers = 0.0;
  var p = 0u;
  for (var i = 0u; i < data[X + ROWS]; i++) {
    var x = background;
    if (p < I.count && row_at(I, p) == i) {
      x = quantize(value_at(I, p), X + FORWARD_INPUT);
      p++;
    }
    let x2 = mul(x, x);
    if (x2 != 0.0) { powers = powers + mul(x2, power(X, i * cols + j)); }
  }
  return powers;
}

fn forward_column(X: u32, V: u32, j: u32, I: Inputs, noise: vec2u) {
  let cols = data[X + COLS];
  let difference = data[X + DIFFERENCE] + j;
  let background = quantize(I.background, X + FORWARD_INPUT);
  var out = 0.0;
  if (background != 0.0) { out = mul(background, load(data[X + SUMS] + j)); }
  var sum = mul(f32(data[X + ROWS]), background);
  for (var p = 0u; p < I.count; p++) {
    let x = quantize(value_at(I, p), X + FORWARD_INPUT) - background;
    sum = sum + x;
    out = out + mul(x, load(difference + row_at(I, p) * cols));
  }
  if (data[X + CODING] == IDEAL) { out = out + mul(sum, load(data[X + OFFSETS] + j)); }
  if (real(X + READ_SIGMA) != 0.0) { out = out + noise_of_read(X, forward_powers(X, j, I), noise, j); }
  out = scaled(X, out, X + FORWARD_OUTPUT);
  if (data[X + ACTIVATION] == SOFTMAX) { store(V + data[X + RAW] + j, out); }
  else { store(V + data[X + Z] + j, activate(out, data[X + ACTIVATION])); }
}

/// Every column sums all of them up by itself, in the same order.
fn softmax_column(X: u32, V: u32, j: u32) {
  let raw = V + data[X + RAW];
  var top = load(raw);
  for (var k = 0u; k < data[X + COLS]; k++) { top = larger(top, load(raw + k)); }
  var sum = 0.0;
  for (var k = 0u; k < data[X + COLS]; k++) { sum = sum + exp32(load(raw + k) - top); }
  store(V + data[X + Z] + j, divide(exp32(load(raw + j) - top), sum));
}

fn output_error(X: u32, V: u32, j: u32, label: u32, loss: u32) {
  let z = V + data[X + Z];
  var delta = select(0.0, 1.0, j == label) - load(z + j);
  if (loss != CROSS_ENTROPY) {
    if (data[X + ACTIVATION] == SOFTMAX) {
      var s = 0.0;
      for (var k = 0u; k < data[X + COLS]; k++) {
        s = s + mul(load(z + k), select(0.0, 1.0, k == label) - load(z + k));
      }
      delta = mul(load(z + j), delta - s);
    } else {
      delta = mul(delta, derivative(load(z + j), data[X + ACTIVATION]));
    }
  }
  store(V + data[X + DELTA] + j, delta);
}

/// The error of unit i of the layer below.
fn pass_error(X: u32, below: u32, V: u32, i: u32, step: u32) {
  let cols = data[X + COLS];
  let difference = data[X + DIFFERENCE] + i * cols;
  let noisy = real(X + READ_SIGMA) != 0.0;
  var sums = vec4f();
  var errors = vec4f();
  var powers = vec4f();
  for (var j = 0u; j < cols; j++) {
    let error = quantize(load(V + data[X + DELTA] + j), X + BACKWARD_INPUT);
    sums[j & 3u] = sums[j & 3u] + mul(error, load(difference + j));
    errors[j & 3u] = errors[j & 3u] + error;
    if (noisy) { powers[j & 3u] = powers[j & 3u] + mul(mul(error, error), power(X, i * cols + j)); }
  }
  var sum = lane_total(sums);
  if (noisy) { sum = sum + noise_of_read(X, lane_total(powers), fold(key_at(X + BACKWARD_KEY), step), i); }
  let error = scaled_back(X, sum, lane_total(errors));
  store(V + data[below + DELTA] + i, mul(error, derivative(load(V + data[below + Z] + i), data[below + ACTIVATION])));
}
`;
