import os from 'node:os';
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

/**
 * The value of `--jobs`: runs at a time, as many as there are cores unless told.
 * @throws UsageError where it is no whole number from 1 to 1024
 */
export function parseJobs(text: string | undefined): number {
  if (text === undefined) return os.availableParallelism();
  const jobs = /^\d+$/.test(text) ? Number(text) : 0;
  if (jobs >= 1 && jobs <= 1024) return jobs;
  throw new UsageError({
    where: '--jobs',
    what: `got ${JSON.stringify(text)}, expected a whole number from 1 to 1024`,
  });
}

/** How the command was called, as lines that name another one begin: `npx mho` where npx started it. */
export function calledAs(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.npm_lifecycle_event === 'npx' ? 'npx mho' : 'mho';
}
