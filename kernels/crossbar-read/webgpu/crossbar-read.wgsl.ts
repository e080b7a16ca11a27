/** `CrossbarRead`: a thread for each output of each vector of the batch. `given` holds the inputs. */
export const crossbarReadWgsl = /* wgsl */ `
fn input_of(b: u32, width: u32, i: u32, converter: u32) -> f32 {
  return quantize(bitcast<f32>(given[b * width + i]), converter);
}

fn forward(X: u32, b: u32, j: u32) -> f32 {
  let rows = data[X + ROWS];
  let cols = data[X + COLS];
  let difference = data[X + DIFFERENCE];
  var out = 0.0;
  var sum = 0.0;
  var powers = 0.0;
  let noisy = real(X + READ_SIGMA) != 0.0;
  for (var i = 0u; i < rows; i++) {
    let x = input_of(b, rows, i, X + FORWARD_INPUT);
    sum = sum + x;
    out = out + mul(x, load(difference + i * cols + j));
    let x2 = mul(x, x);
    if (noisy && x2 != 0.0) { powers = powers + mul(x2, power(X, i * cols + j)); }
  }
  if (data[X + CODING] == IDEAL) { out = out + mul(sum, load(data[X + OFFSETS] + j)); }
  if (noisy) { out = out + noise_of_read(X, powers, fold(fold(key_at(X + PREDICT_KEY), call.step), b), j); }
  return scaled(X, out, X + FORWARD_OUTPUT);
}

fn transposed(X: u32, b: u32, i: u32) -> f32 {
  let cols = data[X + COLS];
  let difference = data[X + DIFFERENCE] + i * cols;
  let noisy = real(X + READ_SIGMA) != 0.0;
  var sums = vec4f();
  var errors = vec4f();
  var powers = vec4f();
  for (var j = 0u; j < cols; j++) {
    let error = input_of(b, cols, j, X + BACKWARD_INPUT);
    sums[j & 3u] = sums[j & 3u] + mul(error, load(difference + j));
    errors[j & 3u] = errors[j & 3u] + error;
    if (noisy) { powers[j & 3u] = powers[j & 3u] + mul(mul(error, error), power(X, i * cols + j)); }
  }
  var sum = lane_total(sums);
  if (noisy) {
    sum = sum + noise_of_read(X, lane_total(powers), fold(fold(key_at(X + BACKWARD_KEY), call.step), b), i);
  }
  return scaled_back(X, sum, lane_total(errors));
}

/// Outputs begin at call.outputs in the heap; call.count are the vectors of the batch.
@compute @workgroup_size(GROUP)
fn read_forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let width = data[call.first + COLS];
  for (var k = id.x; k < call.count * width; k += groups.x * GROUP) {
    store(call.outputs + k, forward(call.first, k / width, k % width));
  }
}

@compute @workgroup_size(GROUP)
fn read_transposed(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let width = data[call.first + ROWS];
  for (var k = id.x; k < call.count * width; k += groups.x * GROUP) {
    store(call.outputs + k, transposed(call.first, k / width, k % width));
  }
}
`;
