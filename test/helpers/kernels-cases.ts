import { codings, pulsePolicies, quantizeModes } from '../../src/crossbar/schema.js';
import { activations, losses } from '../../kernels/arithmetic.js';
import {
  allConverters,
  deviceNames,
  integerBelow,
  testKey,
  type CrossbarWritten,
  type Network,
  type SampleChoice,
} from './kernels.js';

/** The cases of the parity suite: every device, coding, policy and shape, in combinations that never change. */

/** Layer sizes by name: what padding, blocks of vectors, lists of rows and layers can get wrong. */
const shapes = {
  '1x1': [1, 1],
  '7x3': [7, 3],
  'one row': [1, 9],
  'one column': [9, 1],
  '5x17': [5, 17],
  '50x70': [50, 70],
  '785x300': [785, 300],
  'two layers': [18, 33, 10],
  'three layers': [6, 5, 16, 4],
} as const;

const factors = {
  shape: ['1x1', '7x3', 'one row', 'one column', '5x17', 'two layers', 'three layers'],
  device: deviceNames,
  coding: codings,
  policy: pulsePolicies,
  converters: ['no converters', 'converters'],
  quantize: quantizeModes,
  activation: activations,
  hidden: ['sigmoid', 'tanh', 'relu', 'identity'],
  loss: losses,
  errorPath: ['after-update', 'before-update'],
  samples: ['codes', 'values'],
  background: [0, -0.375],
  bias: [false, true],
} as const;

type Factors = typeof factors;
type SmallChoice = { readonly [F in keyof Factors]: Factors[F][number] };
export type Choice = Omit<SmallChoice, 'shape'> & {
  readonly shape: keyof typeof shapes;
  /** Options that stand apart from the factors: an access resistance, thresholds, a rate of the last layer, a reference. */
  readonly read?:
    | 'access resistance'
    | 'thresholds'
    | 'access resistance and thresholds'
    | 'access resistance and a reference'
    | 'a reference';
};

const names = Object.keys(factors) as (keyof Factors)[];

/** A choice by the number of each factor's level. */
function choiceOf(levels: (factor: keyof Factors) => number): SmallChoice {
  const entries = names.map((name) => [name, factors[name][levels(name)]]);
  return Object.fromEntries(entries) as SmallChoice;
}

function randomChoice(word: number): SmallChoice {
  const key = testKey(word);
  return choiceOf((name) => integerBelow(factors[name].length, key, names.indexOf(name)));
}

/** Pairs of levels that a choice covers. */
function pairsOf(choice: SmallChoice): string[] {
  return names.flatMap((a, i) => names.slice(i + 1).map((b) => `${a}=${choice[a]} ${b}=${choice[b]}`));
}

function pairCount(): number {
  const sizes = names.map((name) => factors[name].length);
  return sizes.flatMap((a, i) => sizes.slice(i + 1).map((b) => a * b)).reduce((sum, product) => sum + product, 0);
}

const candidatesPerCase = 24;

/** Greedy cover of all pairs of levels: each case is the best of some candidates, drawn with fixed keys. */
export function pairwiseChoices(): SmallChoice[] {
  const covered = new Set<string>();
  const chosen: SmallChoice[] = [];
  const gain = (choice: SmallChoice): number => pairsOf(choice).filter((pair) => !covered.has(pair)).length;
  for (let word = 0; covered.size < pairCount(); word += candidatesPerCase) {
    const candidates = Array.from({ length: candidatesPerCase }, (_, k) => randomChoice(word + k));
    const best = candidates.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    if (gain(best) === 0) continue;
    chosen.push(best);
    for (const pair of pairsOf(best)) covered.add(pair);
  }
  return chosen;
}

/** Every device × coding × policy × converters on a small network; the other factors are drawn with fixed keys. */
export function deviceChoices(): Choice[] {
  const choices = factors.device.flatMap((device) =>
    factors.coding.flatMap((coding) =>
      factors.policy.flatMap((policy) =>
        factors.converters.map((converters) => ({ device, coding, policy, converters })),
      ),
    ),
  );
  return choices.map((choice, i) => ({ ...randomChoice(1e6 + i), ...choice, shape: smallShapes[i % 3]! }));
}

/** A layer of MNIST's size, for the paths that take blocks of columns and many rows. */
export function largeChoices(): Choice[] {
  const paths = [
    { device: 'ideal', coding: 'offset', policy: 'round' },
    { device: 'noisy exponential', coding: 'differential-pair', policy: 'stochastic' },
    { device: 'linear', coding: 'offset', policy: 'fractional' },
    { device: 'lookup table', coding: 'one-sided-pair', policy: 'stochastic' },
    { device: 'power with step noise and every spread', coding: 'differential-pair', policy: 'stochastic' },
    { device: 'lookup table', coding: 'differential-pair', policy: 'fractional' },
  ] as const;
  return paths.map((path, i) => ({ ...randomChoice(2e6 + i), ...path, shape: '785x300' }));
}

/** What reads may do beside: every coding and policy, with devices that have no read noise. */
export function readChoices(): Choice[] {
  const reads = ['access resistance', 'thresholds', 'access resistance and thresholds'] as const;
  const devices = ['exponential', 'noisy exponential', 'linear', 'tabulated exponential'] as const;
  const choices = factors.coding.flatMap((coding) =>
    factors.policy.flatMap((policy) =>
      reads.map((read) => ({ coding, policy, read, converters: 'no converters' as const })),
    ),
  );
  return choices.map((choice, i) => {
    const device = devices[i % devices.length]!;
    return { ...randomChoice(3e6 + i), ...choice, device, shape: smallShapes[(i % 2) + 1]! };
  });
}

