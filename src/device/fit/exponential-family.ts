import {
  emptyRange,
  rangeOf,
  signOf,
  strided,
  type Block,
  type Family,
  type FittedDevice,
  type UnitCurves,
} from './family.js';
import { labelOfAlpha } from '../nonlinearity.js';
import type { Branch } from './ramps.js';

/** Bounds of k = Pmax/A, as of a device file. */
const steepest = 20;

/**
 * NeuroSim's curve, each branch over its own range: x(P) = start + (end − start)·(1 − e^{−kP/N})/(1 − e^{−k}).
 * k = Pmax/A is fitted and not A, which passes through infinity where the curve is straight.
 */
export const exponentialFamily: Family = {
  name: 'exponential',
  count: 6,
  blocks: (curves) => [block('ltp', curves), block('ltd', curves)],
  step: (parameters, branch, pulses) => {
    const { start, end, k } = of(parameters, branch);
    const [first, change] = [firstStep(start, end, k, pulses), Math.expm1(-k / pulses)];
    return (x) => first + change * (x - start);
  },
  branchParameters: (parameters, branch, pulses) => {
    const { start, end, k } = of(parameters, branch);
    const alpha = signOf(branch) * k;
    return { start, end, alpha, label: labelOfAlpha(alpha), a: 1 / alpha, A: pulses / alpha };
  },
  device: (parameters, curves, rule) => {
    const [ltp, ltd] = [of(parameters, 'ltp'), of(parameters, 'ltd')];
    const range = rangeOf([ltp.start, ltp.end], [ltd.start, ltd.end], rule, curves.stops);
    const problem = emptyRange(range);
    if (problem !== undefined) return problem;
    return overRange(parameters, curves, range);
  },
};

function block(branch: Branch, curves: UnitCurves): Block {
  const values = curves[branch];
  const ends = [values[0]!, values.at(-1)!];
  return {
    branches: [branch],
    names: ['start', 'end', 'α'].map((name) => `${branch.toUpperCase()} ${name}`),
    roles: [`${branch}.start`, `${branch}.end`, 'shape'],
    starts: [1, -1, 8, -8].map((k) => [...ends, k]),
    least: [-1, -1, -steepest],
    most: [2, 2, steepest],
    curve: ([start, end, k], _, count, stride) => {
      const curve = strided(count, stride);
      for (let i = 0; i < curve.length; i++)
        curve[i] = start! + (end! - start!) * progress(k!, (i * stride) / (count - 1));
      return curve;
    },
  };
}

/** (1 − e^{−kt})/(1 − e^{−k}). */
function progress(k: number, t: number): number {
  return Math.abs(k) < 1e-6 ? t : Math.expm1(-k * t) / Math.expm1(-k);
}

/** The step at the start, signed. */
function firstStep(start: number, end: number, k: number, pulses: number): number {
  return (end - start) * progress(k, 1 / pulses);
}

function of(parameters: readonly number[], branch: Branch) {
  const [start, end, k] = parameters.slice(branch === 'ltp' ? 0 : 3) as [number, number, number];
  return { start, end, k };
}

/**
 * The same steps told over another range: e^{−k/N} is kept, so N pulses of the measured range become those that the
 * curve takes over the device's.
 */
function overRange(
  parameters: readonly number[],
  curves: UnitCurves,
  { low, high }: { low: number; high: number },
): FittedDevice | string {
  const alpha = { ltp: 0, ltd: 0 };
  const exactStates = { ltp: 0, ltd: 0 };
  for (const branch of ['ltp', 'ltd'] as const) {
    const { start, end, k } = of(parameters, branch);
    const pulses = curves[branch].length - 1;
    const [from, to] = branch === 'ltp' ? [low, high] : [high, low];
    const step = firstStep(start, end, k, pulses) + Math.expm1(-k / pulses) * (from - start);
    const over = pulsesOver(high - low, Math.abs(step), k / pulses);
    // Cells came to a stop, so a curve that seems to saturate just before it leads there.
    const nearly = curves.stops && k > 0 && Math.abs(step) > 0.9 * (high - low) * -Math.expm1(-k / pulses);
    const reached = over === Infinity && nearly ? (steepest * pulses) / k : over;
    const taken = start === from && end === to ? pulses : reached;
    if (!Number.isFinite(taken) || step * signOf(branch) <= 0)
      return `the ${branch.toUpperCase()} curve saturates before the end of the device's range`;
    exactStates[branch] = taken;
    alpha[branch] = signOf(branch) * Math.min(steepest, Math.max(-steepest, (k / pulses) * taken));
  }
  const states = { ltp: Math.max(2, Math.round(exactStates.ltp)), ltd: Math.max(1, Math.round(exactStates.ltd)) };
  return { low, high, alpha, exactStates, states };
}

/** Pulses over `span` for steps that begin with `step` and shrink by e^{−rate} each. */
function pulsesOver(span: number, step: number, rate: number): number {
  if (Math.abs(rate) < 1e-9) return span / step;
  // span = step·(1 − e^{−rate·n})/(1 − e^{−rate})
  const left = (span * -Math.expm1(-rate)) / step;
  return left >= 1 ? Infinity : -Math.log1p(-left) / rate;
}
