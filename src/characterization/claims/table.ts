import type { Judgement } from '../judge.js';
import { claimRows, unsimulated, type ClaimRow } from './rows.js';

/**
 * `met`: every value lies where the row accepts it. `directional`: the same, but the row's text leaves only a direction
 * or inferred conditions to hold. `open`: nothing holds the row.
 */
export type ClaimVerdict = 'met' | 'directional only' | 'not met' | 'open';

/** A row with what became of it. */
export interface ClaimResult extends ClaimRow {
  readonly verdict: ClaimVerdict;
  /** What was simulated, value by value. */
  readonly evidence: readonly Evidence[];
}

export interface Evidence extends Judgement {
  /** Characterization or experiment that it comes from. */
  readonly from: string;
}

export interface ClaimTable {
  readonly rows: readonly ClaimResult[];
  /** What the papers show and nothing here can simulate. */
  readonly unsimulated: typeof unsimulated;
}

/** Sorts evidence to the rows that it is of. */
export function claimTable(evidence: readonly Evidence[]): ClaimTable {
  const rows = claimRows.map((row) => {
    const own = evidence.filter(({ claim }) => claim === row.id);
    return { ...row, verdict: verdictOf(row, own), evidence: own };
  });
  return { rows, unsimulated };
}

function verdictOf(row: ClaimRow, evidence: readonly Evidence[]): ClaimVerdict {
  if (evidence.length === 0) return 'open';
  if (evidence.some(({ verdict }) => verdict !== 'met')) return 'not met';
  return row.only === undefined ? 'met' : 'directional only';
}

/** 0 where every row is met, if only in its direction; else 3. */
export function claimsExitCode({ rows }: ClaimTable): 0 | 3 {
  return rows.every(({ verdict }) => verdict === 'met' || verdict === 'directional only') ? 0 : 3;
}
