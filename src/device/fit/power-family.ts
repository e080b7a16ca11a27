import { signOf, strided, type Block, type Family } from './family.js';
import type { Branch } from './ramps.js';

/**
 * Steps as a power of the room left before a bound. The device's range lies between the bounds. Parameters: lower and
 * upper bound; of LTP and of LTD: start, ln of the pulses over the range at the mean step, γ.
 */
export const powerFamily: Family = {
  name: 'power',
  count: 8,
  blocks: ({ ltp, ltd, zero }): Block[] => {
    const ln = (curve: Float64Array, range: number): number => Math.log((curve.length - 1) * range);
    // γ of both branches, and how far the bounds lie beyond what was measured: a small γ with near bounds and a large
    // one with far bounds look alike over a part of the range, and a search finds no way from one to the other.
    const starts = [
      ...[[0.5, 0.5] as const, [2, 2] as const, [0.5, 2] as const, [2, 0.5] as const].map((g) => [...g, 0.05] as const),
      ...[[0.2, 0.2] as const, [1, 1] as const].map((g) => [...g, 0.5] as const),
    ].map(([up, down, beyond]) => {
      const range = 1 + 2 * beyond;
      const low = Math.max(zero * 0.9, -beyond);
      return [low, 1 + beyond, ltp[0]!, ln(ltp, range), up, ltd[0]!, ln(ltd, range), down];
    });
    const least = [Math.max(zero * 0.99, -2), 1, -1, 0, 0, -1, 0, 0];
    const most = [0, 3, 2, Math.log(65_536), 10, 2, Math.log(65_536), 10];
    // A bound acts on the branch that leads to it: steps alone keep it beyond where that branch ends.
    const ends = [ltd.at(-1)!, ltp.at(-1)!] as const;
    const [low, high] = ends[0] < ends[1] ? ends : [0, 1];
    return [
      {
        branches: ['ltp', 'ltd'],
        names: [
          'lower bound',
          'upper bound',
          ...['LTP', 'LTD'].flatMap((b) => [`${b} start`, `${b} states`, `${b} γ`]),
        ],
        roles: ['low', 'high', 'ltp.start', 'shape', 'shape', 'ltd.start', 'shape', 'shape'],
        starts,
        least,
        most,
        free: { least: [-2, high, ...least.slice(2)], most: [low, ...most.slice(1)] },
        measured: { 'lower bound': 'most', 'upper bound': 'least' },
        curve: walk,
      },
    ];
  },
  step: (parameters, branch) => {
    const [one, sign] = [of(parameters, branch), signOf(branch)];
    return (x) => step(one, sign, x);
  },
  branchParameters: (parameters, branch, pulses) => {
    const { start, states, gamma } = of(parameters, branch);
    return { start, end: walk(parameters, branch, pulses + 1, 1).at(-1)!, gamma, states };
  },
  device: (parameters) => {
    const [ltp, ltd] = [of(parameters, 'ltp'), of(parameters, 'ltd')];
    const exactStates = { ltp: ltp.states, ltd: ltd.states };
    const whole = (n: number): number => Math.min(65_536, Math.max(2, Math.round(n)));
    const { low, high } = ltp;
    const states = { ltp: whole(ltp.states), ltd: whole(ltd.states) };
    return { low, high, states, exactStates, gamma: { ltp: ltp.gamma, ltd: ltd.gamma } };
  },
};

interface PowerBranch {
  readonly low: number;
  readonly high: number;
  readonly start: number;
  readonly states: number;
  readonly gamma: number;
}

function of(parameters: readonly number[], branch: Branch): PowerBranch {
  const [low, high] = parameters as [number, number];
  const [start, logStates, gamma] = parameters.slice(branch === 'ltp' ? 2 : 5) as [number, number, number];
  return { low, high, start, states: Math.exp(logStates), gamma };
}

function step({ low, high, states, gamma }: PowerBranch, sign: 1 | -1, x: number): number {
  const range = high - low;
  const room = (sign > 0 ? high - x : x - low) / range;
  return (sign * range * (gamma + 1) * Math.max(0, room) ** gamma) / states;
}

/**
 * Pulse by pulse, or by m pulses at once with the step in their middle: n pulses of the map x + f(x) lead to
 * x + n·f + n(n − 1)/2·f·f′ …, which is n·f at x + (n − 1)/2·f up to the third order.
 */
function walk(parameters: readonly number[], branch: Branch, count: number, stride: number): Float64Array {
  const [one, sign] = [of(parameters, branch), signOf(branch)];
  const within = (x: number): number => (sign > 0 ? Math.min(one.high, x) : Math.max(one.low, x));
  const curve = strided(count, stride);
  for (let i = 0, x = one.start; i < curve.length; i++) {
    curve[i] = x;
    const middle = stride === 1 ? x : within(x + ((stride - 1) / 2) * step(one, sign, x));
    x = within(x + stride * step(one, sign, middle));
  }
  return curve;
}
