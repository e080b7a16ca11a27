import { seedsOf, type RegressionCase } from './case.js';
import { formatRange, type Measured } from './judge.js';
import { namesOf } from './order.js';
import type { Order } from './order-case.js';
import type { CaseVerdict } from './verify.js';

/** The columns of a verdict, as the command line and the Markdown summary show them. */
export const columns = ['case', 'expected', 'got', 'interval', 'verdict'] as const;

/** One case in words, a text for every column. */
export function rowOf(verdict: CaseVerdict): string[] {
  const { name, config, measured, order } = verdict;
  return [
    name,
    order ? describeOrder(order) : describeExpected(config),
    describeGot(config, measured),
    describeInterval(verdict),
    describe(verdict),
  ];
}

function describeExpected({ expected, ...config }: RegressionCase): string {
  if (!expected) return 'what its source accepts';
  if ('correct' in expected) return `${expected.correct} correct`;
  const { value, sd, seeds } = expected;
  const runs = `${config.statistic} of ${seedsOf(seeds).length}`;
  return `${percent(value)} (${runs}, sd ${points(sd)}${describeStalls(expected.stalled)})`;
}

function describeOrder({ above }: Order): string {
  return above.length === 0 ? 'below the others' : `above ${namesOf(above)}`;
}

function describeGot({ statistic }: RegressionCase, measured: Measured | null): string {
  if (!measured) return '-';
  const { value, sd, runs, stalled, correct, count } = measured;
  if (value === null) return `${stalled} of ${runs} stalled`;
  if (statistic === 'count') return `${[...new Set(correct)].join(', ')} of ${count} (${percent(value)})`;
  const spread = sd === null ? '' : `, sd ${points(sd)}`;
  return `${percent(value)} (${statistic} of ${runs}${spread}${describeStalls(stalled)})`;
}

function describeStalls(stalled: number): string {
  return stalled === 0 ? '' : `, ${stalled} stalled`;
}

function describeInterval({ config, interval }: Pick<CaseVerdict, 'config' | 'interval'>): string {
  if (interval) return interval.low === interval.high ? 'exactly' : formatRange(interval.low, interval.high);
  return config.accept ? formatRange(...config.accept) : '-';
}

function describe({ verdict, reasons }: CaseVerdict): string {
  if (verdict === 'pass') return 'pass';
  return `${verdict.toUpperCase()}: ${oneLine(reasons)}`;
}

/** Reasons on one line; of many failed runs the first speaks for all. */
export function oneLine(reasons: readonly string[]): string {
  const shown = reasons.slice(0, 3).map((reason) => reason.split('\n', 1)[0]!);
  const more = reasons.length > 3 ? [`and ${reasons.length - 3} more`] : [];
  return [...shown, ...more].join('; ');
}

/** A line a case below a line of titles, in columns. */
export function textSummary(verdicts: readonly CaseVerdict[]): string {
  const rows = [[...columns], ...verdicts.map(rowOf)];
  const widths = columns.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, c) => cell.padEnd(widths[c]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A heading, a table and the totals, for a job's summary page. */
export function markdownSummary(verdicts: readonly CaseVerdict[], commit: string | null): string {
  const table = [[...columns], columns.map(() => '---'), ...verdicts.map(rowOf)];
  const lines = table.map((row) => `| ${row.map(escapeCell).join(' | ')} |`);
  const passed = verdicts.filter(({ verdict }) => verdict === 'pass').length;
  const totals = `${passed} of ${verdicts.length} cases pass${commit === null ? '' : `, commit ${commit}`}.`;
  return ['## Accuracy', '', ...lines, '', totals, ''].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** The object of `--json`. Accuracies are fractions. */
export function jsonSummary(verdicts: readonly CaseVerdict[]): object {
  const pass = verdicts.every(({ verdict }) => verdict === 'pass');
  const cases = verdicts.map(({ config, ...told }) => {
    const { statistic, seeds, expected, accept } = config;
    return { ...told, statistic, seeds, expected: expected ?? null, accept: accept ?? null };
  });
  return { pass, cases };
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}

function points(fraction: number): string {
  return (100 * fraction).toFixed(2);
}
