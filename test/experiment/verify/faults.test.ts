import { describe, expect, it } from 'vitest';
import { datasetSource } from '../../../datasets/registry.js';
import { loadCases, type LoadedCase } from '../../../src/experiment/verify/case-files.js';
import { verifyCases, type CaseVerdict } from '../../../src/experiment/verify/verify.js';
import type { TrainAll } from '../../../src/experiment/batch/job.js';
import { trainHere, trainTampered, withSwappedPairs } from './here.js';

/**
 * Faults that were planted on purpose, each of which the quick set must catch. Most run with fewer seeds than the case
 * has, against the wider interval that goes with them: a fault that is caught so is caught all the more by the case.
 */

const present = await Promise.all(
  (['orhd', 'mnist'] as const).map(async (name) => {
    return (await datasetSource(name).locate()).every(({ place }) => place !== undefined);
  }),
);
const dataIsHere = present.every(Boolean);

interface Plant {
  readonly case: string;
  /** The first so many seeds of the case. */
  readonly seeds: number;
  /** Values that make the fault. */
  readonly fault?: readonly string[];
  readonly train?: TrainAll;
}

async function verdictOf({ case: name, seeds, fault = [], train = trainHere }: Plant): Promise<CaseVerdict> {
  const [quick] = loadCases([name], 'quick');
  expect(quick!.config.sets).toContain('quick');
  const [verdict] = await verifyCases([planted(quick!, seeds, fault)], { train, offline: true });
  return verdict!;
}

function planted(one: LoadedCase, seeds: number, fault: readonly string[]): LoadedCase {
  const { from, to } = one.config.seeds;
  if (from + seeds - 1 > to) throw new RangeError(`${one.config.name} has fewer than ${seeds} seeds`);
  const chosen = { seeds: { from, to: from + seeds - 1 }, overrides: [...one.config.overrides, ...fault] };
  return { ...one, config: { ...one.config, ...chosen } };
}

describe.skipIf(!dataIsHere)('without a fault', () => {
  it.each([
    ['orhd-device', 3],
    ['orhd-ideal', 3],
    ['orhd-linear', 3],
    ['orhd-nonlinear', 3],
    ['orhd-reference', 1],
    ['ws2-mnist', 10],
    ['ws2-nanosheet', 6],
    ['mnist-device-subset', 1],
  ])('%s passes with its first %s seeds', async (name, seeds) => {
    const { verdict, reasons } = await verdictOf({ case: name, seeds });
    expect({ verdict, reasons }).toEqual({ verdict: 'pass', reasons: [] });
  });

  it('a network that is trained by hand comes to the same as one that is run', async () => {
    const plant = { case: 'orhd-device', seeds: 1, fault: ['training.epochs=3'] };
    const run = await verdictOf(plant);
    const byHand = await verdictOf({ ...plant, train: trainTampered((replica) => replica) });
    expect(byHand.measured!.correct).toEqual(run.measured!.correct);
  });
});

describe.skipIf(!dataIsHere)('a planted fault is caught', () => {
  const nonlinearity = (ltp: number, ltd: number): string[] => [
    `device.nonlinearity.ltp.label=${ltp}`,
    `device.nonlinearity.ltd.label=${ltd}`,
  ];

  it.each([
    [
      'cycle-to-cycle noise is doubled',
      'below',
      { case: 'orhd-linear', seeds: 3, fault: ['device.cycleToCycle=0.0456'] },
    ],
    [
      'updates are cut to whole pulses',
      'below',
      { case: 'ws2-mnist', seeds: 1, fault: ['crossbar.pulsePolicy=round'] },
    ],
    ['depression takes the LTP curve', 'above', { case: 'orhd-nonlinear', seeds: 6, fault: nonlinearity(2, 2) }],
    ['LTP and LTD are exchanged', 'below', { case: 'orhd-nonlinear', seeds: 6, fault: nonlinearity(-4, 2) }],
    [
      "the sign of LTD's nonlinearity is turned",
      'below',
      { case: 'orhd-device', seeds: 3, fault: nonlinearity(4.5, -4.5) },
    ],
    ['the LTP curve is too straight', 'below', { case: 'orhd-device', seeds: 3, fault: nonlinearity(2.25, 4.5) }],
    [
      'the cells of each pair are exchanged',
      'below',
      { case: 'orhd-device', seeds: 1, train: trainTampered(withSwappedPairs) },
    ],
    ['drift is switched off', 'above', { case: 'ws2-nanosheet', seeds: 2, fault: ['device.retention.model=none'] }],
    [
      'the temperature of the holds loses its 273 K',
      'above',
      { case: 'ws2-nanosheet', seeds: 2, fault: [1000, 4000].map((_, i) => `conditions.hold[${i}].temperature=100 K`) },
    ],
    ['every cell drifts alike', 'above', { case: 'ws2-nanosheet', seeds: 2, fault: ['device.retention.spread=0 eV'] }],
    ['the learning rate is halved', 'below', { case: 'orhd-linear', seeds: 8, fault: ['training.learningRate=0.05'] }],
  ] as [string, string, Plant][])(
    'where %s',
    async (_, where, plant) => {
      const { verdict, reasons } = await verdictOf(plant);
      expect(verdict).toBe('outside');
      expect(reasons).toContain(`${where} the interval`);
    },
    300_000,
  );

  it('where the initial weights of the reference are others', async () => {
    const fault = ['network.init.seed=1'];
    const { verdict, reasons } = await verdictOf({ case: 'orhd-reference', seeds: 1, fault });
    expect(verdict).toBe('outside');
    expect(reasons[0]).toMatch(/^\d+ correct, expected exactly 1738$/);
  });
});
