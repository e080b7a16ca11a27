import { idle } from './orders.js';

/**
 * How samples are spread over the GPU.
 *
 * - `train_alone`: one workgroup a replica, which goes through all samples in one dispatch.
 * - `advance` and `settle_sample`, in turn: the first layer spread over workgroups by columns, which updates it for the
 *   sample before and reads it for this one; then one workgroup a replica for everything above. A counter of samples
 *   lies in the heap, so that one bind group serves all dispatches.
 * - `advance_columns` in the place of `advance`: a workgroup for each column, see columns.wgsl.ts.
 *
 * The same functions run in the same order on each column: the layouts give the same bits.
 *
 * @param width - threads of the workgroup that works on a whole network
 */
export const layoutsWgsl = (width: number): string => /* wgsl */ `
const WIDE = ${width}u;
const IDLE = ${idle}u;

fn layer_of(r: u32, l: u32) -> u32 { return call.first + (r * call.layers + l) * DESCRIPTOR_SIZE; }
fn vectors_of(r: u32) -> u32 { return call.vectors + r * call.vector_size; }

/// Orders are listed by the session's replicas, of which those of a dispatch are some.
fn is_idle(r: u32) -> bool { return list[call.replica + r] == IDLE; }
fn sample_at(r: u32, t: u32) -> u32 { return list[list[call.replica + r] + call.list_from + t]; }

fn train_noise(X: u32, step: u32) -> vec2u { return fold(key_at(X + READ_KEY), step); }

fn forward_in_training(X: u32, V: u32, j: u32, I: Inputs, step: u32) {
  if (step % COLUMN_SUM_PERIOD == 0u) { sum_column(X, j); }
  forward_column(X, V, j, I, train_noise(X, step));
}

fn inputs_of(r: u32, l: u32, V: u32, s: u32) -> Inputs {
  if (l == 0u) { return inputs_of_sample(s); }
  return inputs_of_layer(layer_of(r, l), layer_of(r, l - 1u), V);
}

/// Trains the layers on a sample, from a lowest one upwards; what lies below was read already and is updated later.
/// The threads of a workgroup share the columns and, where errors go back, the rows of the layer below.
fn train_layers(r: u32, lowest: u32, s: u32, step: u32, thread: u32) {
  let V = vectors_of(r);
  let loss = data[call.programs + 2u * r];
  let update_first = data[call.programs + 2u * r + 1u];
  for (var l = lowest; l < call.layers; l++) {
    let X = layer_of(r, l);
    let I = inputs_of(r, l, V, s);
    for (var j = thread; j < data[X + COLS]; j += WIDE) { forward_in_training(X, V, j, I, step); }
    storageBarrier();
  }
  let last = layer_of(r, call.layers - 1u);
  if (data[last + ACTIVATION] == SOFTMAX) {
    for (var j = thread; j < data[last + COLS]; j += WIDE) { softmax_column(last, V, j); }
    storageBarrier();
  }
  for (var j = thread; j < data[last + COLS]; j += WIDE) { output_error(last, V, j, label_of(s), loss); }
  storageBarrier();
  for (var l = call.layers; l > lowest; l--) {
    let X = layer_of(r, l - 1u);
    let I = inputs_of(r, l - 1u, V, s);
    // The update, then the error of the layer below, or the other way round.
    for (var part = 0u; part < 2u; part++) {
      if (part != update_first) {
        for (var j = thread; j < data[X + COLS]; j += WIDE) { update_column(X, V, j, I, step); }
      } else if (l > 1u) {
        let below = layer_of(r, l - 2u);
        for (var i = thread; i < data[below + COLS]; i += WIDE) { pass_error(X, below, V, i, step); }
      }
      storageBarrier();
    }
  }
}

@compute @workgroup_size(WIDE)
fn train_alone(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  if (is_idle(group.x)) { return; }
  for (var t = 0u; t < call.count; t++) {
    train_layers(group.x, 0u, sample_at(group.x, t), call.step + t, thread);
  }
}

@compute @workgroup_size(GROUP)
fn advance(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let r = id.y;
  if (is_idle(r)) { return; }
  let V = vectors_of(r);
  let X = layer_of(r, 0u);
  let t = heap[call.progress + r];
  for (var j = id.x; j < data[X + COLS]; j += groups.x * GROUP) {
    if (t > 0u) { update_column(X, V, j, inputs_of_sample(sample_at(r, t - 1u)), call.step + t - 1u); }
    if (t < call.count) {
      forward_in_training(X, V, j, inputs_of_sample(sample_at(r, t)), call.step + t);
    }
  }
}

@compute @workgroup_size(WIDE)
fn settle_sample(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  if (is_idle(group.x)) { return; }
  let at = call.progress + group.x;
  let t = heap[at];
  train_layers(group.x, 1u, sample_at(group.x, t), call.step + t, thread);
  if (thread == 0u) { heap[at] = t + 1u; }
}

/// A workgroup for each sample and each of the replicas that are listed, with the stream of their noise; each has vectors
/// of its own. Nothing is trained.
@compute @workgroup_size(GROUP)
fn predict(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let slot = group.y * groups.x + group.x;
  let r = list[2u * group.y];
  let stream = list[2u * group.y + 1u];
  let V = call.vectors + slot * call.vector_size;
  let s = call.list_from + group.x;
  for (var l = 0u; l < call.layers; l++) {
    let X = layer_of(r, l);
    let I = inputs_of(r, l, V, s);
    let noise = fold(fold(key_at(X + PREDICT_KEY), stream), s);
    for (var j = thread; j < data[X + COLS]; j += GROUP) { forward_column(X, V, j, I, noise); }
    storageBarrier();
  }
  let last = layer_of(r, call.layers - 1u);
  let classes = data[last + COLS];
  for (var j = thread; j < classes; j += GROUP) {
    if (data[last + ACTIVATION] == SOFTMAX) { softmax_column(last, V, j); }
    store(call.outputs + slot * classes + j, load(V + data[last + Z] + j));
  }
}
`;
