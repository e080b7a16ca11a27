import { z } from 'zod';
import type { CheckFailure } from '../checks.js';
import type { ConfigPath } from '../place.js';
import { seedSchema } from '../seed.js';

/** Which cases run together: `quick` on every change, `full` at night. */
export const caseSets = ['quick', 'full'] as const;
export type CaseSet = (typeof caseSets)[number];

const fraction = z.number().min(0).max(1);
const seed = seedSchema;

/** Seeds from one to another, both included. */
const seedRange = z.strictObject({ from: seed, to: seed });
export type SeedRange = z.output<typeof seedRange>;

/** When an expectation was measured, and on which commit. */
const provenance = {
  measured: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date such as 2026-11-22'),
  commit: z.string().min(1),
};

/** What a case of whatever statistic says. */
export const common = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected a name of small letters, digits and "-"'),
  title: z.string().min(1),
  sets: z.array(z.enum(caseSets)).min(1),
  /** Experiment file, relative to the case's own. */
  experiment: z.string().min(1),
  /** Values laid upon the experiment, as `--set` takes them. */
  overrides: z.array(z.string()).default([]),
  /** Seeds of a verification: others than those behind the expectation. */
  seeds: seedRange,
  /**
   * What the source of the figure allows, as fractions, ends included: the expectation must lie within, or, where there
   * is none, the runs.
   */
  accept: z.tuple([fraction, fraction]).optional(),
};

export const averaged = {
  /** A run's accuracy is its mean after so many last epochs, for devices that swing from epoch to epoch; 1 unless told. */
  lastEpochs: z.int().min(1).optional(),
};

/** A figure that varies over seeds: held against an interval that is computed from its spread. */
const sample = {
  ...common,
  ...averaged,
  /** Runs below this accuracy stalled: they are counted apart and left out of the statistic. */
  stalledBelow: fraction.optional(),
  /** How often a figure that did not change may be told outside by chance. */
  falseAlarmRate: z.number().min(1e-9).max(0.2),
  expected: z
    .strictObject({
      /** The statistic over the seeds that did not stall. */
      value: fraction,
      /** Sample standard deviation over them. */
      sd: z.number().min(0).max(1),
      seeds: seedRange,
      stalled: z.int().min(0),
      ...provenance,
    })
    .optional(),
};

const meanCase = z.strictObject({ ...sample, statistic: z.literal('mean') });
const medianCase = z.strictObject({ ...sample, statistic: z.literal('median') });

/** A run in which nothing is left to chance: it must recognise exactly so many images, whatever the seed. */
const countCase = z.strictObject({
  ...common,
  statistic: z.literal('count'),
  expected: z.strictObject({ correct: z.int().min(0), ...provenance }).optional(),
});

/** What statistics a file of one experiment may have. */
export const caseSchemas = [meanCase, medianCase, countCase] as const;

/** One regression: an experiment, and the accuracy that it must still reach. */
export type RegressionCase = z.output<(typeof caseSchemas)[number]>;
export type SampleCase = z.output<typeof meanCase> | z.output<typeof medianCase>;
export type CountCase = z.output<typeof countCase>;
export type SampleExpectation = NonNullable<SampleCase['expected']>;

/** Every seed of a range. */
export function seedsOf({ from, to }: SeedRange): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** Holds the values of a case against each other. */
export function checkCase(one: RegressionCase): CheckFailure[] {
  return [...seedRanges(one), ...ownSeed(one), ...somethingToHold(one), ...acceptance(one), ...expectation(one)];
}

function seedRanges(one: RegressionCase): CheckFailure[] {
  const measured = one.expected && 'seeds' in one.expected ? one.expected.seeds : undefined;
  const reversed = [
    ...(one.seeds.to < one.seeds.from ? [['seeds', 'to']] : []),
    ...(measured && measured.to < measured.from ? [['expected', 'seeds', 'to']] : []),
  ].map((path) => ({ path, what: 'is below from', remedy: 'swap from and to' }));
  return measured && overlap(one.seeds, measured) ? [...reversed, sharedSeeds] : reversed;
}

function overlap(a: SeedRange, b: SeedRange): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** Seeds that are judged by themselves say less than their number. */
const sharedSeeds: CheckFailure = {
  path: ['seeds'],
  what: 'holds seeds that the expectation was measured with, expected others',
  remedy: 'choose seeds outside expected.seeds',
};

/** @param at - where the overrides stand in the file */
export function ownSeed({ overrides }: Pick<RegressionCase, 'overrides'>, at: ConfigPath = []): CheckFailure[] {
  return overrides.flatMap((text, i) => {
    if (!/^\s*seed\s*=/.test(text)) return [];
    return [{ path: [...at, 'overrides', i], what: 'sets the seed, expected it under seeds', remedy: 'take it out' }];
  });
}

function somethingToHold({ expected, accept }: RegressionCase): CheckFailure[] {
  if (expected ?? accept) return [];
  const remedy = 'write accept: [low, high], or an expectation';
  return [{ path: [], what: 'has neither expected nor accept, so nothing could be outside', remedy }];
}

function acceptance(one: RegressionCase): CheckFailure[] {
  if (!one.accept) return [];
  const [low, high] = one.accept;
  if (low > high) return [{ path: ['accept'], what: `got [${low}, ${high}]`, remedy: 'write the lower end first' }];
  const value = one.statistic === 'count' ? undefined : one.expected?.value;
  if (value === undefined || (value >= low && value <= high)) return [];
  const remedy = 'the figure is no longer the source’s: find out why before you change either';
  return [{ path: ['expected', 'value'], what: `got ${value}, outside accept, ${low} to ${high}`, remedy }];
}

function expectation(one: RegressionCase): CheckFailure[] {
  if (one.statistic === 'count' || !one.expected) return [];
  const { seeds, stalled } = one.expected;
  const path = ['expected', 'stalled'];
  if (stalled > 0 && one.stalledBelow === undefined) {
    return [{ path, what: `got ${stalled}, but no run counts as stalled`, remedy: 'write stalledBelow' }];
  }
  const runs = seedsOf(seeds).length;
  if (runs - stalled >= 2 || seeds.to < seeds.from) return [];
  const what = `leaves ${Math.max(0, runs - stalled)} of ${runs} runs, expected at least 2 to have a spread`;
  return [{ path, what, remedy: 'measure more seeds with mho verify --update' }];
}
