import type { Value } from '../expression/values.js';

/** A run in a table: values by column. What it does not have is not there. */
export type Row = Readonly<Record<string, Value>>;

/** Columns that say which run it is, before those of its point. */
export const leading = ['sweep', 'experiment', 'run', 'status'] as const;

/** Columns that say what came of it, behind those of its point. Accuracies are fractions. */
export const trailing = [
  ...(['seed', 'accuracy', 'bestAccuracy', 'bestEpoch', 'initialAccuracy', 'idealAccuracy'] as const),
  ...(['accuracyBeforeHold', 'retained', 'epochs', 'samples', 'backend', 'warnings', 'exitCode', 'error'] as const),
];

/** Columns that differ from one time to the next, and from machine to machine: in a table only where they are asked for. */
export const circumstances = ['seconds', 'started', 'host', 'code', 'folder'] as const;

const fixed: readonly string[] = [...leading, ...trailing, ...circumstances];

/** The columns of some rows, in their order: the run, its point, the outcome. Those that no row has are left out. */
export function columnsOf(rows: readonly Row[], withCircumstances: boolean): string[] {
  const points = new Set<string>();
  const present = new Set<string>();
  for (const row of rows) {
    for (const [column, value] of Object.entries(row)) {
      if (value !== null) present.add(column);
      if (!fixed.includes(column)) points.add(column);
    }
  }
  const last = withCircumstances ? circumstances : [];
  return [...leading, ...points, ...trailing, ...last].filter((column) => points.has(column) || present.has(column));
}
