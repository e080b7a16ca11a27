import type { Ablation, AblationRow, Cost, End } from './ablate.js';
import type { Difference } from './paired.js';

/** The table of an ablation in words: the same cells for the command line and for Markdown. */

const titles = ['effect', 'costs in the device', 'costs alone'] as const;

/** A text for every column. */
function rowOf({ name, inDevice, alone }: AblationRow, notes: NumberedNotes): string[] {
  return [name + notes.mark(name), describeCost(inDevice), describeCost(alone)];
}

function describeCost(cost: Cost | null): string {
  if (!cost) return '-';
  if (cost.errors.length > 0) return 'failed';
  if (!cost.difference) return 'not reached';
  const stalled = cost.stalled === 0 ? '' : ` (${cost.stalled} stalled)`;
  return describeDifference(cost.difference) + stalled;
}

/** Points with their interval: `2.31 ± 0.25`. */
function describeDifference(difference: Difference | null): string {
  if (!difference) return '-';
  const half = difference.half === null ? '' : ` ± ${points(difference.half)}`;
  return points(difference.mean) + half;
}

function points(fraction: number): string {
  const text = (100 * fraction).toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}

interface NumberedNotes {
  mark(name: string): string;
  readonly lines: readonly string[];
}

/** Notes of rows, each numbered once; rows that failed tell their first error here. */
function numberNotes(rows: readonly AblationRow[]): NumberedNotes {
  const marks = new Map<string, string>();
  const texts: string[] = [];
  for (const row of rows) {
    const note = [row.note, firstError(row)].filter((text) => text !== null).join('; ');
    if (note === '') continue;
    if (!texts.includes(note)) texts.push(note);
    marks.set(row.name, ` [${texts.indexOf(note) + 1}]`);
  }
  return { mark: (name) => marks.get(name) ?? '', lines: texts.map((text, i) => `[${i + 1}] ${text}`) };
}

function firstError({ inDevice, alone }: AblationRow): string | null {
  const errors = [...(inDevice?.errors ?? []), ...(alone?.errors ?? [])];
  const [first] = errors;
  if (first === undefined) return null;
  const others = errors.length === 1 ? '' : `, and ${errors.length - 1} more`;
  return `failed: ${first.split('\n', 1)[0]!}${others}`;
}

interface Table {
  readonly head: string;
  readonly rows: readonly (readonly string[])[];
  readonly totals: readonly (readonly string[])[];
  readonly others: readonly (readonly string[])[];
  readonly foot: readonly string[];
}

function tableOf(ablation: Ablation): Table {
  const { rows, sum, gap, absent, device, ideal } = ablation;
  const notes = numberNotes(rows);
  const totals = [
    ['sum of the parts', describeDifference(sum.inDevice), describeDifference(sum.alone)],
    ['ideal minus device', describeDifference(gap), describeDifference(gap)],
  ];
  return {
    head: headOf(ablation),
    rows: rows.filter(({ part }) => part).map((row) => rowOf(row, notes)),
    totals,
    others: rows.filter(({ part }) => !part).map((row) => rowOf(row, notes)),
    foot: [
      `device ${describeEnd(device)}, ideal ${describeEnd(ideal)}`,
      ...(absent.length === 0 ? [] : [`not there: ${absent.map(({ name, why }) => `${name} (${why})`).join(', ')}`]),
      ...notes.lines,
    ],
  };
}

function headOf({ experiment, seeds, status, stalledBelow }: Ablation): string {
  const range = seeds.length === 1 ? `seed ${seeds[0]!}` : `${seeds.length} seeds, ${seeds[0]!} to ${seeds.at(-1)!}`;
  const stalls = stalledBelow === null ? '' : `; left out: runs below ${stalledBelow} of their median`;
  const ended = status === 'interrupted' ? '; interrupted: what was reached' : '';
  return `${experiment}: points of accuracy, 95 % intervals of paired differences; ${range}${stalls}${ended}`;
}

function describeEnd({ mean, sd, runs, stalled, errors }: End): string {
  if (errors.length > 0) return `failed: ${errors[0]!.split('\n', 1)[0]!}`;
  if (mean === null) return 'not reached';
  const spread = sd === null ? '' : `, sd ${points(sd)}`;
  return `${points(mean)} % (${runs} runs${spread}${stalled === 0 ? '' : `, ${stalled} stalled`})`;
}

/** Lines of at most so many characters, later ones indented. */
function wrapped(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined) return [word];
    if (last.length + 1 + word.length > width) return [...lines, `  ${word}`];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

/** For a terminal of 80 columns: a heading, the rows, the totals, the other codings, and what the numbers stand beside. */
export function textTable(ablation: Ablation): string {
  const { head, rows, totals, others, foot } = tableOf(ablation);
  const groups = [[[...titles], ...rows], totals, others].filter((group) => group.length > 0);
  const all = groups.flat();
  const width = (column: number): number => Math.max(...all.map((row) => row[column]!.length));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(width(0)) : cell.padStart(width(c))))
      .join('  ')
      .trimEnd();
  const blocks = groups.map((group) => group.map(line));
  return [wrapped(head, 80), ...blocks, foot.flatMap((text) => wrapped(text, 80))]
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** The same as a Markdown table with a line above and the rest below. */
export function markdownTable(ablation: Ablation, commit: string | null, date: Date): string {
  const { head, rows, totals, others, foot } = tableOf(ablation);
  const cells = [[...titles], ['---', '---:', '---:'], ...rows, ...totals.map(bold), ...others];
  const lines = cells.map((row) => `| ${row.map(escapeCell).join(' | ')} |`);
  const made = `${date.toISOString().slice(0, 10)}${commit === null ? '' : `, commit ${commit.replace(/^(.{12})[0-9a-f]*/, '$1')}`}`;
  return [`${head}; ${made}.`, '', ...lines, '', ...foot.flatMap((text) => [`- ${text}`]), ''].join('\n');
}

function bold(row: readonly string[]): string[] {
  return row.map((cell) => `**${cell}**`);
}

function escapeCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
