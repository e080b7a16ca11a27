import { ablationFigure } from './figures/ablation.js';
import { accuracyFigure } from './figures/accuracy.js';
import { confusionFigure } from './figures/confusion.js';
import { deviceFigure } from './figures/device.js';
import { energyFigure } from './figures/energy.js';
import { displayPath } from '../experiment/place.js';
import { panelPictures, type Figure } from './figures/figure.js';
import { histogramFigure } from './figures/histograms.js';
import { retentionFigure } from './figures/retention.js';
import { sharedRange, sweepFigures, viewOf, type SweepView } from './figures/sweep.js';
import { mainEffects } from './figures/sweep-cloud.js';
import { weightMapFigure } from './figures/weight-maps.js';
import { escaped, htmlTable, percent, type Column } from './page/html.js';
import { reportPage, type DrawnFigure, type Section } from './page/page.js';
import { configTable, reproduction } from './page/reproduce.js';
import { ablationCard, runTable, summaryCard, sweepCard } from './page/summary.js';
import type { AblationRead } from './results/ablation.js';
import { groupsOf, type Group } from './results/groups.js';
import type { Results } from './results/read.js';
import { isUnfinished, progressOf, runOf, type SweepRead, type TrialRead } from './results/sweep.js';
import { inlined } from './theme.js';

export interface ReportOptions {
  /** Of the page; what was trained, unless told. */
  readonly title?: string | undefined;
  /** The command that makes this report, as it was typed. */
  readonly commandLine: readonly string[];
  /** Folder of the figures' files, as a link from the page. */
  readonly figuresAt: string;
  /** A script that keeps the page up to date. */
  readonly live?: string | undefined;
}

export interface Report {
  readonly html: string;
  readonly figures: readonly Figure[];
}

/** Draws a report of results. Writes nothing. */
export async function makeReport(results: Results, options: ReportOptions): Promise<Report> {
  const groups = groupsOf(results.runs);
  const views = results.sweeps.map(viewOf);
  const planned = [
    ...overview(groups),
    ...groups.map(groupSection),
    ...views.map((view, i) => sweepSection(view, `sweep-${i + 1}`, views)),
    ...ablationSections(results),
  ];
  const sections: Section[] = [];
  for (const { figures, ...section } of planned) sections.push({ ...section, figures: await drawn(figures) });
  const all = [...groups, ...results.sweeps.flatMap(bestGroup)];
  if (all.length > 0) {
    const before = all.map((group) => configTable(group, all.length === 1)).join('');
    sections.push({ id: 'configuration', title: 'Configuration', figures: [], before });
  }
  const commands = reproduction(
    all.flatMap(({ runs }) => runs),
    options.commandLine,
  );
  sections.push({ id: 'reproduce', title: 'To reproduce this', figures: [], before: commands });
  const html = reportPage({
    title: options.title ?? titleOf(results, groups),
    lead: leadOf(results, groups),
    warnings: warningsOf(results),
    summary: summaryOf(groups, views, results),
    ...{ sections, figuresAt: options.figuresAt, live: options.live },
  });
  return { html, figures: planned.flatMap(({ figures }) => figures) };
}

interface Planned extends Omit<Section, 'figures'> {
  readonly figures: readonly Figure[];
}

async function drawn(figures: readonly Figure[]): Promise<DrawnFigure[]> {
  const pictures: DrawnFigure[] = [];
  for (const figure of figures) {
    const panels = (await panelPictures(figure)).map((svg, i) => inlined(svg, `${figure.name}-${i}`));
    pictures.push({
      name: figure.name,
      title: figure.title,
      subtitle: figure.subtitle ?? [],
      caption: figure.caption,
      columns: Math.min(figure.columns, panels.length),
      panels,
    });
  }
  return pictures;
}

function overview(groups: readonly Group[]): Planned[] {
  const figure = accuracyFigure(groups);
  return figure ? [{ id: 'accuracy', title: 'Accuracy', figures: [figure] }] : [];
}

const ofGroup = [confusionFigure, energyFigure, weightMapFigure, deviceFigure, histogramFigure, retentionFigure];

function groupSection(group: Group): Planned {
  const figures = ofGroup.flatMap((draw) => draw(group) ?? []);
  return { id: group.id, title: group.label, figures };
}

function sweepSection(view: SweepView, id: string, all: readonly SweepView[]): Planned {
  const { sweep } = view;
  const figures = sweepFigures(view, id, sharedRange(view, all));
  const described = sweep.description === undefined ? '' : `<p>${escaped(sweep.description)}</p>`;
  return {
    ...{ id, title: `Sweep ${sweep.name}`, before: described + trialCount(sweep), figures },
    after: effectsTable(view) + bestTrials(view) + failures(sweep),
  };
}

