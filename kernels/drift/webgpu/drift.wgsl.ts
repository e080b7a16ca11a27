/**
 * `Drift`: kernels/traps.ts, a thread for each cell. `given` begins with two words for each polarity and class of traps,
 * where its losses lie and the step from one cell's to the next one's.
 */
export const driftWgsl = /* wgsl */ `
fn loss_of(entry: u32, cell: u32) -> f32 { return bitcast<f32>(given[given[entry] + cell * given[entry + 1u]]); }

fn drifted(X: u32, device: u32, cell: u32, g: f32) -> f32 {
  let stride = data[X + BOUND_STRIDE] * cell;
  let low = real(data[X + LOW + device] + stride);
  let high = real(data[X + HIGH + device] + stride);
  let bare = real(data[X + REST + device] + stride);
  let classes = data[X + CLASSES];
  let losses = 2u * device * classes;
  let increment = g - bare;
  if (classes == 1u) { return clip(bare + (increment - mul(increment, loss_of(losses, cell))), low, high); }
  let count = data[X + ROWS] * data[X + COLS];
  let held = data[X + HELD + device] + cell;
  var before = 0.0;
  for (var k = 0u; k < classes; k++) { before = before + load(held + k * count); }
  // What pulses did since the last drift: each class keeps a part of what it holds and takes its weight's part.
  var keep = 1.0;
  var add = 0.0;
  if (clip(bare + before, low, high) != g) {
    if (!(mul(before, increment) > 0.0)) { keep = 0.0; add = increment; }
    else if (abs(increment) > abs(before)) { add = increment - before; }
    else { keep = divide(increment, before); }
  }
  var after = 0.0;
  for (var k = 0u; k < classes; k++) {
    let at = held + k * count;
    let c = mul(load(at), keep) + mul(real(data[X + TRAP_WEIGHTS] + k), add);
    let left = c - mul(c, loss_of(losses + 2u * k, cell));
    store(at, left);
    after = after + left;
  }
  return clip(bare + after, low, high);
}

@compute @workgroup_size(GROUP)
fn drift(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let X = call.first;
  let device = id.y;
  for (var cell = id.x; cell < data[X + ROWS] * data[X + COLS]; cell += groups.x * GROUP) {
    let at = data[X + CELLS + device] + cell;
    store(at, drifted(X, device, cell, load(at)));
  }
}
`;
