import { arithmeticWgsl } from './arithmetic.wgsl.js';
import { cellsWgsl } from './cells.wgsl.js';
import { preludeWgsl } from './prelude.wgsl.js';
import { randomWgsl } from './random.wgsl.js';
import { readWgsl } from './read.wgsl.js';

/** Threads of a workgroup; every adapter has as many. */
export const groupSize = 64;

/** What every kernel's shader begins with: the library, and what brings a crossbar into being. */
export const commonWgsl = [
  preludeWgsl,
  arithmeticWgsl,
  randomWgsl,
  readWgsl,
  cellsWgsl,
  /* wgsl */ `
const GROUP = ${groupSize}u;

/// Both are given as many threads as there are cells, or columns; where the grid has fewer, each takes several.
@compute @workgroup_size(GROUP)
fn read_differences(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let X = call.first + id.y * DESCRIPTOR_SIZE;
  if (data[X + CODING] == IDEAL) { return; }
  for (var cell = id.x; cell < data[X + ROWS] * data[X + COLS]; cell += groups.x * GROUP) {
    store(data[X + DIFFERENCE] + cell, read_difference(X, cell));
  }
}

@compute @workgroup_size(GROUP)
fn sum_columns(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let X = call.first + id.y * DESCRIPTOR_SIZE;
  for (var j = id.x; j < data[X + COLS]; j += groups.x * GROUP) { sum_column(X, j); }
}
`,
].join('\n');
