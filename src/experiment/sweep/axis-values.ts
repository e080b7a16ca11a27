import { UsageError } from '../../errors.js';
import { inUnit, readQuantity } from '../../units.js';
import { rangeOf, type AxisConfig, type PlainValue, type Range } from './schema.js';

/** The values of an axis that says how many; texts with the unit in which its first end was written. */
export function listOf(axis: AxisConfig, where: string): readonly PlainValue[] {
  if (Array.isArray(axis)) return axis;
  const range = rangeOf(axis);
  const count = range.ends[2]!;
  const draw = placer(range, where);
  return Array.from({ length: count }, (_, i) => draw(i / (count - 1)));
}

/**
 * Values of an axis by a place between 0 and 1: on a range along its scale, of a list by slices of equal width.
 * @throws UsageError where the ends of a range do not belong together
 */
export function placed(axis: AxisConfig, where: string): (place: number) => PlainValue {
  if (!Array.isArray(axis)) return placer(rangeOf(axis), where);
  const values = axis as readonly PlainValue[];
  return (place) => values[Math.min(values.length - 1, Math.floor(place * values.length))]!;
}

function placer({ scale, ends, integer }: Range, where: string): (place: number) => PlainValue {
  const first = endOf(ends[0], where);
  const last = sameUnit(endOf(ends[1], where), first, where);
  if (scale === 'log' && first.value * last.value <= 0) {
    const what = `got ${withUnit(first)} to ${withUnit(last)}, expected ends on one side of 0 on a log scale`;
    throw new UsageError({ where, what, remedy: 'move the end, or write linspace' });
  }
  return (place) => {
    const value = between(first.value, last.value, place, scale);
    return withUnit({ value: integer ? Math.round(value) : value, unit: first.unit });
  };
}

interface End {
  readonly value: number;
  /** Empty of a plain number. */
  readonly unit: string;
}

function withUnit({ value, unit }: End): number | string {
  return unit === '' ? value : `${value} ${unit}`;
}

/** The last end in the unit of the first: 40 uS after 100 nS is 40000 nS. */
function sameUnit(last: End, first: End, where: string): End {
  if (last.unit === first.unit) return last;
  const [from, to] = [first, last].map((end) => (end.unit === '' ? undefined : readQuantity(String(withUnit(end)))));
  if (to && from?.dimension === to.dimension) {
    return { value: inUnit(to.value, first.unit, to.dimension), unit: first.unit };
  }
  const what = `got ${JSON.stringify(withUnit(first))} and ${JSON.stringify(withUnit(last))}, expected two ends of one dimension`;
  throw new UsageError({ where, what, remedy: 'give both a unit of the same quantity, or none' });
}

/** The ends are exact; six significant digits between them: what is written is what is run. */
function between(first: number, last: number, place: number, scale: Range['scale']): number {
  if (place === 0) return first;
  if (place === 1) return last;
  const value = scale === 'log' ? first * (last / first) ** place : first + place * (last - first);
  // Rounded by the size of the range, so that a zero between -1 and 1 is a zero.
  const size = scale === 'log' ? Math.abs(value) : Math.max(Math.abs(first), Math.abs(last));
  const digits = 5 - Math.floor(Math.log10(size));
  return Number(value.toFixed(Math.min(100, Math.max(0, digits))));
}

function endOf(end: number | string, where: string): End {
  if (typeof end === 'number') return { value: end, unit: '' };
  const [, digits, unit] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S+)\s*$/.exec(end) ?? [];
  if (digits !== undefined && unit !== undefined) return { value: Number(digits), unit };
  const what = `got ${JSON.stringify(end)}, expected a number, or a number with a unit`;
  throw new UsageError({ where, what });
}
