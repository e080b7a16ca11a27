import { UsageError } from '../../../errors.js';

/** +1, −1, or 0 of a pulse of 0 V; undefined of what says no direction. */
export function signOf(text: string): number | undefined {
  if (/^(\+|set|ltp|up|pot\w*)$/i.test(text)) return 1;
  if (/^(-|reset|ltd|down|dep\w*)$/i.test(text)) return -1;
  return text !== '' && Number.isFinite(Number(text)) ? Math.sign(Number(text)) : undefined;
}

/** @throws UsageError where the text says no direction */
export function polarityOf(text: string, where: string): number {
  const sign = signOf(text);
  if (sign !== undefined) return sign;
  const got = text === '' ? 'blank' : JSON.stringify(text);
  const what = `the pulse's polarity is ${got}, expected a voltage, +, - or SET, RESET`;
  throw new UsageError({ where, what, remedy: 'mend the value, or name another column with --polarity-column' });
}
