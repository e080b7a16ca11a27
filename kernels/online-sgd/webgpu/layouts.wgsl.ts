/** Threads of the workgroup that works on a whole network. */
export const networkGroupSize = 256;

/**
 * How samples are spread over the GPU.
 *
 * - `train_alone`: one workgroup a replica, which goes through all samples in one dispatch.
 * - `advance` and `settle_sample`, in turn: the first layer spread over workgroups by columns, which updates it for the
 *   sample before and reads it for this one; then one workgroup a replica for everything above. A counter of samples
 *   lies in the heap, so that one bind group serves all dispatches.
 *
 * The same functions run in the same order on each column: the layouts give the same bits.
 */
export const layoutsWgsl = /* wgsl */ `
const WIDE = ${networkGroupSize}u;

fn layer_of(r: u32, l: u32) -> u32 { return call.first + (r * call.layers + l) * DESCRIPTOR_SIZE; }
fn vectors_of(r: u32) -> u32 { return call.vectors + r * call.vector_size; }

fn train_noise(X: u32, step: u32) -> vec2u { return fold(key_at(X + READ_KEY), step); }

fn forward_in_training(X: u32, V: u32, j: u32, I: Inputs, step: u32) {
  if (step % COLUMN_SUM_PERIOD == 0u) { sum_column(X, j); }
  forward_column(X, V, j, I, train_noise(X, step));
}

fn update_layer(X: u32, V: u32, I: Inputs, step: u32, thread: u32) {
  for (var j = thread; j < data[X + COLS]; j += WIDE) { update_column(X, V, j, I, step); }
}

fn pass_errors(X: u32, below: u32, V: u32, step: u32, thread: u32) {
  for (var i = thread; i < data[below + COLS]; i += WIDE) { pass_error(X, below, V, i, step); }
}

/// Everything above the first layer's read: the layers above, the error, their updates, the first layer's error.
fn above_first_layer(r: u32, V: u32, label: u32, step: u32, thread: u32) {
  let loss = data[call.programs + 2u * r];
  let update_first = data[call.programs + 2u * r + 1u] == 1u;
  for (var l = 1u; l < call.layers; l++) {
    storageBarrier();
    let X = layer_of(r, l);
    let I = inputs_of_layer(X, layer_of(r, l - 1u), V);
    for (var j = thread; j < data[X + COLS]; j += WIDE) { forward_in_training(X, V, j, I, step); }
  }
  storageBarrier();
  let last = layer_of(r, call.layers - 1u);
  if (data[last + ACTIVATION] == SOFTMAX) {
    for (var j = thread; j < data[last + COLS]; j += WIDE) { softmax_column(last, V, j); }
    storageBarrier();
  }
  for (var j = thread; j < data[last + COLS]; j += WIDE) { output_error(last, V, j, label, loss); }
  storageBarrier();
  for (var l = call.layers - 1u; l > 0u; l--) {
    let X = layer_of(r, l);
    let below = layer_of(r, l - 1u);
    let I = inputs_of_layer(X, below, V);
    if (update_first) {
      update_layer(X, V, I, step, thread);
      storageBarrier();
    }
    pass_errors(X, below, V, step, thread);
    storageBarrier();
    if (!update_first) { update_layer(X, V, I, step, thread); }
  }
}

@compute @workgroup_size(WIDE)
fn train_alone(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let r = group.x;
  let V = vectors_of(r);
  let X = layer_of(r, 0u);
  for (var t = 0u; t < call.count; t++) {
    let s = list[call.list_from + t];
    let step = call.step + t;
    let I = inputs_of_sample(s);
    for (var j = thread; j < data[X + COLS]; j += WIDE) { forward_in_training(X, V, j, I, step); }
    above_first_layer(r, V, label_of(s), step, thread);
    update_layer(X, V, I, step, thread);
  }
}

@compute @workgroup_size(GROUP)
fn advance(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let r = id.y;
  let V = vectors_of(r);
  let X = layer_of(r, 0u);
  let t = heap[call.progress + r];
  for (var j = id.x; j < data[X + COLS]; j += groups.x * GROUP) {
    if (t > 0u) { update_column(X, V, j, inputs_of_sample(list[call.list_from + t - 1u]), call.step + t - 1u); }
    if (t < call.count) {
      forward_in_training(X, V, j, inputs_of_sample(list[call.list_from + t]), call.step + t);
    }
  }
}

@compute @workgroup_size(WIDE)
fn settle_sample(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let r = group.x;
  let t = heap[call.progress + r];
  above_first_layer(r, vectors_of(r), label_of(list[call.list_from + t]), call.step + t, thread);
  if (thread == 0u) { heap[call.progress + r] = t + 1u; }
}

/// A workgroup for each sample, with vectors of its own; nothing is trained. call.step is the stream of the noise.
@compute @workgroup_size(GROUP)
fn predict(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let V = call.vectors + group.x * call.vector_size;
  let s = call.list_from + group.x;
  for (var l = 0u; l < call.layers; l++) {
    let X = layer_of(call.replica, l);
    var I = inputs_of_sample(s);
    if (l > 0u) { I = inputs_of_layer(X, layer_of(call.replica, l - 1u), V); }
    let noise = fold(fold(key_at(X + PREDICT_KEY), call.step), s);
    for (var j = thread; j < data[X + COLS]; j += GROUP) { forward_column(X, V, j, I, noise); }
    storageBarrier();
  }
  let last = layer_of(call.replica, call.layers - 1u);
  let classes = data[last + COLS];
  for (var j = thread; j < classes; j += GROUP) {
    if (data[last + ACTIVATION] == SOFTMAX) { softmax_column(last, V, j); }
    store(call.outputs + group.x * classes + j, load(V + data[last + Z] + j));
  }
}
`;
