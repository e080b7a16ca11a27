import type { SweepView } from '../figures/sweep.js';
import type { AblationRead } from '../results/ablation.js';
import { spreadOf, type Group } from '../results/groups.js';
import type { RunRead } from '../results/run.js';
import { progressOf } from '../results/sweep.js';
import { escaped, htmlTable, percent } from './html.js';

/** What came out of one experiment, at a glance. */
export function summaryCard(group: Group): string {
  const { label, runs, published } = group;
  const last = spreadOf(runs.map(accuracyOf));
  const main = last
    ? `${(100 * last.mean).toFixed(2)}${last.sd === null ? ' %' : ` <small>± ${(100 * last.sd).toFixed(2)} %</small>`}`
    : '–';
  const facts = factsOf(group).map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`);
  const more =
    published && (published.accuracy ?? published.ideal) ? `<p class="note">${escaped(published.source)}</p>` : '';
  return `<div class="card"><h3>${escaped(label)}</h3><div class="figure-of">${main}</div><dl>${facts.join('')}</dl>${more}</div>`;
}

/** Of a run that goes on, after the last epoch that it came to. */
export function accuracyOf(run: RunRead): number | null {
  return run.record?.accuracy ?? run.metrics().at(-1)?.accuracy ?? null;
}

function idealOf(run: RunRead): number | null {
  return run.record?.ideal?.accuracy ?? run.idealMetrics().at(-1)?.accuracy ?? null;
}

function card(title: string, main: string, facts: readonly (readonly [string, string])[], note = ''): string {
  const listed = facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('');
  return `<div class="card"><h3>${escaped(title)}</h3><div class="figure-of">${main}</div><dl>${listed}</dl>${note}</div>`;
}

function withSpread(mean: number, sd: number | null): string {
  return `${(100 * mean).toFixed(2)}${sd === null ? ' %' : ` <small>± ${(100 * sd).toFixed(2)} %</small>`}`;
}

/** What came out of a sweep: its best point over seeds, and how far it is. */
export function sweepCard({ sweep, points, axes }: SweepView): string {
  const ranked = [...points].sort((a, b) => b.mean - a.mean);
  const [best, worst] = [ranked[0], ranked.at(-1)];
  const where = ({ values }: (typeof points)[number]): string =>
    axes.map((axis) => `${axis.label} ${axis.written(values[axis.path]!)}`).join(', ');
  const seeds = spreadOf(points.map(({ count }) => count));
  const spread = spreadOf(points.map(({ sd }) => sd));
  const failed = sweep.trials.filter(({ status }) => status === 'failed').length;
  const facts: (readonly [string, string])[] = [
    ...(best ? [['best point', where(best)] as const] : []),
    ...(worst && worst !== best ? [['worst point', `${percent(worst.mean)}: ${where(worst)}`] as const] : []),
    ...(seeds
      ? [['seeds a point', seeds.min === seeds.max ? `${seeds.min}` : `${seeds.min} to ${seeds.max}`] as const]
      : []),
    ...(spread ? [['sd over seeds', `${(100 * spread.median).toFixed(2)} % (median of the points)`] as const] : []),
    ['points', `${points.length}`],
    ['trials', `${progressOf(sweep)}${failed === 0 ? '' : `, ${failed} failed`}`],
  ];
  const main = best ? withSpread(best.mean, best.sd) : '–';
  return card(`Sweep ${sweep.name}: best point`, main, facts);
}

/** What an ablation started from, and what lies between that and float weights. */
export function ablationCard({ experiment, status, seeds, device, ideal, gap }: AblationRead): string {
  const level = ({ mean, sd }: AblationRead['device']): string =>
    mean === null ? '–' : `${percent(mean)}${sd === null ? '' : ` ± ${(100 * sd).toFixed(2)} %`}`;
  const facts: (readonly [string, string])[] = [
    ['float weights', level(ideal)],
    ...(gap ? [['between them', `${(100 * gap.mean).toFixed(2)} points`] as const] : []),
    ['seeds', `${seeds.length}`],
    ...(status === 'complete' ? [] : [['status', status] as const]),
  ];
  const main = device.mean === null ? '–' : withSpread(device.mean, device.sd);
  return card(`Ablation of ${experiment}: the device`, main, facts);
}

function factsOf({ runs, published, first }: Group): [string, string][] {
  const last = spreadOf(runs.map(accuracyOf));
  const ideal = spreadOf(runs.map(idealOf));
  const untrained = spreadOf(runs.map((run) => run.metrics().at(0)?.accuracy));
  const held = spreadOf(runs.map((run) => run.record?.accuracyBeforeHold));
  const rate = spreadOf(runs.map((run) => run.record?.samplesPerSecond));
  const epochs = Math.max(0, ...runs.map((run) => run.metrics().length - 1));
  const whole = (first.config.training as { epochs?: number } | undefined)?.epochs;
  const going = runs.some(({ status }) => status === 'running');
  const off = last && published?.accuracy ? 100 * (last.mean - published.accuracy.value) : undefined;
  const facts: [string, string | undefined][] = [
    ['seeds', runs.length === 1 ? `1 (seed ${first.seed})` : `${runs.length}`],
    [
      'median',
      last && last.count > 1 ? `${percent(last.median)}, ${percent(last.min)} to ${percent(last.max)}` : undefined,
    ],
    ['before hold', held && percent(held.mean)],
    [
      'float weights',
      ideal && `${percent(ideal.mean)}${ideal.sd === null ? '' : ` ± ${(100 * ideal.sd).toFixed(2)} %`}`,
    ],
    [
      'paper',
      published?.accuracy && `${published.accuracy.printed}${off === undefined ? '' : ` (${signed(off)} points here)`}`,
    ],
    ['paper, ideal', published?.ideal?.printed],
    ['untrained', untrained && percent(untrained.mean)],
    ['epochs', going && whole !== undefined ? `${epochs} of ${whole}` : `${epochs}`],
    ['training', rate && `${Math.round(rate.mean).toLocaleString('en')} images/s on ${backendsOf(runs)}`],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]]));
}

function signed(points: number): string {
  return `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)}`;
}

function backendsOf(runs: readonly RunRead[]): string {
  return [...new Set(runs.flatMap(({ record }) => record?.backend ?? []))].join(', ');
}

/** A line a run. */
export function runTable(groups: readonly Group[]): string {
  const rows = groups.flatMap(({ label, runs }) =>
    runs.map((run) => [
      ...[label, String(run.seed), run.status, percent(accuracyOf(run))],
      run.record?.bestEpoch == null ? '–' : `${percent(run.record.bestAccuracy)} (${run.record.bestEpoch})`,
      percent(idealOf(run)),
      run.record ? run.record.seconds.toFixed(1) : '–',
    ]),
  );
  const columns = [
    { name: 'experiment' },
    { name: 'seed', kind: 'number' },
    { name: 'status' },
    { name: 'accuracy', kind: 'number' },
    { name: 'best (epoch)', kind: 'number', optional: true },
    { name: 'float weights', kind: 'number', optional: true },
    { name: 'seconds', kind: 'number', optional: true },
  ] as const;
  const open = rows.length <= 12 ? ' open' : '';
  return `<details${open}><summary>Every run (${rows.length})</summary>${htmlTable(columns, rows, 'runs')}</details>`;
}
