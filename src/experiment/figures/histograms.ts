import type { LayerSnapshot } from '../../training/snapshot.js';
import { tableOf, type Table } from './table.js';

/** What a histogram counts, as `final.safetensors` names it; its place in this list is its number in tables. */
export const histogramKinds = ['weights', 'g_plus', 'g_minus', 'g'] as const;
export type HistogramKind = (typeof histogramKinds)[number];

/** How the values of one layer lie: bins of one width from the least to the greatest. Siemens, or weights. */
export interface Histogram {
  readonly layer: number;
  readonly kind: HistogramKind;
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** All layers after so many samples. */
export interface HistogramStage {
  readonly samples: number;
  /** Time since training for which it was left alone [s]; absent while it trains and at the end of that. */
  readonly held?: number;
  readonly histograms: readonly Histogram[];
}

const bins = 48;

/** Of cells their conductances, of float weights the weights themselves. */
export function histogramsOf(layers: readonly LayerSnapshot[]): Histogram[] {
  return layers.flatMap(({ weights, conductances: { gPlus, gMinus, g } }, layer) => {
    const cells = [
      { kind: 'g_plus', values: gPlus },
      { kind: 'g_minus', values: gMinus },
      { kind: 'g', values: g },
    ] as const;
    const there = cells.filter(({ values }) => values !== undefined && values.length > 0);
    const shown = there.length > 0 ? there : [{ kind: 'weights', values: weights } as const];
    return shown.map(({ kind, values }) => ({ layer, kind, ...counted(values!) }));
  });
}

function counted(values: Float32Array): Omit<Histogram, 'layer' | 'kind'> {
  const [low, high] = values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [
    Infinity,
    -Infinity,
  ] as [number, number]);
  // Cells that are all alike have no width.
  if (low === high) return { low, high, counts: [values.length] };
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]!++;
  return { low, high, counts };
}

interface Bin {
  readonly samples: number;
  readonly held: number;
  readonly layer: number;
  readonly kind: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** A row a bin; of stages of what was recorded. */
export function histogramTable(stages: readonly HistogramStage[]): Table | undefined {
  const rows = stages.flatMap(({ samples, held = 0, histograms }) => {
    return histograms.flatMap((one) => binsOf(samples, held, one));
  });
  if (rows.length === 0) return undefined;
  const unit = histogramKinds.map((kind, i) => `${i}: ${kind}`).join('; ');
  const edge = (which: string): string => `${which} edge of the bin; S of conductances, 1 of weights`;
  return tableOf<Bin>(
    [
      { name: 'samples', unit: 'samples', means: 'training images shown by then', value: (row) => row.samples },
      { name: 'layer', unit: 'number', means: 'layer, from 0', value: ({ layer }) => layer },
      { name: 'cells', unit: 'number', means: unit, value: ({ kind }) => kind },
      { name: 'low', unit: 'S or 1', means: edge('lower'), value: ({ low }) => low },
      { name: 'high', unit: 'S or 1', means: edge('upper'), value: ({ high }) => high },
      { name: 'count', unit: 'cells', means: 'cells, or weights, in it', value: ({ count }) => count },
      {
        name: 'held',
        unit: 's',
        means: 'time since training for which they were left alone',
        value: ({ held }) => held,
      },
    ],
    rows,
  );
}

function binsOf(samples: number, held: number, { layer, kind, low, high, counts }: Histogram): Bin[] {
  const edge = (i: number): number => (i === counts.length ? high : low + ((high - low) * i) / counts.length);
  return counts.map((count, i) => ({
    ...{ samples, held, layer, kind: histogramKinds.indexOf(kind), count },
    ...{ low: edge(i), high: edge(i + 1) },
  }));
}
