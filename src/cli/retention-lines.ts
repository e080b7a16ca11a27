import { celsius } from '../device/retention/law.js';
import type { RetentionPoint } from '../experiment/retention/study.js';

/** Accuracies of a retention study [%] as a table of each device: a line a temperature, a column a time. */
export function retentionLines(points: readonly RetentionPoint[]): string[] {
  const devices = [...new Set(points.map(({ device }) => device))];
  return devices.flatMap((device) =>
    tableOf(
      device,
      points.filter((point) => point.device === device),
    ),
  );
}

function tableOf(device: string, points: readonly RetentionPoint[]): string[] {
  const times = [...new Set(points.map(({ time }) => time))];
  const temperatures = [...new Set(points.map(({ temperature }) => temperature))];
  const cell = (text: string): string => text.padStart(8);
  const head = times.map((time) => cell(time === 0 ? 'trained' : shortTime(time))).join('');
  const rows = temperatures.map((temperature) => {
    const cells = times.map((time) => {
      const point = points.find((one) => one.time === time && one.temperature === temperature);
      return cell(point ? (100 * point.accuracy).toFixed(2) : '');
    });
    return `${celsius(temperature).padStart(10)}${cells.join('')}`;
  });
  return [`${device}: accuracy (%) after a time at a temperature`, `${' '.repeat(10)}${head}`, ...rows];
}

/** `3e5 s` */
function shortTime(time: number): string {
  const text = time >= 1000 ? time.toExponential().replace('e+', 'e') : String(time);
  return `${text} s`;
}
