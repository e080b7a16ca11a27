import type { Ramp, RampSet } from '../../../src/device/fit/ramps.js';
import { fold, normal, type Key } from '../../../src/random.js';

/** A device whose parameters are known. Conductances in siemens. */
export interface Truth {
  readonly pulses: { readonly ltp: number; readonly ltd: number };
  readonly start: { readonly ltp: number; readonly ltd: number };
  /** σ over ramps of where they start. */
  readonly startSpread: number;
  readonly step: (branch: 'ltp' | 'ltd', g: number) => number;
  readonly programming: number;
  readonly read: number;
}

/** Repeated ramps: mean steps with programming noise that stays and read noise that does not. */
export function drawRampSet(truth: Truth, count: number, key: Key, device = 0): RampSet {
  const ramps = (branch: 'ltp' | 'ltd', word: number): Ramp[] =>
    Array.from({ length: count }, (_, r) => ({
      ...{ name: `ramp${r + 1}`, file: 'synthetic.csv', device },
      values: drawRamp(truth, branch, fold(fold(fold(key, device), word), r)),
    }));
  return { ltp: ramps('ltp', 0), ltd: ramps('ltd', 1) };
}

function drawRamp(truth: Truth, branch: 'ltp' | 'ltd', key: Key): number[] {
  const values: number[] = [];
  let g = truth.start[branch] + truth.startSpread * normal(fold(key, 0), 0);
  for (let k = 0; k <= truth.pulses[branch]; k++) {
    if (k > 0) g += truth.step(branch, g) + truth.programming * normal(fold(key, 1), k);
    values.push(g + truth.read * normal(fold(key, 2), k));
  }
  return values;
}

/** NeuroSim's curve over a range of its own for each branch, k = Pmax/A as seen from the branch's start. */
export function exponentialTruth(options: {
  ltp: { start: number; end: number; alpha: number; pulses: number };
  ltd: { start: number; end: number; alpha: number; pulses: number };
  startSpread: number;
  programming: number;
  read: number;
}): Truth {
  const { ltp, ltd, ...noise } = options;
  const step = (branch: 'ltp' | 'ltd', g: number): number => {
    const { start, end, alpha, pulses } = branch === 'ltp' ? ltp : ltd;
    const k = branch === 'ltp' ? alpha : -alpha;
    const asymptote = start + (end - start) / -Math.expm1(-k);
    return -Math.expm1(-k / pulses) * (asymptote - g);
  };
  const pulses = { ltp: ltp.pulses, ltd: ltd.pulses };
  return { ...noise, step, pulses, start: { ltp: ltp.start, ltd: ltd.start } };
}

/** Steps as a power γ of the room left before bounds [S], `states` of the mean step over the range. */
export function powerTruth(
  options: Omit<Truth, 'step'> & {
    readonly bounds: readonly [low: number, high: number];
    readonly gamma: Truth['pulses'];
    readonly states: Truth['pulses'];
  },
): Truth {
  const { bounds, gamma, states, ...rest } = options;
  const [low, high] = bounds;
  const step = (branch: 'ltp' | 'ltd', g: number): number => {
    const room = Math.max(0, branch === 'ltp' ? high - g : g - low) / (high - low);
    const size = ((gamma[branch] + 1) / states[branch]) * room ** gamma[branch] * (high - low);
    return branch === 'ltp' ? size : -size;
  };
  return { ...rest, step };
}
