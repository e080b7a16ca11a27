import { z } from 'zod';
import { MhoError } from '../errors.js';
import { formatQuantity, parseQuantity, siUnit } from '../units.js';
import type { ValueKind } from './measure.js';

/** A number, or a quantity with its unit. */
const written = z.union([z.number(), z.string().min(1)]);

/** A part, as `0.02` or `2 %`. */
const part = z.union([z.number().min(0), z.string().regex(/^\s*\d+(\.\d+)?\s*%\s*$/, 'expected a part such as 2 %')]);

/** What a value must be. */
const acceptSchema = z.union([
  /** A property must hold. */
  z.literal(true),
  z.strictObject({ value: written, within: part }),
  z.strictObject({ value: written, plusMinus: written }),
  z.strictObject({ from: written, to: written }),
  z.strictObject({ least: written }),
  z.strictObject({ most: written }),
]);

export type Accept = z.output<typeof acceptSchema>;

/** What a source states of one value of a measurement, and what is accepted of it. */
export const expectationSchema = z.strictObject({
  /** Row of the table of claims that it is part of. */
  claim: z
    .string()
    .regex(/^[ABH]\d+$/, 'expected the id of a claim, such as A16')
    .optional(),
  quantity: z.string().min(1),
  at: z.string().min(1).optional(),
  /** As the source prints it; `none` where it prints no number. */
  paper: z.string().min(1),
  accept: acceptSchema,
});

export type Expectation = z.output<typeof expectationSchema>;

/** Where a value must lie, in SI units; ends included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The interval that an acceptance leaves; undefined for a property, which must hold.
 * @throws UsageError where a quantity has no unit of its kind
 */
export function intervalOf(accept: Accept, kind: ValueKind): Interval | undefined {
  if (accept === true) return undefined;
  const si = (value: string | number): number => parseAs(value, kind);
  if ('least' in accept) return { low: si(accept.least), high: Infinity };
  if ('most' in accept) return { low: -Infinity, high: si(accept.most) };
  if ('from' in accept) return { low: si(accept.from), high: si(accept.to) };
  const value = si(accept.value);
  const half = 'within' in accept ? Math.abs(value) * partOf(accept.within) : si(accept.plusMinus);
  return { low: value - half, high: value + half };
}

/** What is wrong with an acceptance of a value of this kind; undefined where nothing is. */
export function acceptMistake(accept: Accept, kind: ValueKind): string | undefined {
  if (accept === true) return kind === 'property' ? undefined : 'got true, expected an interval of a value';
  if (kind === 'property') return 'got an interval, expected true, because the quantity is a property';
  try {
    const { low, high } = intervalOf(accept, kind)!;
    return low <= high ? undefined : `got an interval from ${low} to ${high}, expected the lower end first`;
  } catch (error) {
    if (!(error instanceof MhoError)) throw error;
    return [error.parts.what, error.parts.remedy].filter((text) => text !== undefined).join('; ');
  }
}

function parseAs(value: string | number, kind: ValueKind): number {
  if (kind === 'number' || kind === 'property') return typeof value === 'number' ? value : partOf(value);
  return parseQuantity(String(value), kind);
}

function partOf(value: string | number): number {
  return typeof value === 'number' ? value : Number(value.replace('%', '')) / (value.includes('%') ? 100 : 1);
}

/** A value as a person reads it. */
export function showValue(value: number | boolean, kind: ValueKind): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (kind === 'number' || kind === 'property') return String(Number(value.toPrecision(4)));
  if (kind === 'energy' && Math.abs(value) < 1e-17) return `${Number((value / electronvolt).toPrecision(4))} eV`;
  if (kind === 'temperature' || !Number.isFinite(value)) return `${Number(value.toPrecision(6))} ${siUnit(kind)}`;
  return formatQuantity(value, kind);
}

const electronvolt = 1.602176634e-19;

/** An acceptance as a person reads it. */
export function showAccept(accept: Accept): string {
  if (accept === true) return 'holds';
  if ('least' in accept) return `≥ ${accept.least}`;
  if ('most' in accept) return `≤ ${accept.most}`;
  if ('from' in accept) return `${accept.from} … ${accept.to}`;
  if ('within' in accept) {
    const percent = Number((100 * partOf(accept.within)).toPrecision(3));
    return `${accept.value} ± ${percent} %`;
  }
  return `${accept.value} ± ${accept.plusMinus}`;
}
