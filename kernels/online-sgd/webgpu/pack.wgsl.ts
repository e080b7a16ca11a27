/**
 * Samples as tensors have them, [count, features], into the form that layers read (samples.ts): a thread for each. The heap
 * takes the packed samples, `given` holds the inputs, `list` the labels. Each sample has room for all its rows.
 */
export const packWgsl = /* wgsl */ `
@compute @workgroup_size(GROUP)
fn pack_samples(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let features = call.first;
  let bias = call.replica;
  let rows = features + bias;
  let background = bitcast<f32>(call.step);
  let mask_words = (rows + 31u) / 32u;
  let records = 8u;
  let masks = records + 5u * call.count;
  let pairs = masks + mask_words * call.count;
  if (id.x == 0u) {
    heap[0] = call.step;
    heap[1] = mask_words;
    heap[2] = records;
    heap[3] = masks;
    heap[4] = pairs;
  }
  for (var s = id.x; s < call.count; s += groups.x * GROUP) {
    var n = 0u;
    var largest = 0.0;
    var top = 0.0;
    var mask = 0u;
    for (var i = 0u; i < rows; i++) {
      var x = 1.0;
      if (i < features) { x = bitcast<f32>(given[s * features + i]); }
      if (i >= features || x != background) {
        heap[pairs + 2u * (s * rows + n)] = i;
        store(pairs + 2u * (s * rows + n) + 1u, x);
        mask |= 1u << (i & 31u);
        largest = larger(largest, abs(x));
        top = select(larger(top, x), x, n == 0u);
        n++;
      }
      if ((i & 31u) == 31u || i + 1u == rows) {
        heap[masks + s * mask_words + (i >> 5u)] = mask;
        mask = 0u;
      }
    }
    let record = records + 5u * s;
    heap[record] = s * rows;
    heap[record + 1u] = n;
    store(record + 2u, largest);
    store(record + 3u, top);
    heap[record + 4u] = list[s];
  }
}
`;
