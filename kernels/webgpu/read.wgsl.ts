/** The read of a crossbar: kernels/read.ts, a thread for each output. */
export const readWgsl = /* wgsl */ `
/// Sum of squared conductances of one weight's cells, each raised by what lies below its range.
fn power(X: u32, cell: u32) -> f32 {
  let floor = real(X + FLOOR);
  let p = load(data[X + CELLS] + cell) + floor;
  if (data[X + DEVICES] == 1u) { return mul(p, p); }
  let m = load(data[X + CELLS + 1u] + cell) + floor;
  return mul(p, p) + mul(m, m);
}

fn noise_of_read(X: u32, powers: f32, key: vec2u, counter: u32) -> f32 {
  return mul(mul(real(X + READ_SIGMA), square_root(powers)), normal_of(key, counter));
}

fn lane_total(lanes: vec4f) -> f32 { return (lanes.x + lanes.y) + (lanes.z + lanes.w); }

fn scaled(X: u32, sum: f32, output: u32) -> f32 { return quantize(mul(sum, real(X + READ_SCALE)), output); }

/// Of a transposed read; errors is the sum of what was read with.
fn scaled_back(X: u32, sum: f32, errors: f32) -> f32 {
  let shift = real(X + BACKWARD_SHIFT);
  let shifted = select(sum, sum + mul(shift, errors), shift != 0.0);
  return quantize(mul(shifted, real(X + BACKWARD_SCALE)), X + BACKWARD_OUTPUT);
}
`;