/** Offset coding read against something else than its middle, forward and backward apart. */
export function referenceChoices(): Choice[] {
  const ways = [
    { device: 'noisy exponential', read: 'access resistance and a reference' },
    { device: 'linear', read: 'access resistance and a reference' },
    { device: 'soft bounds', read: 'a reference' },
    { device: 'lookup table', read: 'a reference' },
    { device: 'exponential with write noise', read: 'a reference' },
  ] as const;
  const choices = factors.policy.flatMap((policy) =>
    ways.flatMap((way) => factors.converters.map((converters) => ({ ...way, policy, converters }))),
  );
  return choices.map((choice, i) => ({
    ...{ ...randomChoice(6e6 + i), ...choice, coding: 'offset' },
    shape: smallShapes[(i % 2) + 1]!,
  }));
}

/** Fractional pulses on measured tables, which are given to four columns at a time, with columns left over. */
export function tableChoices(): Choice[] {
  const paths = [
    { coding: 'differential-pair', quantize: 'none' },
    { coding: 'offset', quantize: 'initial' },
    { coding: 'offset', quantize: 'none' },
  ] as const;
  const devices = ['lookup table', 'lookup tables of three devices'] as const;
  const common = { policy: 'fractional', shape: '50x70' } as const;
  return devices.flatMap((device) =>
    paths.map((path, i) => ({ ...randomChoice(4e6 + i), ...common, device, ...path })),
  );
}

const smallShapes = ['7x3', 'two layers', 'three layers'] as const;

export function titleOf(choice: Choice): string {
  const { background, bias, quantize, ...words } = choice;
  const extra = [`background ${background}`, `quantize ${quantize}`, bias ? 'bias' : 'no bias'];
  return [...Object.values(words), ...extra].join(', ');
}

const thresholds = {
  forwardInput: { threshold: 0.5 },
  updateInput: { threshold: 0.25 },
  forwardOutput: { bits: 7, max: 'full-scale' },
} as const;

const anotherReference = { forward: 'half-of-maximum', backward: 'mid-range', accessResistance: 'none' } as const;

export function networkOf(choice: Choice): Network {
  const { shape, device, activation, hidden, bias, loss, errorPath } = choice;
  // Ideal weights have no bounds, and unbounded activations ask for thousands of pulses: both want a small rate.
  const saturates = [activation, hidden].every((name) => name !== 'identity' && name !== 'relu');
  const learningRate = device === 'ideal' || !saturates ? 0.02 : 2;
  const { coding, policy: pulsePolicy, quantize, read = '' } = choice;
  const converters = choice.converters === 'converters' ? allConverters : 'none';
  const crossbar: CrossbarWritten = {
    ...{ coding, pulsePolicy, quantize, converters, refreshAt: 0.7 },
    ...(read.includes('thresholds') && { converters: thresholds }),
    ...(read.includes('access') && { accessResistance: '60 kohm' }),
    ...(read.includes('reference') && { reference: anotherReference }),
  };
  return {
    ...{ sizes: shapes[shape], device, crossbar, activation, hidden, bias, loss, errorPath, learningRate },
    ...(read !== '' && { lastRate: learningRate / 2 }),
  };
}

export function sampleChoiceOf(choice: Choice): SampleChoice {
  const sizes = shapes[choice.shape];
  const count = choice.shape === '785x300' ? 2 : 25;
  const classes = sizes.at(-1)!;
  return { kind: choice.samples, count, features: sizes[0], classes, background: choice.background };
}

/** Ways in which cells are pulsed and written anew, each of which a ledger has to hear of. */
export function ledgerChoices(): Choice[] {
  const paths = [
    { device: 'noisy exponential', coding: 'differential-pair', policy: 'stochastic' },
    { device: 'noisy exponential', coding: 'one-sided-pair', policy: 'stochastic' },
    { device: 'lookup table', coding: 'offset', policy: 'fractional' },
    { device: 'linear', coding: 'differential-pair', policy: 'fractional' },
    { device: 'noisy exponential', coding: 'offset', policy: 'fractional' },
    { device: 'exponential', coding: 'one-sided-pair', policy: 'round' },
    { device: 'power with step noise and every spread', coding: 'differential-pair', policy: 'round' },
  ] as const;
  const common = { converters: 'no converters', shape: 'three layers', background: -0.375 } as const;
  // Blocks of columns with some left over, and inputs of one sign or with some that are zero.
  const wide = [
    { device: 'lookup table', coding: 'differential-pair', policy: 'fractional', shape: '50x70', background: 0 },
    { device: 'noisy exponential', coding: 'differential-pair', policy: 'fractional', shape: '50x70', background: 0 },
  ] as const;
  // Converters make errors and inputs zero: columns and rows that are read and not pulsed.
  const converted = (['lookup table', 'noisy exponential', 'linear'] as const).map((device) => {
    const shape = device === 'linear' ? ('three layers' as const) : ('50x70' as const);
    return { device, shape, coding: 'differential-pair', policy: 'fractional', converters: 'converters' } as const;
  });
  // Whole pulses of cells with parameters of their own.
  const device = 'exponential with device-to-device spread and read noise';
  const own = [{ device, coding: 'differential-pair', policy: 'stochastic', shape: '50x70' }] as const;
  return [...paths, ...wide, ...converted, ...own].map((path, i) => ({ ...randomChoice(5e6 + i), ...common, ...path }));
}
