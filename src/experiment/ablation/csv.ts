import type { Ablation, AblationRow, Cost } from './ablate.js';
import type { Difference } from './paired.js';

const csvColumns = ['effect', 'direction', 'cost', 'half', 'pairs', 'stalled', 'failed', 'note'] as const;

/** A line a row and direction; costs are fractions of the test images, empty where there is none. */
export function csvTable({ rows, sum, gap, absent }: Ablation): string {
  const totals: [string, Difference | null, string][] = [
    ['sum of the parts', sum.inDevice, 'in-device'],
    ['sum of the parts', sum.alone, 'alone'],
    ['ideal minus device', gap, ''],
  ];
  const lines = [
    [...csvColumns],
    ...rows.flatMap((row) => [csvRow(row, 'in-device', row.inDevice), csvRow(row, 'alone', row.alone)]),
    ...totals.map(([name, difference, direction]) => [name, direction, ...csvNumbers(difference), '', '', '']),
    ...absent.map(({ name, why }) => [name, '', '', '', '', '', '', `not there: ${why}`]),
  ];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

function csvRow({ name, note }: AblationRow, direction: string, cost: Cost | null): string[] {
  const [stalled, failed] = cost ? [`${cost.stalled}`, `${cost.errors.length}`] : ['', ''];
  return [name, direction, ...csvNumbers(cost?.difference ?? null), stalled, failed, note ?? ''];
}

function csvNumbers(difference: Difference | null): string[] {
  if (!difference) return ['', '', ''];
  const { mean, half, pairs } = difference;
  return [`${mean}`, half === null ? '' : `${half}`, `${pairs}`];
}

function csvCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
