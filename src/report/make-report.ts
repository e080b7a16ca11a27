import { ablationFigure } from './figures/ablation.js';
import { accuracyFigure } from './figures/accuracy.js';
import { confusionFigure } from './figures/confusion.js';
import { deviceFigure } from './figures/device.js';
import { energyFigure } from './figures/energy.js';
import { panelPictures, type Figure } from './figures/figure.js';
import { histogramFigure } from './figures/histograms.js';
import { retentionFigure } from './figures/retention.js';
import { sweepFigures } from './figures/sweep.js';
import { weightMapFigure } from './figures/weight-maps.js';
import { htmlTable, percent } from './page/html.js';
import { reportPage, type DrawnFigure, type Section } from './page/page.js';
import { configTable, reproduction } from './page/reproduce.js';
import { runTable, summaryCard } from './page/summary.js';
import { groupsOf, type Group } from './results/groups.js';
import type { Results } from './results/read.js';
import { runOf, type SweepRead, type TrialRead } from './results/sweep.js';
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
  const planned = [
    ...overview(groups),
    ...groups.map(groupSection),
    ...results.sweeps.map(sweepSection),
    ...ablationSections(results),
  ];
  const sections: Section[] = [];
  for (const { figures, ...section } of planned) sections.push({ ...section, figures: await drawn(figures) });
  const all = [...groups, ...results.sweeps.flatMap(bestGroup)];
  if (all.length > 0) {
    const runs = all.flatMap(({ runs }) => runs);
    sections.push(
      {
        id: 'configuration',
        title: 'Configuration',
        figures: [],
        before: all.map((group) => configTable(group, all.length === 1)).join(''),
      },
      { id: 'reproduce', title: 'To reproduce this', figures: [], before: reproduction(runs, options.commandLine) },
    );
  }
  const html = reportPage({
    title: options.title ?? titleOf(results, groups),
    lead: leadOf(results, groups),
    warnings: warningsOf(results),
    summary:
      groups.length === 0 ? '' : `<div class="cards">${groups.map(summaryCard).join('')}</div>${runTable(groups)}`,
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

function sweepSection(sweep: SweepRead, i: number): Planned {
  const id = `sweep-${i + 1}`;
  return {
    id,
    title: `Sweep ${sweep.name}`,
    before: trialCount(sweep),
    figures: sweepFigures(sweep, id),
    after: bestTrials(sweep),
  };
}

function trialCount({ trials, running, most }: SweepRead): string {
  const failed = trials.filter(({ status }) => status === 'failed').length;
  const kinds = [
    `${trials.length - failed} trials are finished`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running > 0 ? [`${running} under way`] : []),
    ...(most !== undefined && most > trials.length ? [`of up to ${most} in all`] : []),
  ];
  return `<p class="note">${kinds.join(', ')}.</p>`;
}

const listed = 10;

function bestTrials({ trials, paths }: SweepRead): string {
  const best = ranked(trials).slice(0, listed);
  if (best.length === 0) return '';
  const columns = [
    { name: 'accuracy', kind: 'number' },
    ...paths.map((name) => ({ name })),
    { name: 'seed', kind: 'number' },
    { name: 'trial', kind: 'code' },
  ] as const;
  const rows = best.map(({ accuracy, point, seed, hash }) => [
    ...[percent(accuracy), ...paths.map((path) => String(point[path] ?? ''))],
    ...[String(seed), hash.slice(0, 12)],
  ]);
  return `<details open><summary>Best trials</summary>${htmlTable(columns, rows, 'stacked')}</details>`;
}

function ranked(trials: readonly TrialRead[]): TrialRead[] {
  const known = trials.filter(({ accuracy }) => accuracy !== null);
  return known.sort((a, b) => b.accuracy! - a.accuracy!);
}

/** The best trial's experiment stands for the sweep's where configuration and commands are shown. */
function bestGroup({ trials, name }: SweepRead): Group[] {
  const [best] = ranked(trials);
  return best ? groupsOf([runOf(best)]).map((group) => ({ ...group, label: `best trial of ${name}` })) : [];
}

function ablationSections({ ablations }: Results): Planned[] {
  return ablations.flatMap((ablation, i) => {
    const name = ablations.length === 1 ? 'ablation' : `ablation-${i + 1}`;
    const figure = ablationFigure(ablation, name);
    return figure ? [{ id: `${name}-section`, title: `Ablation of ${ablation.experiment}`, figures: [figure] }] : [];
  });
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

function leadOf({ runs, sweeps }: Results, groups: readonly Group[]): string[] {
  const times = runs.flatMap(({ record }) => (record ? [record.finishedAt] : [])).sort();
  const counted = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];
  const what = [...counted(runs.length, 'run'), ...counted(sweeps.length, 'sweep')].join(' and ');
  const when = times.length === 0 ? '' : `, the last of ${times.at(-1)!.slice(0, 10)}`;
  const described =
    groups.length === 1 && typeof groups[0]!.first.config.description === 'string'
      ? [groups[0]!.first.config.description]
      : [];
  return [
    ...described,
    ...(what === '' ? [] : [`${what}${when}. Networks on memristor crossbars, trained pulse by pulse by Mho.`]),
  ];
}

function warningsOf({ runs, sweeps }: Results): string[] {
  const ofRuns = runs.flatMap(({ label, seed, record }) => {
    const ended =
      record && record.status !== 'complete'
        ? [`${record.status}${record.error === null ? '' : `: ${record.error}`}`]
        : [];
    return [...ended, ...(record?.warnings ?? [])].map((text) => `${label}, seed ${seed}: ${text}`);
  });
  const ofSweeps = sweeps.flatMap(({ name, trials }) => {
    const failed = trials.filter(({ status }) => status === 'failed').length;
    return failed === 0
      ? []
      : [`${name}: ${failed} of ${trials.length} trials failed; their logs are in their folders`];
  });
  return [...ofRuns, ...ofSweeps];
}
