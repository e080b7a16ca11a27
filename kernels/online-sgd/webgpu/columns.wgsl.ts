import { groupSize } from '../../webgpu/common.wgsl.js';

/** Values that a workgroup works out side by side before one thread adds them up. */
const block = 4 * groupSize;

/**
 * The first layer with a workgroup for each column, for GPUs that have more threads than the layer has columns: the threads
 * share the column's rows in the read and its pulses in the update. A sum keeps its order, and so its bits: terms are
 * worked out side by side, and one thread adds them up.
 */
export const columnsWgsl = /* wgsl */ `
const BLOCK = ${block}u;
var<workgroup> terms: array<f32, BLOCK>;
var<workgroup> inputs: array<f32, BLOCK>;
var<workgroup> lanes: array<u32, GROUP>;
var<workgroup> shared_word: u32;

/// A word of the heap that all threads of the workgroup go by.
fn same_word(at: u32, thread: u32) -> u32 {
  if (thread == 0u) { shared_word = heap[at]; }
  return workgroupUniformLoad(&shared_word);
}

/// What a row is given: rows are listed in rising order.
fn value_of_row(I: Inputs, row: u32) -> f32 {
  if (!is_foreground(I, row)) { return I.background; }
  var low = 0u;
  var high = I.count - 1u;
  while (low < high) {
    let middle = (low + high) >> 1u;
    if (row_at(I, middle) < row) { low = middle + 1u; } else { high = middle; }
  }
  return value_at(I, low);
}

/// The sum of the first terms, by one thread, onto a start.
fn sum_of_terms(start: f32, count: u32) -> f32 {
  var total = start;
  for (var k = 0u; k < count; k++) { total = total + terms[k]; }
  return total;
}

fn sum_column_shared(X: u32, j: u32, thread: u32) {
  let cols = data[X + COLS];
  let rows = data[X + ROWS];
  var total = 0.0;
  for (var first = 0u; first < rows; first += BLOCK) {
    let count = min(BLOCK, rows - first);
    for (var k = thread; k < count; k += GROUP) { terms[k] = load(data[X + DIFFERENCE] + (first + k) * cols + j); }
    workgroupBarrier();
    if (thread == 0u) { total = sum_of_terms(total, count); }
    workgroupBarrier();
  }
  if (thread == 0u) { store(data[X + SUMS] + j, total); }
  storageBarrier();
}

fn forward_powers_shared(X: u32, j: u32, I: Inputs, thread: u32) -> f32 {
  let cols = data[X + COLS];
  let rows = data[X + ROWS];
  var powers = 0.0;
  for (var first = 0u; first < rows; first += BLOCK) {
    let count = min(BLOCK, rows - first);
    for (var k = thread; k < count; k += GROUP) {
      let x = quantize(value_of_row(I, first + k), X + FORWARD_INPUT);
      let x2 = mul(x, x);
      var term = 0.0;
      if (x2 != 0.0) { term = mul(x2, power(X, (first + k) * cols + j)); }
      terms[k] = term;
    }
    workgroupBarrier();
    if (thread == 0u) { powers = sum_of_terms(powers, count); }
    workgroupBarrier();
  }
  return powers;
}

/// forward_column, in which the first thread has the sums.
fn forward_column_shared(X: u32, V: u32, j: u32, I: Inputs, noise: vec2u, thread: u32) {
  let cols = data[X + COLS];
  let difference = data[X + DIFFERENCE] + j;
  let background = quantize(I.background, X + FORWARD_INPUT);
  var out = 0.0;
  if (background != 0.0) { out = mul(background, load(data[X + SUMS] + j)); }
  var sum = mul(f32(data[X + ROWS]), background);
  for (var first = 0u; first < I.count; first += BLOCK) {
    let count = min(BLOCK, I.count - first);
    for (var k = thread; k < count; k += GROUP) {
      let x = quantize(value_at(I, first + k), X + FORWARD_INPUT) - background;
      inputs[k] = x;
      terms[k] = mul(x, load(difference + row_at(I, first + k) * cols));
    }
    workgroupBarrier();
    if (thread == 0u) {
      out = sum_of_terms(out, count);
      for (var k = 0u; k < count; k++) { sum = sum + inputs[k]; }
    }
    workgroupBarrier();
  }
  var powers = 0.0;
  if (real(X + READ_SIGMA) != 0.0) { powers = forward_powers_shared(X, j, I, thread); }
  if (thread != 0u) { return; }
  if (data[X + CODING] == IDEAL) { out = out + mul(sum, load(data[X + OFFSETS] + j)); }
  if (real(X + READ_SIGMA) != 0.0) { out = out + noise_of_read(X, powers, noise, j); }
  out = scaled(X, out, X + FORWARD_OUTPUT);
  if (data[X + ACTIVATION] == SOFTMAX) { store(V + data[X + RAW] + j, out); }
  else { store(V + data[X + Z] + j, activate(out, data[X + ACTIVATION])); }
}

fn update_ideal_shared(X: u32, j: u32, error: f32, I: Inputs, thread: u32) {
  let cols = data[X + COLS];
  let difference = data[X + DIFFERENCE] + j;
  let background = quantize(I.background, X + UPDATE_INPUT);
  let by = mul(rate_of(X, true), error);
  var sum = 0.0;
  for (var first = 0u; first < I.count; first += BLOCK) {
    let count = min(BLOCK, I.count - first);
    for (var k = thread; k < count; k += GROUP) {
      let x = quantize(value_at(I, first + k), X + UPDATE_INPUT) - background;
      terms[k] = x;
      let at = difference + row_at(I, first + k) * cols;
      store(at, load(at) + mul(by, x));
    }
    workgroupBarrier();
    if (thread == 0u) { sum = sum_of_terms(sum, count); }
    workgroupBarrier();
  }
  if (thread != 0u) { return; }
  let offset = data[X + OFFSETS] + j;
  let total = data[X + SUMS] + j;
  store(offset, load(offset) + mul(by, background));
  store(total, load(total) + mul(by, sum));
}

/// foreground_reach of a sample: read from what no thread writes, so that compilers know that all threads have the same.
fn listed_reach(X: u32, I: Inputs) -> f32 {
  if (I.count == 0u) { return 0.0; }
  let signed = real(X + UPDATE_INPUT) < 0.0;
  return quantize(bitcast<f32>(given[I.sample + select(2u, 3u, signed)]), X + UPDATE_INPUT);
}

/**
 * pulse_column with a thread for each candidate, whose row follows from the gaps of those before it; the first thread adds
 * up what they moved, into the column's sum. Beyond 2^20 rows a gap is as long as any.
 */
fn pulse_column_shared(X: u32, device: u32, j: u32, error: f32, kind: u32, I: Inputs, step: u32, thread: u32) {
  let jumps = data[X + POLICY] == STOCHASTIC;
  let rows = data[X + ROWS];
  let length = select(rows, I.count, kind == 1u);
  let keys = step_keys(X, device, step);
  let upward = mul(rate_of(X, true), abs(error));
  let downward = mul(rate_of(X, false), abs(error));
  var reach = 0.0;
  if (kind == 1u) { reach = listed_reach(X, I); }
  else { reach = abs(quantize(I.background, X + UPDATE_INPUT)); }
  if (jumps && !(reach > 0.0)) { return; }
  let stream = 4u * device + 2u * kind;
  let gaps = fold(key_at(X + GAP_KEYS + stream), step);
  let thinning = fold(key_at(X + THINNING_KEYS + stream), step);
  let rung = rung_of(mul(larger(upward, downward), reach));
  let candidate = real(LADDER_TABLE + rung);
  var n = j * (rows + 1u) + thread;
  var next = 0u;
  while (next < length) {
    var k = next + thread;
    if (jumps) {
      lanes[thread] = u32(min(gap_of(gaps, n, rung), 1048576.0));
      workgroupBarrier();
      for (var i = 0u; i <= thread; i++) { k += lanes[i]; }
    }
    var row = k;
    var x = I.background;
    var given_to = k < length;
    if (given_to) {
      if (kind == 1u) {
        row = row_at(I, k);
        x = value_at(I, k);
      } else if (jumps) {
        given_to = !is_foreground(I, k);
      } else {
        x = value_of_row(I, k);
      }
    }
    x = quantize(x, X + UPDATE_INPUT);
    let direction = direction_of(X, device, (error > 0.0) == (x > 0.0));
    var pulses = 0.0;
    if (given_to && direction.pulses && x != 0.0) {
      let request = mul(select(downward, upward, direction.up), abs(x));
      pulses = request;
      if (jumps) { pulses = whole_pulses(request, candidate, uniform_of(thinning, n)); }
      else if (data[X + POLICY] == ROUND) { pulses = floor(request + 0.5); }
    }
    workgroupBarrier();
    lanes[thread] = select(0u, 1u, pulses > 0.0);
    if (pulses > 0.0) { terms[thread] = pulse(X, device, row * data[X + COLS] + j, direction.up, pulses, keys); }
    if (thread == GROUP - 1u) { shared_word = k + 1u; }
    workgroupBarrier();
    if (thread == 0u) {
      let at = data[X + SUMS] + j;
      var total = load(at);
      for (var i = 0u; i < GROUP; i++) {
        if (lanes[i] == 1u) { total = total + terms[i]; }
      }
      store(at, total);
    }
    next = workgroupUniformLoad(&shared_word);
    n += GROUP;
  }
}

fn update_column_shared(X: u32, V: u32, j: u32, I: Inputs, step: u32, thread: u32) {
  let delta = bitcast<f32>(same_word(V + data[X + DELTA] + j, thread));
  let error = quantize(delta, X + UPDATE_ERROR);
  if (data[X + CODING] == IDEAL) {
    update_ideal_shared(X, j, error, I, thread);
    return;
  }
  if (error == 0.0) { return; }
  let kinds = select(1u, 2u, data[X + POLICY] == STOCHASTIC);
  for (var part = 0u; part < kinds * data[X + DEVICES]; part++) {
    pulse_column_shared(X, part / kinds, j, error, part % kinds, I, step, thread);
    // A cell may be written again by another thread: that of the other polarity, or of the other kind of rows.
    storageBarrier();
  }
}

@compute @workgroup_size(GROUP)
fn advance_columns(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let r = group.y;
  if (is_idle(r)) { return; }
  let V = vectors_of(r);
  let X = layer_of(r, 0u);
  let t = same_word(call.progress + r, thread);
  for (var j = group.x; j < data[X + COLS]; j += groups.x) {
    if (t > 0u) {
      update_column_shared(X, V, j, inputs_of_sample(sample_at(r, t - 1u)), call.step + t - 1u, thread);
      storageBarrier();
    }
    if (t < call.count) {
      let step = call.step + t;
      if (step % COLUMN_SUM_PERIOD == 0u) { sum_column_shared(X, j, thread); }
      forward_column_shared(X, V, j, inputs_of_sample(sample_at(r, t)), train_noise(X, step), thread);
    }
  }
}
`;
