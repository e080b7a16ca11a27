import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.js';
import { displayPath } from '../../experiment/place.js';

/** @throws UsageError where the file is no JSON */
export function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const what = `is no JSON: ${error instanceof Error ? error.message : String(error)}`;
    throw new UsageError({
      where: displayPath(file),
      what,
      remedy: 'it may be cut short: leave it out, or make it again',
    });
  }
}
