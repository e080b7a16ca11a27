import type { Group } from '../results/groups.js';
import { series } from '../theme.js';
import { panelHeight, panelWidth, styled, type Figure } from './figure.js';

const kinds = [
  ['potentiation', 'LTP pulses'],
  ['depression', 'LTD pulses'],
  ['erasure', 'erasure'],
  ['forwardReads', 'forward reads'],
  ['backwardReads', 'backward reads'],
] as const;

const prefixes = [
  [1, 'J'],
  [1e-3, 'mJ'],
  [1e-6, 'µJ'],
  [1e-9, 'nJ'],
  [1e-12, 'pJ'],
] as const;

/** Joules that training took, by epoch and by what they went into. None where no ledger was kept. */
export function energyFigure({ id, label, all }: Group): Figure | undefined {
  const run = all.find((one) => one.energy() !== undefined);
  const energy = run?.energy();
  if (!run || !energy || energy.epochs.length === 0) return undefined;
  const used = kinds.filter(([kind]) => energy.total[kind] > 0);
  const epochOf = (epoch: (typeof energy.epochs)[number]): number => used.reduce((sum, [kind]) => sum + epoch[kind], 0);
  const most = Math.max(...energy.epochs.map(epochOf));
  const [factor, unit] = prefixes.find(([factor]) => most >= factor) ?? prefixes.at(-1)!;
  const values = energy.epochs.flatMap((epoch) =>
    used.map(([kind, name], i) => ({ epoch: epoch.epoch, series: name, order: i, energy: epoch[kind] / factor })),
  );
  const names = used.map(([, name]) => name);
  const { color } = styled(
    names,
    names.map((_, i) => series[i]!),
  );
  return {
    ...{ name: `${id}-energy`, title: `${label}: energy of the cells in training`, columns: 1 },
    caption: `Seed ${run.seed}. Left out is ${energy.leftOut}.`,
    panels: [
      {
        ...{ width: panelWidth, height: panelHeight, data: { values } },
        mark: { type: 'bar', width: { band: 0.86 } },
        encoding: {
          x: {
            field: 'epoch',
            type: 'ordinal',
            title: 'epoch',
            axis: { labelAngle: 0, labelOverlap: true, grid: false },
          },
          y: { field: 'energy', type: 'quantitative', title: `energy of an epoch (${unit})` },
          ...{ color, order: { field: 'order' } },
        },
      },
    ],
    table: {
      head: ['epoch', 'samples', ...used.map(([kind]) => `${kind}_J`)],
      rows: energy.epochs.map((epoch) => [epoch.epoch, epoch.samples, ...used.map(([kind]) => epoch[kind])]),
    },
  };
}
