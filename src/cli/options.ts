import { UsageError } from '../errors.js';

/**
 * The value of an option that may be given once; the parser makes a list of one that is repeated.
 * @throws UsageError where it was given more than once, or empty
 */
export function once(name: string, value: string | readonly string[] | undefined): string | undefined {
  const where = `--${name}`;
  if (typeof value === 'object') throw new UsageError({ where, what: `got ${value.length} values, expected one` });
  if (value === '') throw new UsageError({ where, what: 'got an empty value, expected one that says something' });
  return value;
}
