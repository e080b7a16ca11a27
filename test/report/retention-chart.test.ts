import { describe, expect, it } from 'vitest';
import { retentionPictures } from '../../src/report/retention/chart.js';
import { retentionTable } from '../../src/experiment/figures/retention-table.js';
import type { FigureSource } from '../../src/experiment/figures/source.js';
import type { RetentionPoint } from '../../src/experiment/retention/study.js';

const points: RetentionPoint[] = ['dots', 'sheets'].flatMap((device) =>
  [298.15, 373.15].flatMap((temperature) =>
    [0, 10, 1000, 100_000].map((time) => {
      const kept = device === 'sheets' && temperature > 300 ? 1 / (1 + time / 1000) : 1;
      return {
        device,
        temperature,
        time,
        accuracy: 0.85 * kept,
        correct: 850 * kept,
        count: 1000,
        loss: 1,
        retained: kept,
      };
    }),
  ),
);

describe('the figure of a retention study', () => {
  it('has a panel of accuracy and one of conductance for each device, on a logarithmic time', async () => {
    const [svg, png] = await retentionPictures('heat', points);
    expect(svg!.name).toBe('figures/retention.svg');
    const text = String(svg!.content);
    for (const word of ['heat', 'dots', 'sheets', '25 degC', '100 degC', '1e+2', '1e+5']) expect(text).toContain(word);
    expect(text.match(/test images recognised \(%\)/g)!.length).toBeGreaterThanOrEqual(2);
    expect(png!.name).toBe('figures/retention.png');
    expect(
      Buffer.from(png!.content as Uint8Array)
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  it('has its numbers in a table, with the interval of the test images', () => {
    const source = { retention: { points, complete: true } } as unknown as FigureSource;
    const { csv, columns } = retentionTable(source)!;
    const lines = csv.trim().split('\n');
    expect(lines).toHaveLength(1 + points.length);
    expect(columns[0]!.means).toBe('0: dots; 1: sheets');
    const [device, temperature, time, accuracy, correct, count, low, high, retained] = lines
      .at(-1)!
      .split(',')
      .map(Number);
    expect([device, temperature, time, count]).toEqual([1, 373.15, 100_000, 1000]);
    expect(accuracy).toBeCloseTo(0.85 / 101, 12);
    expect(correct).toBeCloseTo(850 / 101, 9);
    expect(low! < accuracy! && accuracy! < high!).toBe(true);
    expect(retained).toBeCloseTo(1 / 101, 12);
    expect(retentionTable({ retention: undefined } as unknown as FigureSource)).toBeUndefined();
  });
});
