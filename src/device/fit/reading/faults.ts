import { UsageError } from '../../../errors.js';
import { attempted } from './attempted.js';
import { assertSmooth, isReading, readingOf } from './checks.js';
import { siemensOf, unitDimension } from './column-units.js';
import type { ReadOptions } from './options.js';
import type { Cell, Series } from './series.js';

/** The values of a series [S], and what is wrong with some of them. */
export interface Measured {
  /** As the file has them; NaN where that is no number. */
  readonly numbers: readonly number[];
  /** Those at fault are on the line between their neighbours, which leaves the turns of a trace where they are. */
  readonly values: readonly number[];
  /** Whether currents are negative because they were read at a negative voltage. */
  readonly turned: boolean;
  /** By the places of the values. */
  readonly faults: ReadonlyMap<number, UsageError>;
}

/**
 * @param cells - of the series, without blanks at its end
 * @throws UsageError at the first mistake, unless ramps with mistakes are to be left out; then where there is nothing else
 */
export function measuredOf({ unit }: Series, cells: readonly Cell[], options: ReadOptions): Measured {
  const voltageOf = readVoltages(unit, cells, options);
  const faults = new Map<number, UsageError>();
  const numbers: number[] = [];
  const siemens = cells.map((cell, k) => {
    const value = attempted(options, () => {
      if (cell.fault) throw cell.fault;
      numbers[k] = readingOf(cell);
      return siemensOf(
        numbers[k],
        unit,
        cell.where,
        voltageOf ? { ...options, readVoltage: voltageOf(cell) } : options,
      );
    });
    if (!(value instanceof UsageError)) return value;
    faults.set(k, value);
    numbers[k] ??= NaN;
    return NaN;
  });
  addJumps(siemens, cells, options, faults);
  if (siemens.length - faults.size < 2) throw faults.values().next().value!;
  return { numbers, values: bridged(siemens, faults), faults, turned: voltageOf !== undefined };
}

/**
 * The voltage that each current was read at, where that has the sign of the pulse before it, or is negative for a whole series: its
 * sign is that of the current then, and of all of them. Undefined where one voltage gives them all, or nothing does.
 */
function readVoltages(unit: string | undefined, cells: readonly Cell[], { readVoltage, unit: told }: ReadOptions) {
  if (readVoltage === undefined || unitDimension(told ?? unit ?? 'A') !== 'current') return undefined;
  const signs = cells.flatMap(({ text, polarity }) =>
    isReading(text) ? [[Math.sign(Number(text)), polarity] as const] : [],
  );
  const all = (way: (sign: number, polarity: number | undefined) => boolean): boolean =>
    signs.every(([sign, polarity]) => way(sign, polarity));
  const pulsed = signs.some(([, polarity]) => polarity === 1 || polarity === -1);
  const usual = Math.sign(readVoltage);
  if (all((sign) => sign === -usual)) return () => -readVoltage;
  const [along, against] = ([1, -1] as const).map((way) =>
    all((sign, polarity) => polarity !== undefined && (polarity === 0 || sign === way * polarity)),
  );
  if (!pulsed || (!along && !against)) return undefined;
  const way = along ? 1 : -1;
  // What is read before any pulse tells its voltage by its own sign.
  return ({ text, polarity = 0 }: Cell) =>
    (polarity === 0 ? Math.sign(Number(text)) : way * polarity) === usual ? readVoltage : -readVoltage;
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
