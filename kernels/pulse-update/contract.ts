import { UsageError } from '../../src/errors.js';
import type { CrossbarProgram, CrossbarState } from '../../src/crossbar/program.js';
import type { Later } from '../later.js';
import { validateSeed, validateState } from '../online-sgd/validation.js';

/**
 * `PulseUpdate` writes a requested ΔW, cell by cell, as pulses: |ΔW|·conductancePerWeight·pulsesPerRange of them, made
 * whole or left fractional by the crossbar's pulse policy. For batch training and for transferring weights.
 */
export interface PulseUpdateCall {
  readonly crossbar: CrossbarProgram;
  readonly state: CrossbarState;
  /** Requested change of the weights, shape [rows, cols]. */
  readonly delta: Float32Array;
  readonly seed: number;
  /** Which crossbar of a network this is: separates its draws from the others'. */
  readonly layer: number;
  /** Separates one write's draws from the next one's; below 2^32. */
  readonly step: number;
}

export interface HostPulseUpdateKernel {
  readonly name: 'PulseUpdate';
  readonly backend: string;
  run(call: PulseUpdateCall): CrossbarState;
}

export type PulseUpdateKernel = Later<HostPulseUpdateKernel>;

export function validatePulseUpdate({ crossbar, state, delta, seed, step }: PulseUpdateCall): void {
  const where = 'PulseUpdate';
  validateState(crossbar, state, where);
  validateSeed(seed, where);
  const { rows, cols } = crossbar;
  if (delta.length !== rows * cols) {
    throw new UsageError({ where, what: `delta has ${delta.length} values, expected ${rows} x ${cols}` });
  }
  const wrong = delta.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const place = `[${Math.floor(wrong / cols)}, ${wrong % cols}]`;
    throw new UsageError({ where, what: `delta${place} is ${delta[wrong]}, expected a finite number` });
  }
  if (!Number.isInteger(step) || step < 0 || step >= 2 ** 32) {
    throw new UsageError({ where, what: `step is ${step}, expected a whole number below 2^32` });
  }
}