function trialCount(sweep: SweepRead): string {
  const { trials, running, damaged } = sweep;
  const failed = trials.filter(({ status }) => status === 'failed').length;
  const kinds = [
    progressOf(sweep),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running > 0 ? [`${running} under way`] : []),
    ...(damaged.length > 0 ? [`${damaged.length} left out, whose record is damaged`] : []),
  ];
  return `<p class="note">${kinds.join(', ')}.</p>`;
}

const listed = 10;

function bestTrials({ sweep: { trials, paths }, axes }: SweepView): string {
  const best = ranked(trials).slice(0, listed);
  if (best.length === 0) return '';
  const columns = [
    { name: 'test accuracy', kind: 'number' },
    ...axes.map(({ title, numeric }) => ({ name: title, kind: numeric ? ('number' as const) : undefined })),
    { name: 'seed', kind: 'number' },
    { name: 'trial', kind: 'code' },
  ] as const;
  const rows = best.map(({ accuracy, point, seed, hash }) => [
    ...[percent(accuracy), ...paths.map((path, i) => axes[i]!.written(point[path] ?? null))],
    ...[String(seed), hash.slice(0, 12)],
  ]);
  return `<details open><summary>Best trials</summary>${htmlTable(columns, rows, 'stacked labelled')}</details>`;
}

/** How the accuracy goes with each parameter of points that make no grid. */
function effectsTable({ points, axes, isGrid }: SweepView): string {
  const effects = isGrid ? [] : mainEffects(points, axes);
  if (effects.length === 0) return '';
  const columns = [
    ...[{ name: 'parameter' }, { name: 'rank correlation with accuracy', kind: 'number' }],
    ...[
      { name: '95 % interval', kind: 'number' },
      { name: 'points', kind: 'number' },
    ],
  ] as Column[];
  const text = (value: number): string => value.toFixed(2).replace('-', '−');
  const rows = effects.map(({ axis, correlation: { rho, low, high, pairs } }) => [
    ...[axis.title, text(rho), low === null || high === null ? '–' : `${text(low)} to ${text(high)}`, String(pairs)],
  ]);
  const note = 'Spearman’s, over all points; the interval is that of Bonett and Wright (2000).';
  return `<details open><summary>Main effects</summary>${htmlTable(columns, rows, 'stacked labelled')}<p class="note">${note}</p></details>`;
}

/** Why trials failed: each reason once, with how many and one of them. */
function failures({ trials }: SweepRead): string {
  const reasons = new Map<string, TrialRead[]>();
  for (const trial of trials) {
    if (trial.status !== 'failed') continue;
    const reason = trial.error?.split('\n', 1)[0] ?? 'no reason is known';
    const known = reasons.get(reason);
    if (known) known.push(trial);
    else reasons.set(reason, [trial]);
  }
  if (reasons.size === 0) return '';
  const columns = [
    { name: 'reason' },
    { name: 'trials', kind: 'number' },
    { name: 'one of them', kind: 'code' },
  ] as const;
  const rows = [...reasons].sort(([, a], [, b]) => b.length - a.length).slice(0, listed);
  const cells = rows.map(([reason, failed]) => [reason, String(failed.length), failed[0]!.hash]);
  return `<details open><summary>Trials that failed</summary>${htmlTable(columns, cells, 'stacked labelled')}</details>`;
}

function ranked(trials: readonly TrialRead[]): TrialRead[] {
  const known = trials.filter(({ accuracy }) => accuracy !== null);
  return known.sort((a, b) => b.accuracy! - a.accuracy!);
}

/** The best trial's experiment stands for the sweep's where configuration and commands are shown. */
function bestGroup({ trials, name, axes, overrides }: SweepRead): Group[] {
  const [best] = ranked(trials);
  if (!best) return [];
  const sweptBy = new Map([
    // Every sweep sets it so, unless its overrides say otherwise.
    ['record.tensorboard', `defined: left out by the sweep ${name}`] as const,
    ...overrides.map((path) => [path, `defined: an override of the sweep ${name}`] as const),
    ...axes.map(({ path }) => [path, `defined: an axis of the sweep ${name}`] as const),
  ]);
  return groupsOf([runOf(best)]).map((group) => ({ ...group, label: `best trial of ${name}`, sweptBy }));
}

function ablationSections({ ablations }: Results): Planned[] {
  return ablations.flatMap((ablation, i) => {
    const name = ablations.length === 1 ? 'ablation' : `ablation-${i + 1}`;
    const figure = ablationFigure(ablation, name);
    const title = `Ablation of ${ablation.experiment}`;
    return figure ? [{ id: `${name}-section`, title, figures: [figure], after: ablationTable(ablation) }] : [];
  });
}

