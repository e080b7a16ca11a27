import { UsageError } from '../../../errors.js';
import { attempted } from './attempted.js';
import { assertSmooth, readingOf } from './checks.js';
import { siemensOf } from './column-units.js';
import type { ReadOptions } from './options.js';
import type { Cell, Series } from './series.js';

/** The values of a series [S], and what is wrong with some of them. */
export interface Measured {
  /** As the file has them; NaN where that is no number. */
  readonly numbers: readonly number[];
  /** Those at fault are on the line between their neighbours, which leaves the turns of a trace where they are. */
  readonly values: readonly number[];
  /** By the places of the values. */
  readonly faults: ReadonlyMap<number, UsageError>;
}

/**
 * @param cells - of the series, without blanks at its end
 * @throws UsageError at the first mistake, unless ramps with mistakes are to be left out; then where there is nothing else
 */
export function measuredOf({ unit }: Series, cells: readonly Cell[], options: ReadOptions): Measured {
  const faults = new Map<number, UsageError>();
  const numbers: number[] = [];
  const siemens = cells.map((cell, k) => {
    const value = attempted(options, () => {
      if (cell.fault) throw cell.fault;
      numbers[k] = readingOf(cell);
      return siemensOf(numbers[k], unit, cell.where, options);
    });
    if (!(value instanceof UsageError)) return value;
    faults.set(k, value);
    numbers[k] ??= NaN;
    return NaN;
  });
  addJumps(siemens, cells, options, faults);
  if (siemens.length - faults.size < 2) throw faults.values().next().value!;
  return { numbers, values: bridged(siemens, faults), faults };
}

/** Values far off their neighbours, one after the other: the furthest hides the next. */
function addJumps(
  siemens: readonly number[],
  cells: readonly Cell[],
  options: ReadOptions,
  faults: Map<number, UsageError>,
): void {
  for (;;) {
    const sound = cells.map((_, k) => k).filter((k) => !faults.has(k));
    const of = <T>(all: readonly T[]): T[] => sound.map((k) => all[k]!);
    if (sound.length === 0) return;
    const jump = attempted(options, () => {
      assertSmooth(of(siemens), of(cells));
    });
    if (!jump) return;
    faults.set(
      sound.find((k) => cells[k]!.where === jump.parts.where)!,
      jump,
    );
  }
}

function bridged(values: readonly number[], faults: ReadonlyMap<number, unknown>): number[] {
  if (faults.size === 0) return [...values];
  const sound = values.map((_, k) => k).filter((k) => !faults.has(k));
  let next = 0;
  return values.map((value, k) => {
    while (next < sound.length && sound[next]! < k) next++;
    if (sound[next] === k) return value;
    const [before, after] = [sound[next - 1] ?? sound[next]!, sound[next] ?? sound[next - 1]!];
    const part = after === before ? 0 : (k - before) / (after - before);
    return values[before]! + part * (values[after]! - values[before]!);
  });
}
