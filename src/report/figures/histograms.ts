import { histogramKinds, type HistogramKind } from '../../experiment/figures/histograms.js';
import { unitOf } from '../fit/charts.js';
import type { Group } from '../results/groups.js';
import type { Row, RunRead } from '../results/run.js';
import { series } from '../theme.js';
import { panelHeight, panelWidth, styled, type Figure } from './figure.js';

const names: Readonly<Record<HistogramKind, string>> = {
  weights: 'weights',
  g_plus: 'plus cells',
  g_minus: 'minus cells',
  g: 'cells',
};

/** So many rows at most, spread over training as a logarithm. */
const shownStages = 8;
/** So many layers at most, the first ones. */
const shownLayers = 4;
/** Of a row, so that none reaches into the one above. */
const tallest = 0.94;

/** How the conductances of every layer lie as training goes on: a row a stage, from the first at the top. */
export function histogramFigure({ id, label, all }: Group): Figure | undefined {
  const run = all.find((one) => one.table('histograms.csv').length > 0);
  if (!run) return undefined;
  const rows = run.table('histograms.csv');
  const stages = chosen([...new Set(rows.map(stageOf))]);
  const layers = [...new Set(rows.map(({ layer }) => layer!))].slice(0, shownLayers);
  const kinds = [...new Set(rows.map(({ cells }) => histogramKinds[cells!]!))];
  const what = kinds.includes('weights') ? 'Weights' : 'Conductances';
  return {
    ...{
      name: `${id}-histograms`,
      title: `${label}: ${what.toLowerCase()} as training goes on`,
      columns: Math.min(2, layers.length),
    },
    caption: `Density of ${what.toLowerCase()} of each layer, seed ${run.seed}, row by row as training goes on; every row of a panel has the same scale, and peaks beyond the 95th percentile, such as of cells that stay at a bound, are cut off.`,
    panels: layers.map((layer) =>
      panel(
        rows.filter((row) => row.layer === layer),
        stages,
        kinds,
        layer,
        run,
      ),
    ),
    table: {
      head: ['samples', 'held_s', 'layer', 'cells', 'low', 'high', 'count'],
      rows: rows.map((row) => [
        ...[row.samples!, row.held ?? 0, row.layer!, histogramKinds[row.cells!]!],
        ...[row.low!, row.high!, row.count!],
      ]),
    },
  };
}

/** Samples as text, and where they were left alone after training the seconds of that. */
function stageOf({ samples, held = 0 }: Row): string {
  return held === 0 ? `${samples}` : `${samples} ${held}`;
}

/** The first, the last, and between them those that come nearest to even steps of a logarithm. */
function chosen(stages: readonly string[]): string[] {
  if (stages.length <= shownStages) return [...stages];
  const last = stages.length - 1;
  const places = Array.from({ length: shownStages }, (_, i) =>
    i === 0 ? 0 : Math.max(i, Math.round(Math.exp((Math.log(last) * (i - 1)) / (shownStages - 2)))),
  );
  return [...new Set(places)].map((place) => stages[place]!);
}

function panel(
  rows: readonly Row[],
  stages: readonly string[],
  kinds: readonly HistogramKind[],
  layer: number,
  run: RunRead,
): object {
  const cells = !kinds.includes('weights');
  const largest = Math.max(...rows.map(({ high }) => high!));
  const { factor, symbol } = cells ? unitOf(largest) : { factor: 1, symbol: '1' };
  const range = largest - Math.min(...rows.map(({ low }) => low!));
  const density = ({ low, high, count }: Row): number => count! / Math.max(high! - low!, range / 1000);
  const shown = rows.filter((row) => stages.includes(stageOf(row)));
  // What stays at a bound stands in one bin, beside which nothing else would be seen.
  const densities = shown.map(density).sort((a, b) => a - b);
  const most = 1.1 * densities[Math.floor(0.95 * (densities.length - 1))]!;
  const base = (stage: string): number => stages.length - 1 - stages.indexOf(stage);
  const outline = (stage: string, kind: HistogramKind) =>
    shown
      .filter((row) => stageOf(row) === stage && histogramKinds[row.cells!] === kind)
      .flatMap((row) =>
        [row.low!, row.high!].map((g) => ({
          series: names[kind],
          g: g / factor,
          base: base(stage),
          top: base(stage) + tallest * Math.min(1, density(row) / most),
        })),
      );
  const { color } = styled(
    kinds.map((kind) => names[kind]),
    kinds.map((_, i) => series[i]!),
  );
  const top = stages.length - 1 + tallest + 0.1;
  const labels = Object.fromEntries(stages.map((stage) => [base(stage), nameOf(stage, run)]));
  const x = {
    field: 'g',
    type: 'quantitative',
    title: cells ? `conductance (${symbol})` : 'weight',
    scale: { zero: false, nice: false },
    axis: { tickCount: 6 },
  };
  const y = {
    ...{ type: 'quantitative', title: null, scale: { domain: [0, top], nice: false } },
    axis: {
      values: stages.map(base),
      labelExpr: `(${JSON.stringify(labels)})[datum.value]`,
      grid: false,
      ticks: false,
      domain: false,
    },
  };
  return {
    ...{ width: panelWidth, height: panelHeight + 60, title: `layer ${layer + 1}` },
    layer: stages.flatMap((stage) =>
      kinds.map((kind) => ({
        data: { values: outline(stage, kind) },
        mark: { type: 'area', interpolate: 'linear', fillOpacity: 0.45, line: { strokeWidth: 0.8 } },
        encoding: { x, y: { ...y, field: 'top' }, y2: { field: 'base' }, color },
      })),
    ),
  };
}

function nameOf(stage: string, run: RunRead): string {
  const [samples, held] = stage.split(' ').map(Number) as [number, number | undefined];
  if (held !== undefined) return `${held.toLocaleString('en')} s later`;
  const epoch = run.metrics().find((one) => one.samples === samples)?.epoch;
  if (samples === 0) return 'untrained';
  return epoch === undefined ? `${samples.toLocaleString('en')} images` : `epoch ${epoch}`;
}
