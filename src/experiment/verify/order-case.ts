import { z } from 'zod';
import type { CheckFailure } from '../checks.js';
import type { ConfigPath } from '../place.js';
import { averaged, caseSchemas, common, ownSeed, type RegressionCase } from './case.js';

const { experiment, overrides, accept, ...shared } = common;

/** One of the runs whose order is held. */
const ranked = z.strictObject({
  name: common.name,
  /** The case's own unless told. */
  experiment: experiment.optional(),
  /** Laid upon the experiment after the case's own. */
  overrides,
  accept,
});

/** Runs of several devices or settings, of which each must stand above those of the next rank by more than chance. */
const orderCase = z.strictObject({
  ...shared,
  ...averaged,
  ...{ experiment, overrides },
  statistic: z.literal('order'),
  /** How often two that do not differ may be told apart (Welch's test, one-sided). */
  significance: z.number().min(1e-9).max(0.2),
  /** From the best; what stands in one rank is not compared. */
  ranks: z.array(z.array(ranked).min(1)).min(2),
});

export type OrderCase = z.output<typeof orderCase>;

/** A file of configs/regression. */
export const caseSchema = z.discriminatedUnion('statistic', [...caseSchemas, orderCase]);

/** What a run must stand above, by the names of its cases, and how surely. */
export interface Order {
  readonly above: readonly string[];
  readonly significance: number;
}

/** A run of an order, as a case of its own: `neurosim-order/epiram`. */
export interface RankedCase {
  readonly config: RegressionCase;
  readonly order: Order;
  readonly written: Written;
}

/** Where in its file a case's experiment and each of its overrides stand. */
export interface Written {
  readonly experiment: ConfigPath;
  readonly overrides: readonly ConfigPath[];
}

export function rankedCases(one: OrderCase): readonly RankedCase[] {
  const { name, title, sets, seeds, lastEpochs, significance, ranks } = one;
  const nameOf = (run: { readonly name: string }): string => `${name}/${run.name}`;
  return ranks.flatMap((rank, r) =>
    rank.map((run, i) => {
      const config: RegressionCase = {
        ...{ name: nameOf(run), title: `${title}: ${run.name}`, sets, seeds, lastEpochs, accept: run.accept },
        experiment: run.experiment ?? one.experiment,
        overrides: [...one.overrides, ...run.overrides],
        ...{ statistic: 'mean', falseAlarmRate: significance },
      };
      const at = ['ranks', r, i];
      const written = {
        experiment: [...(run.experiment === undefined ? [] : at), 'experiment'],
        overrides: [...overridesAt([], one.overrides), ...overridesAt(at, run.overrides)],
      };
      return { config, order: { above: (ranks[r + 1] ?? []).map(nameOf), significance }, written };
    }),
  );
}

/** @param at - of what holds them */
export function overridesAt(at: ConfigPath, overrides: readonly string[]): ConfigPath[] {
  return overrides.map((_, i) => [...at, 'overrides', i]);
}

/** Holds the values of an order against each other. */
export function checkOrder(one: OrderCase): CheckFailure[] {
  const { seeds, ranks } = one;
  const runs = ranks.flatMap((rank, r) => rank.map((run, i) => ({ run, path: ['ranks', r, i] })));
  const names = runs.map(({ run }) => run.name);
  const repeated = runs.filter(({ run }, i) => names.indexOf(run.name) < i);
  const reversed = runs.filter(({ run }) => run.accept && run.accept[0] > run.accept[1]);
  return [
    ...(seeds.to > seeds.from
      ? []
      : [{ path: ['seeds', 'to'], what: 'leaves no spread, expected two seeds at least', remedy: 'raise to' }]),
    ...repeated.map(({ run, path }) => ({
      path: [...path, 'name'],
      what: `got ${run.name} twice, expected a name for each run`,
      remedy: 'name it otherwise',
    })),
    ...reversed.map(({ path }) => ({
      path: [...path, 'accept'],
      what: 'has its upper end first',
      remedy: 'write the lower end first',
    })),
    ...ownSeed(one),
    ...runs.flatMap(({ run, path }) => ownSeed(run, path)),
  ];
}
