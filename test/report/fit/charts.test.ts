import { describe, expect, it } from 'vitest';
import { fitRamps, type RampFit } from '../../../src/device/fit/estimate.js';
import { fitLookup } from '../../../src/device/fit/lookup.js';
import { lookupCurves } from '../../../src/device/fit/lookup-curves.js';
import type { RampSet } from '../../../src/device/fit/ramps.js';
import { finish } from '../../../src/device/fit/work.js';
import { keyOf } from '../../../src/random.js';
import type { FitChart } from '../../../src/report/fit/charts.js';
import { curvesChart, curvesOfFit, curvesOfLookup } from '../../../src/report/fit/curves-chart.js';
import { htmlLegend } from '../../../src/report/fit/legend.js';
import { noiseChart } from '../../../src/report/fit/noise-chart.js';
import { stepsChart } from '../../../src/report/fit/steps-chart.js';
import { renderSvg } from '../../../src/report/render.js';
import { drawRampSet, exponentialTruth } from '../../device/fit/synthetic.js';

const uS = 1e-6;

function rampsOf(pulses: number, count: number): RampSet {
  const truth = exponentialTruth({
    ltp: { start: 10 * uS, end: 90 * uS, alpha: 2, pulses },
    ltd: { start: 90 * uS, end: 12 * uS, alpha: -1, pulses },
    ...{ startSpread: uS, programming: 0.5 * uS, read: 0.2 * uS },
  });
  return drawRampSet(truth, count, keyOf(7, 'cycleToCycle'));
}

function fitted(ramps: RampSet): RampFit {
  return finish(fitRamps(ramps, { model: 'auto', range: 'overlap', resamplings: 0, seed: 1, confidence: 0.95 }));
}

const count = (svg: string, part: string): number => svg.split(part).length - 1;
const ramps = rampsOf(80, 12);
const fit = fitted(ramps);
const lookup = fitLookup(ramps, { bins: 20, removeReadNoise: true });
const charts: [name: string, chart: FitChart][] = [
  ['curves', curvesChart(curvesOfFit(fit), 'cell')],
  ['curves of tables', curvesChart(curvesOfLookup(lookupCurves(ramps, lookup.increasing.conductance), lookup), 'cell')],
  ['noise', noiseChart(fit.noise, 'cell')],
  ['steps', stepsChart(lookup, 'cell')],
];

describe.each(charts)('the chart of %s', (_, chart) => {
  it('has one legend, with everything that is drawn in it', async () => {
    const svg = await renderSvg(chart.spec());
    expect(count(svg, 'role-legend"')).toBe(1);
    expect(count(svg, 'role-legend-entry"')).toBe(1);
    for (const { name, colour } of chart.legend) {
      expect(svg).toContain(`>${name}</text>`);
      // In the legend and in both panels at least.
      expect(count(svg, `"${colour}"`)).toBeGreaterThanOrEqual(3);
    }
  });

  it('has none beside the panels of a page, which has its own', async () => {
    for (const branch of ['ltp', 'ltd'] as const) {
      const svg = await renderSvg(chart.spec(branch));
      expect(count(svg, 'role-legend"')).toBe(0);
      for (const { colour } of chart.legend) expect(svg).toContain(`"${colour}"`);
    }
    const html = htmlLegend(chart.legend);
    expect(count(html, '<li>')).toBe(chart.legend.length);
    for (const { name, colour } of chart.legend)
      expect([html.includes(name), html.includes(colour)]).toEqual([true, true]);
  });
});

/** Where the ticks and the labels of each axis stand, along it [px]. */
function axesOf(svg: string): { ticks: number[]; labels: number[]; anchors: string[] }[] {
  const groups = [...svg.matchAll(/role-axis-(tick|label)"[^>]*>(.*?)<\/g>/g)].map(([, kind, marks]) => ({
    kind,
    marks: marks!,
  }));
  const places = (marks: string) =>
    [...marks.matchAll(/translate\(([-\d.]+),([-\d.]+)\)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  return groups.flatMap(({ kind, marks }, i) => {
    if (kind !== 'tick') return [];
    const labels = groups[i + 1]!.marks;
    // Ticks of a y axis are all at x = 0.
    const along = places(marks).every(([x]) => x === 0) ? 1 : 0;
    const at = (all: string) => places(all).map((place) => place[along]!);
    const anchors = [...labels.matchAll(/text-anchor="(\w+)"/g)].map(([, anchor]) => anchor!);
    return [{ ticks: at(marks), labels: at(labels), anchors }];
  });
}

describe.each(charts)('labels of the chart of %s', (_, chart) => {
  it('stand at their ticks, at the ends of axes too', async () => {
    for (const spec of [chart.spec(), chart.spec('ltp'), chart.spec('ltd')]) {
      const axes = axesOf(await renderSvg(spec));
      expect(axes.length).toBeGreaterThanOrEqual(2);
      for (const { ticks, labels, anchors } of axes) {
        const off = labels.map((label, i) => label - ticks[i]!);
        // Ticks are drawn at whole pixels, and labels of a y axis hang by the middle of their digits.
        expect(Math.max(...off) - Math.min(...off)).toBeLessThanOrEqual(1);
        expect(new Set(anchors).size).toBe(1);
      }
    }
  });
});

describe('means of ramps', () => {
  const points = async (pulses: number): Promise<[string, number]> => {
    const chart = curvesChart(curvesOfFit(fitted(rampsOf(pulses, 12))), 'cell');
    const svg = await renderSvg(chart.spec('ltp'));
    return [chart.legend[0]!.mark, count(svg, 'mark-symbol role-mark')];
  };

  it('are points where they do not touch, and else a line without any', async () => {
    expect(await points(30)).toEqual(['points', 1]);
    expect(await points(80)).toEqual(['line', 0]);
  });
});

describe('bars of the noise', () => {
  it('reach one standard error from σ, each way', () => {
    const { vconcat, layer } = noiseChart(fit.noise, 'cell').spec('ltp') as unknown as {
      vconcat?: unknown;
      layer: { mark: { type: string }; data: { values: { n: number; s: number; low: number; high: number }[] } }[];
    };
    expect(vconcat).toBeUndefined();
    const bars = layer.find(({ mark }) => mark.type === 'errorbar')!.data.values;
    const { spread } = fit.noise.ltp;
    expect(bars.map(({ n }) => n)).toEqual(spread.map(({ pulses }) => pulses));
    // In µS: the chart's largest value lies between 1 and 1000 of them.
    for (const [i, { low, high }] of bars.entries()) {
      expect(low * uS).toBeCloseTo(spread[i]!.deviation - spread[i]!.error!, 12);
      expect(high * uS).toBeCloseTo(spread[i]!.deviation + spread[i]!.error!, 12);
    }
  });

  it('are absent of a single ramp, and not spoken of', async () => {
    const single = await renderSvg(noiseChart(fitted(rampsOf(80, 1)).noise, 'cell').spec());
    expect(single).not.toContain('bars:');
    expect(count(await renderSvg(noiseChart(fit.noise, 'cell').spec()), 'bars: ± standard error of σ')).toBe(2);
  });
});