/** What every effect costs, in figures, and why others could not be tried. */
function ablationTable({ rows, absent }: AblationRead): string {
  const columns = [
    { name: 'effect' },
    { name: 'taken out (points)', kind: 'number' },
    { name: 'alone (points)', kind: 'number' },
    { name: 'pairs', kind: 'number' },
    { name: 'errors' },
  ] as const;
  const cost = (one: AblationRead['rows'][number]['alone']): string => {
    if (!one?.difference) return '–';
    const { mean, half } = one.difference;
    const text = (value: number): string => (100 * value).toFixed(2).replace('-', '−');
    return half === null ? text(mean) : `${text(mean)} ± ${text(half)}`;
  };
  const cells = rows.map(({ name, inDevice, alone }) => [
    ...[name, cost(inDevice), cost(alone)],
    String(inDevice?.difference?.pairs ?? alone?.difference?.pairs ?? 0),
    [...new Set([...(inDevice?.errors ?? []), ...(alone?.errors ?? [])])].join('; '),
  ]);
  const shown = cells.some((row) => row[4] !== '') ? columns : columns.slice(0, 4);
  const left = absent.map(({ name, why }) => `${name}: ${why}`);
  const note = left.length === 0 ? '' : `<p class="note">Not tried: ${escaped(left.join('; '))}.</p>`;
  const table = htmlTable(
    shown,
    cells.map((row) => row.slice(0, shown.length)),
    'stacked labelled',
  );
  return `<details open><summary>Costs</summary>${table}${note}</details>`;
}

function summaryOf(groups: readonly Group[], views: readonly SweepView[], { ablations }: Results): string {
  const cards = [...groups.map(summaryCard), ...views.map(sweepCard), ...ablations.map(ablationCard)];
  if (cards.length === 0) return '';
  return `<div class="cards">${cards.join('')}</div>${groups.length === 0 ? '' : runTable(groups)}`;
}

function titleOf({ sweeps, ablations }: Results, groups: readonly Group[]): string {
  const names = [
    ...new Set([
      ...groups.map(({ first }) => first.label),
      ...sweeps.map(({ name }) => name),
      ...ablations.map(({ experiment }) => experiment),
    ]),
  ];
  return names.length <= 3 ? names.join(', ') : `${names.length} experiments`;
}

function leadOf({ runs, sweeps, ablations }: Results, groups: readonly Group[]): string[] {
  const ofTrials = sweeps.flatMap(({ trials }) => trials.flatMap(({ started }) => started ?? []));
  const [, last] = extremes([...runs.flatMap(({ record }) => record?.finishedAt ?? []), ...ofTrials]);
  const counted = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];
  const kinds = [
    ...counted(runs.length, 'run'),
    ...counted(sweeps.length, 'sweep'),
    ...counted(ablations.length, 'ablation'),
  ];
  const when = last === undefined ? '' : `, the last of ${last.slice(0, 10)}`;
  const described =
    groups.length === 1 && typeof groups[0]!.first.config.description === 'string'
      ? [groups[0]!.first.config.description]
      : [];
  const titles = groups.length === 0 && sweeps.length === 1 ? [sweeps[0]!.title, sweeps[0]!.description] : [];
  return [
    ...described,
    ...titles.flatMap((text) => text ?? []),
    `${[kinds.slice(0, -1).join(', '), ...kinds.slice(-1)].filter((part) => part !== '').join(' and ')}${when}. Networks on memristor crossbars, trained pulse by pulse by Mho.`,
  ];
}

/** Of any number of texts the first and the last in their order. */
function extremes(texts: readonly string[]): readonly [first: string | undefined, last: string | undefined] {
  const sorted = [...texts].sort();
  return [sorted[0], sorted.at(-1)];
}

function warningsOf({ runs, sweeps }: Results): string[] {
  const ofRuns = runs.flatMap(({ label, seed, record }) => {
    const ended =
      record && record.status !== 'complete'
        ? [`${record.status}${record.error === null ? '' : `: ${record.error}`}`]
        : [];
    return [...ended, ...(record?.warnings ?? [])].map((text) => `${label}, seed ${seed}: ${text}`);
  });
  const ofSweeps = sweeps.flatMap((sweep) => {
    const { name, trials, damaged } = sweep;
    const failed = trials.filter(({ status }) => status === 'failed').length;
    const codes = new Set(trials.flatMap(({ code }) => code ?? []));
    return [
      ...(isUnfinished(sweep) ? [`${name} is not finished: ${progressOf(sweep)}`] : []),
      ...(failed > 0 ? [`${name}: ${failed} of ${trials.length} trials failed; their logs are in their folders`] : []),
      ...(codes.size > 1 ? [`${name}: its trials are of ${codes.size} versions of the code`] : []),
      ...damaged.map((folder) => `${displayPath(folder)}: its trial.json is damaged, and it is left out`),
    ];
  });
  return [...ofRuns, ...ofSweeps];
}
