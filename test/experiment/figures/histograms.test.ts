import { describe, expect, it } from 'vitest';
import { histogramKinds, histogramsOf, histogramTable } from '../../../src/experiment/figures/histograms.js';
import { deviceSchema } from '../../../src/device/registry.js';
import { tinySpec } from '../../training/tiny.js';
import { recorded } from './recorded.js';

const cells = () =>
  tinySpec({ device: deviceSchema.parse({ model: 'linear', gMin: '1 nS', gMax: '10 nS', states: 60 }) });

describe('histograms', () => {
  it('count every cell of every layer before training, at every evaluation and at the end', async () => {
    const { recorder, outcome } = await recorded(cells(), { histograms: true, evaluateAt: [150] });
    const counts = recorder.histograms.map(({ samples }) => samples);
    expect(counts).toEqual(recorder.points.map(({ samples }) => samples));
    expect(counts).toEqual(expect.arrayContaining([0, 150, outcome.samples]));
    for (const { histograms } of recorder.histograms) {
      expect(histograms.map(({ layer, kind }) => `${layer} ${kind}`)).toEqual(
        outcome.layers.flatMap((_, layer) => [`${layer} g_plus`, `${layer} g_minus`]),
      );
      for (const { layer, counts: bins } of histograms) {
        const { rows, cols } = outcome.layers[layer]!;
        expect(bins.reduce((sum, count) => sum + count, 0)).toBe(rows * cols);
      }
    }
    expect(recorder.histograms.at(-1)!.histograms).toEqual(histogramsOf(outcome.layers));
  });

  it('span what there is, siemens of cells and weights of none', async () => {
    const { outcome } = await recorded(tinySpec({ device: deviceSchema.parse({ model: 'ideal' }) }), {});
    const [first] = histogramsOf(outcome.layers);
    const { weights } = outcome.layers[0]!;
    expect(first).toMatchObject({ layer: 0, kind: 'weights', low: Math.min(...weights), high: Math.max(...weights) });
    const alike = { ...outcome.layers[0]!, weights: new Float32Array(weights.length).fill(0.5) };
    expect(histogramsOf([alike])[0]).toEqual({
      layer: 0,
      kind: 'weights',
      low: 0.5,
      high: 0.5,
      counts: [weights.length],
    });
  });

  it('are a table with a row a bin, whose edges meet', () => {
    const histograms = [{ layer: 1, kind: 'g', low: 1, high: 3, counts: [4, 6] }] as const;
    const stages = [
      { samples: 20, histograms },
      { samples: 20, held: 5000, histograms },
    ];
    const { csv, columns } = histogramTable(stages)!;
    const bins = ['20,1,3,1,2,4', '20,1,3,2,3,6'];
    expect(csv.trim().split('\n')).toEqual([
      'samples,layer,cells,low,high,count,held',
      ...[...bins.map((bin) => `${bin},0`), ...bins.map((bin) => `${bin},5000`)],
    ]);
    expect(columns[2]!.means).toBe(histogramKinds.map((kind, i) => `${i}: ${kind}`).join('; '));
    expect(histogramTable([])).toBeUndefined();
  });
});
