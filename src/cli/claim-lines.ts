import type { Characterization } from '../characterization/characterize.js';
import type { ClaimTable, Evidence } from '../characterization/claims/table.js';
import type { Judgement } from '../characterization/judge.js';
import { displayPath } from '../experiment/place.js';

/** A characterization for people: a line a judgement. */
export function describeCharacterization({ title, source, judgements }: Characterization, folder: string): string {
  const head = ['claim', 'quantity', 'simulated', 'paper', 'accepted', 'verdict'];
  const rows = judgements.map((one) => [one.claim ?? '', ...cellsOf(one)]);
  const table = rows.length === 0 ? ['nothing is expected of it'] : columns([head, ...rows]);
  return [title, ...(source === null ? [] : [source]), '', ...table, '', displayPath(folder)].join('\n');
}

/** The table of claims for people: a row a claim, its values below it. */
export function describeClaims({ rows, unsimulated }: ClaimTable): string {
  const lines = rows.flatMap(({ id, behaviour, paper, verdict, only, calibrated, evidence }) => [
    `${id.padEnd(4)} ${marked(verdict, calibrated).padEnd(29)} ${behaviour}; paper: ${paper}`,
    ...(only === undefined ? [] : [`       directional only: ${only}`]),
    ...(calibrated === undefined ? [] : [`       calibrated: ${calibrated}`]),
    ...columns(evidence.map((one) => [...cellsOf(one), one.from])).map((line) => `       ${line}`),
  ]);
  const cannot = unsimulated.map(({ figure, what, why }) => `     ${figure.padEnd(8)} ${what}: ${why}`);
  return [...lines, '', 'cannot be simulated from the text', ...cannot, '', summary(rows)].join('\n');
}

function summary(rows: ClaimTable['rows']): string {
  const count = (verdict: string): number => rows.filter((row) => row.verdict === verdict).length;
  const counts = (['met', 'directional only', 'not met', 'open'] as const).map((one) => `${count(one)} ${one}`);
  const fitted = rows.filter(({ calibrated }) => calibrated !== undefined).length;
  return `${rows.length} rows: ${counts.join(', ')}; ${fitted} calibrated to what they are held against`;
}

function marked(verdict: string, calibrated: string | undefined): string {
  return calibrated === undefined ? verdict : `${verdict}, calibrated`;
}

function cellsOf({ quantity, at, shown, paper, accepted, verdict }: Judgement | Evidence): string[] {
  return [at === null ? quantity : `${quantity}, ${at}`, shown, paper, accepted, verdict];
}

/** Rows of cells, each column as wide as its widest cell. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, j) => Math.max(...rows.map((row) => row[j]!.length)));
  return rows.map((row) =>
    row
      .map((cell, j) => cell.padEnd(widths[j]!))
      .join('  ')
      .trimEnd(),
  );
}
