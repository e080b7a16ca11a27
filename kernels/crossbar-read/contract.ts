import { UsageError } from '../../src/errors.js';
import type { CrossbarProgram, CrossbarState } from '../../src/crossbar/program.js';
import type { Later } from '../later.js';
import { validateSeed, validateState } from '../online-sgd/validation.js';

/**
 * `CrossbarRead` sends a batch of inputs through a crossbar: y = q(readScale · Σ q(x)·d), with read noise. Forward it
 * sums over rows through the forward converters, transposed over columns through the backward ones, where
 * backwardScale and d + backwardShift take the place of readScale and d.
 */
export interface CrossbarReadCall {
  readonly crossbar: CrossbarProgram;
  readonly state: CrossbarState;
  /** Shape [batch, rows], or [batch, cols] transposed. */
  readonly inputs: Float32Array;
  readonly batch: number;
  readonly transposed: boolean;
  readonly seed: number;
  /** Which crossbar of a network this is: separates its draws from the others'. */
  readonly layer: number;
  /** Separates one read's noise from the next one's; below 2^32. */
  readonly stream: number;
}

export interface HostCrossbarReadKernel {
  readonly name: 'CrossbarRead';
  readonly backend: string;
  /** Shape [batch, cols], or [batch, rows] transposed. */
  run(call: CrossbarReadCall): Float32Array;
}

export type CrossbarReadKernel = Later<HostCrossbarReadKernel>;

export function validateCrossbarRead(call: CrossbarReadCall): void {
  const { crossbar, state, inputs, batch, transposed, stream } = call;
  const where = 'CrossbarRead';
  validateState(crossbar, state, where);
  validateSeed(call.seed, where);
  const width = transposed ? crossbar.cols : crossbar.rows;
  if (!Number.isInteger(batch) || batch < 1) {
    throw new UsageError({ where, what: `batch is ${batch}, expected at least 1` });
  }
  if (inputs.length !== batch * width) {
    const side = transposed ? 'columns (the read is transposed)' : 'rows';
    const what = `inputs hold ${inputs.length} values, expected ${batch} x ${width} for ${width} ${side}`;
    throw new UsageError({ where, what });
  }
  if (!Number.isInteger(stream) || stream < 0 || stream >= 2 ** 32) {
    throw new UsageError({ where, what: `stream is ${stream}, expected a whole number below 2^32` });
  }
}
