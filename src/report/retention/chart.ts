import type { TopLevelSpec } from 'vega-lite';
import { celsius } from '../../device/retention/law.js';
import type { RetentionPoint } from '../../experiment/retention/study.js';
import { chartConfig, renderPng, renderSvg } from '../render.js';

/** Where the trained network stands on a logarithmic axis: this part of the first time. */
const originPart = 0.3;

/** From cold to hot. */
const colours = ['#313695', '#4575b4', '#74add1', '#f9a65a', '#f46d43', '#d73027', '#a50026', '#5c0016'];

/** Accuracy, and what is left of the programmed conductance, against the logarithm of time; a row a device. */
export function retentionChart(name: string, points: readonly RetentionPoint[]): TopLevelSpec {
  const temperatures = temperaturesOf(points);
  const panels = retentionPanels(points, spreadOver(temperatures.length), { width: 380, height: 230 });
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: chartConfig,
    title: { text: name, subtitle: 'Each temperature from the network as training left it' },
    vconcat: panels.map(({ device, accuracy, retained }) => ({
      title: { text: device },
      hconcat: [accuracy, retained],
    })),
  } as unknown as TopLevelSpec;
}

/** From cold to hot [K]. */
export function temperaturesOf(points: readonly RetentionPoint[]): number[] {
  return [...new Set(points.map(({ temperature }) => temperature))].sort((a, b) => a - b);
}

/**
 * The two panels of each device.
 * @param colours - a colour a temperature, from cold to hot
 */
export function retentionPanels(points: readonly RetentionPoint[], colours: readonly string[], size: object) {
  const times = points.flatMap(({ time }) => (time > 0 ? [time] : []));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const color = {
    ...{ field: 'temperature', type: 'nominal', title: null },
    scale: { domain: temperaturesOf(points).map(celsius), range: colours },
  };
  const x = {
    ...{ field: 'time', type: 'quantitative', title: 'time since training (s); leftmost: as trained' },
    scale: { type: 'log', domain: [originPart * first, last], nice: false },
    axis: { format: '.0e', tickCount: Math.ceil(Math.log10(last / first)) + 1 },
  };
  const panel = (device: string, field: 'accuracy' | 'retained', title: string) => ({
    ...size,
    data: {
      values: points.flatMap((point) => {
        const { temperature, time, [field]: part } = point;
        if (point.device !== device || part === null) return [];
        return [
          { temperature: celsius(temperature), time: time === 0 ? originPart * first : time, [field]: 100 * part },
        ];
      }),
    },
    mark: { type: 'line', point: { size: 28 }, strokeWidth: 2 },
    encoding: { x, y: { field, type: 'quantitative', title, scale: { domain: [0, 100] } }, color },
  });
  return [...new Set(points.map(({ device }) => device))].map((device) => ({
    device,
    accuracy: panel(device, 'accuracy', 'test images recognised (%)'),
    retained: panel(device, 'retained', 'programmed conductance left (%)'),
  }));
}

/** So many colours from cold to hot, as far apart as they come. */
function spreadOver(count: number): string[] {
  const place = (i: number): number => (count === 1 ? 0 : (i * (colours.length - 1)) / (count - 1));
  return Array.from({ length: count }, (_, i) => colours[Math.round(place(i)) % colours.length]!);
}

/** The figure of a retention study, as the files of a run folder. */
export async function retentionPictures(name: string, points: readonly RetentionPoint[]) {
  const svg = await renderSvg(retentionChart(name, points));
  return [
    { name: 'figures/retention.svg', content: svg },
    { name: 'figures/retention.png', content: await renderPng(svg) },
  ];
}
