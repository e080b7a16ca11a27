import { emptyRange, rangeOf, signOf, strided, type Block, type Family } from './family.js';

/**
 * Equal steps, up and down alike: x(P) = start ± δ·P. Parameters: start of LTP, start of LTD, δ.
 */
export const linearFamily: Family = {
  name: 'linear',
  count: 3,
  blocks: ({ ltp, ltd }): Block[] => [
    {
      branches: ['ltp', 'ltd'],
      names: ['LTP start', 'LTD start', 'step'],
      roles: ['ltp.start', 'ltd.start', 'shape'],
      starts: [[ltp[0]!, ltd[0]!, (ltp.at(-1)! - ltp[0]!) / (ltp.length - 1)]],
      least: [-1, -1, 1e-6],
      most: [2, 2, 2],
      curve: ([up, down, delta], branch, count, stride) => {
        const start = branch === 'ltp' ? up! : down!;
        return strided(count, stride).map((_, i) => start + signOf(branch) * delta! * i * stride);
      },
    },
  ],
  step: (parameters, branch) => () => signOf(branch) * parameters[2]!,
  branchParameters: ([up, down, delta], branch, pulses) => {
    const start = branch === 'ltp' ? up! : down!;
    return { start, end: start + signOf(branch) * delta! * pulses, step: signOf(branch) * delta! };
  },
  device: ([up, down, delta], { ltp, ltd, stops }, rule) => {
    const ends = [up! + delta! * (ltp.length - 1), down! - delta! * (ltd.length - 1)] as const;
    const range = rangeOf([up!, ends[0]], [down!, ends[1]], rule, stops);
    const problem = emptyRange(range);
    if (problem !== undefined) return problem;
    const exact = (range.high - range.low) / delta!;
    const states = Math.max(1, Math.round(exact));
    return { ...range, states: { ltp: states, ltd: states }, exactStates: { ltp: exact, ltd: exact } };
  },
};

/**
 * Steps in proportion to the room left, up and down alike: bound − x shrinks by 1 − s a pulse. The device's range lies
 * between the bounds, which no ramp reaches. Parameters: lower and upper bound, ln s, start of LTP, start of LTD.
 */
export const softBoundsFamily: Family = {
  name: 'soft-bounds',
  count: 5,
  blocks: ({ ltp, ltd, zero }): Block[] => {
    const pulses = Math.max(ltp.length, ltd.length) - 1;
    const shape = { least: [0.3, Math.log(1e-5), -1, -1], most: [0.7, 20, 0, 2, 2] };
    return [
      {
        branches: ['ltp', 'ltd'],
        names: ['lower bound', 'upper bound', 's', 'LTP start', 'LTD start'],
        roles: ['low', 'high', 'shape', 'ltp.start', 'ltd.start'],
        starts: [0.5, 2, 6].map((n) => [
          Math.max(zero * 0.9, -0.2),
          1.2,
          Math.log(Math.min(0.9, n / pulses)),
          ltp[0]!,
          ltd[0]!,
        ]),
        least: [zero * 0.99, ...shape.least],
        most: shape.most,
        free: { least: [-20, ...shape.least], most: shape.most },
        curve: (parameters, branch, count, stride) => {
          const { bound, start, s } = softOf(parameters, branch);
          const curve = strided(count, stride);
          const kept = (1 - s) ** stride;
          for (let i = 0, room = bound - start; i < curve.length; i++, room *= kept) curve[i] = bound - room;
          return curve;
        },
      },
    ];
  },
  step: (parameters, branch) => {
    const { bound, s } = softOf(parameters, branch);
    return (x) => s * (bound - x);
  },
  branchParameters: (parameters, branch, pulses) => {
    const { bound, start, s } = softOf(parameters, branch);
    return { start, end: bound - (bound - start) * (1 - s) ** pulses, bound, s };
  },
  device: (parameters) => {
    const [low, high, logS] = parameters as [number, number, number];
    const problem = emptyRange({ low, high });
    if (problem !== undefined) return problem;
    const exact = 2 / Math.exp(logS);
    const states = Math.max(2, Math.round(exact));
    return { low, high, states: { ltp: states, ltd: states }, exactStates: { ltp: exact, ltd: exact } };
  },
};

function softOf(parameters: readonly number[], branch: 'ltp' | 'ltd') {
  const [low, high, logS, up, down] = parameters as [number, number, number, number, number];
  const s = Math.exp(logS);
  return branch === 'ltp' ? { bound: high, start: up, s } : { bound: low, start: down, s };
}
