import { parseQuantity, type Dimension } from '../../units.js';

/** What an expression computes with. */
export type Value = number | string | boolean | null;

const dimensions: readonly Dimension[] = [
  ...(['conductance', 'resistance', 'voltage', 'current', 'time'] as const),
  ...(['frequency', 'temperature', 'energy', 'power', 'length'] as const),
];

const known = new Map<string, number | undefined>();

/** The number that a value stands for, of a quantity (`10 uS`) in SI units; undefined where it is none. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (!known.has(value)) known.set(value, numberIn(value));
  return known.get(value);
}

function numberIn(text: string): number | undefined {
  if (!/^\s*[+-]?\.?\d/.test(text)) return undefined;
  if (Number.isFinite(Number(text))) return Number(text);
  for (const dimension of dimensions) {
    try {
      // 1000 nS is 1 uS, whatever the last bit of the product says.
      return Number(parseQuantity(text, dimension).toPrecision(14));
    } catch {
      // Of another dimension.
    }
  }
  return undefined;
}

/** Order of two values: numbers and quantities by size, texts by their letters; undefined where they cannot be compared. */
export function compareValues(a: Value, b: Value): number | undefined {
  if (a === null || b === null) return undefined;
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  const [s, t] = [String(a), String(b)];
  return s < t ? -1 : s > t ? 1 : 0;
}
