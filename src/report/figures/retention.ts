import type { RetentionPoint } from '../../experiment/retention/study.js';
import { retentionPanels, temperaturesOf } from '../retention/chart.js';
import type { Group } from '../results/groups.js';
import type { RetentionRead } from '../results/run.js';
import { series } from '../theme.js';
import { accuracyTitle, panelHeight, panelWidth, powersOfTen, type Figure } from './figure.js';

/** From cold to hot. */
const colours = [series[0], series[2], series[4], series[1], series[3], series[5]];

/** How a network forgets when it is left alone: after each hold, or at the times and temperatures of a study. */
export function retentionFigure({ id, label, all }: Group): Figure | undefined {
  const run = all.find((one) => one.retention() !== undefined);
  const retention = run?.retention();
  if (!run || !retention) return undefined;
  const points = retention.study.length > 0 ? retention.study : heldPoints(retention);
  if (!points.some(({ time }) => time > 0)) return undefined;
  const range = temperaturesOf(points).map((_, i) => colours[i % colours.length]!);
  const panels = retentionPanels(points, range, { width: panelWidth, height: panelHeight });
  const named = panels.length > 1;
  const times = points.flatMap(({ time }) => (time > 0 ? [time] : []));
  const ticks = ticksOf(times);
  return {
    ...{ name: `${id}-retention`, title: `${label}: left alone after training`, columns: 2 },
    caption: `Accuracy and what is left of the programmed conductance, seed ${run.seed}; each temperature from the network as training left it, which stands leftmost.`,
    panels: panels.flatMap(({ device, accuracy, retained }) =>
      [relabelled(accuracy, accuracyTitle, ticks), relabelled(retained, 'conductance left (%)', ticks)].map(
        (panel) => ({ ...panel, ...(named && { title: device }) }),
      ),
    ),
    table: {
      head: ['device', 'temperature_K', 'time_s', 'accuracy', 'retained'],
      rows: points.map(({ device, temperature, time, accuracy, retained }) => [
        device,
        temperature,
        time,
        accuracy,
        retained,
      ]),
    },
  };
}

type Panel = ReturnType<typeof retentionPanels>[number]['accuracy'];

/** The times themselves where they are few, else powers of ten. */
function ticksOf(times: readonly number[]): number[] {
  const each = [...new Set(times)].sort((a, b) => a - b);
  return each.length <= 5 ? each : powersOfTen(each[0]!, each.at(-1)!);
}

/** With axes for a panel of this size; the network as training left it has a tick too, which says 0. */
function relabelled({ encoding, ...panel }: Panel, title: string, ticks: readonly number[]): object {
  const [origin] = encoding.x.scale.domain;
  const axis = {
    values: [origin, ...ticks],
    labelExpr: `datum.value < ${1.0001 * origin!} ? '0' : format(datum.value, '~s')`,
  };
  const x = { ...encoding.x, axis, title: 'time since training (s)' };
  return { ...panel, encoding: { ...encoding, x, y: { ...encoding.y, title } } };
}

/** Holds at one temperature or at several, one after the other: each point at the temperature that led to it. */
function heldPoints({ trained, holds }: RetentionRead): RetentionPoint[] {
  const [first] = holds;
  if (!first) return [];
  const rest = { device: '', correct: 0, count: 0, loss: 0 };
  const start = { ...rest, temperature: first.temperature, time: 0, accuracy: trained.accuracy, retained: 1 };
  return [start, ...holds.map((hold) => ({ ...rest, ...hold, time: hold.elapsed }))];
}
