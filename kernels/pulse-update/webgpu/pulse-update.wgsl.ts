/** `PulseUpdate`: a thread for each weight, whose cells it pulses one after the other. `given` holds the request. */
export const pulseUpdateWgsl = /* wgsl */ `
/// A real request as the pulses that the policy gives.
fn pulses_of(X: u32, request: f32, key: vec2u, cell: u32) -> f32 {
  switch (data[X + POLICY]) {
    case FRACTIONAL: { return request; }
    case ROUND: { return floor(request + 0.5); }
    default: {
      let whole = floor(request);
      return whole + select(0.0, 1.0, uniform_of(key, cell) < request - whole);
    }
  }
}

fn write_polarity(X: u32, device: u32, cell: u32, delta: f32) {
  let direction = direction_of(X, device, delta > 0.0);
  if (delta == 0.0 || !direction.pulses) { return; }
  let request = mul(rate_of(X, direction.up), abs(delta));
  let key = fold(key_at(X + WHOLE_KEYS + 2u * device), call.step);
  let pulses = pulses_of(X, request, key, cell);
  if (pulses > 0.0) { _ = pulse(X, device, cell, direction.up, pulses, step_keys(X, device, call.step)); }
}

@compute @workgroup_size(GROUP)
fn pulse_update(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let X = call.first;
  for (var cell = id.x; cell < data[X + ROWS] * data[X + COLS]; cell += groups.x * GROUP) {
    let delta = bitcast<f32>(given[cell]);
    if (data[X + CODING] == IDEAL) {
      let at = data[X + DIFFERENCE] + cell;
      store(at, load(at) + delta);
      continue;
    }
    for (var device = 0u; device < data[X + DEVICES]; device++) { write_polarity(X, device, cell, delta); }
  }
}
`;
