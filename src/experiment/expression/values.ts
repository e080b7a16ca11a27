import { UsageError } from '../../errors.js';
import { readQuantity, type Dimension } from '../../units.js';

/** What an expression computes with. */
export type Value = number | string | boolean | null;

/** A number with what it is of, in SI units. */
export interface Measure {
  readonly number: number;
  /** `none`: a plain number of a configuration; `any`: written without a unit, and taken to be in SI units. */
  readonly dimension: Dimension | 'none' | 'any';
}

/** What stands between the signs of an expression. */
export type Operand = Value | Measure;

const known = new Map<string, Measure | undefined>();

/** The number that a value stands for, of a quantity (`10 uS`) in SI units; undefined where it is none. */
export function measureOf(value: Operand): Measure | undefined {
  if (typeof value === 'object') return value ?? undefined;
  if (typeof value === 'number') return { number: value, dimension: 'none' };
  if (typeof value !== 'string') return undefined;
  if (!known.has(value)) known.set(value, measureIn(value));
  return known.get(value);
}

/** The number alone, in SI units; undefined where it is none. */
export function numberOf(value: Value): number | undefined {
  return measureOf(value)?.number;
}

function measureIn(text: string): Measure | undefined {
  if (!/^\s*[+-]?\.?\d/.test(text)) return undefined;
  if (Number.isFinite(Number(text))) return { number: Number(text), dimension: 'none' };
  const found = readQuantity(text);
  // 1000 nS is 1 uS, whatever the last bit of the product says.
  return found && { number: Number(found.value.toPrecision(14)), dimension: found.dimension };
}

/**
 * Order of two operands: numbers and quantities by size, texts by their letters; NaN, which is unequal and in no order, of a text
 * beside a number, such as `none` beside 1 kOhm; undefined where one is absent.
 * @throws UsageError for quantities of different dimensions
 */
export function compareValues(a: Operand, b: Operand): number | undefined {
  if (a === null || b === null) return undefined;
  const [x, y] = [measureOf(a), measureOf(b)];
  if (x && y) {
    common(x, y);
    return x.number - y.number;
  }
  if (x ?? y) return NaN;
  const [s, t] = [textOf(a), textOf(b)];
  return s < t ? -1 : s > t ? 1 : 0;
}

/** Order of two values of a column, where numbers may stand among quantities. */
export function orderOf(a: Value, b: Value): number {
  const [x, y] = [measureOf(a), measureOf(b)];
  if (x && y) return x.number - y.number;
  const [s, t] = [String(a), String(b)];
  return s < t ? -1 : s > t ? 1 : 0;
}

function textOf(operand: Exclude<Operand, null>): string {
  return typeof operand === 'object' ? String(operand.number) : String(operand);
}

/** Arithmetic of what has a dimension: of products of two none is kept, so that they compare with any number. */
export const compute = {
  '+': (a: Measure, b: Measure): Measure => ({ number: a.number + b.number, dimension: common(a, b) }),
  '-': (a: Measure, b: Measure): Measure => ({ number: a.number - b.number, dimension: common(a, b) }),
  '*': (a: Measure, b: Measure): Measure => ({ number: a.number * b.number, dimension: ofProduct(a, b) }),
  '/': (a: Measure, b: Measure): Measure => ({ number: a.number / b.number, dimension: ofRatio(a, b) }),
} as const;

function common(a: Measure, b: Measure): Measure['dimension'] {
  if (a.dimension === 'any') return b.dimension;
  if (b.dimension === 'any' || a.dimension === b.dimension) return a.dimension;
  const what = `${nameOf(a)} stands against ${nameOf(b)}`;
  throw new UsageError({ where: 'condition', what, remedy: 'give both sides one dimension' });
}

function ofProduct(a: Measure, b: Measure): Measure['dimension'] {
  if (isBare(a)) return isBare(b) && a.dimension === 'none' ? b.dimension : isBare(b) ? a.dimension : b.dimension;
  return isBare(b) ? a.dimension : 'any';
}

function ofRatio(a: Measure, b: Measure): Measure['dimension'] {
  if (isBare(b)) return a.dimension;
  return a.dimension === b.dimension ? 'none' : 'any';
}

function isBare({ dimension }: Measure): boolean {
  return dimension === 'none' || dimension === 'any';
}

function nameOf({ number, dimension }: Measure): string {
  if (dimension === 'none') return `${number}, a number without a unit,`;
  return `${/^[aeiou]/.test(dimension) ? 'an' : 'a'} ${dimension}`;
}
