import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isMeasurement, readMeasurement } from '../../../datasets/measurements.js';
import { UsageError } from '../../errors.js';
import { unreadable } from '../../experiment/files.js';

/**
 * The bytes of a file of ramps.
 * @param file - a path, or `data:<measurement>/<file>` for a measurement that is searched as data sets are
 * @throws UsageError where it cannot be read
 */
export async function rampBytes(file: string): Promise<Buffer> {
  if (isMeasurement(file)) {
    const found = readMeasurement(file);
    if ('text' in found) return Buffer.from(found.text);
    throw new UsageError({ where: 'fit', what: found.what, remedy: found.remedy });
  }
  const problem = unreadable(path.resolve(file));
  if (!problem) return statSync(file).isFIFO() ? pipeBytes(file) : readFileSync(file);
  const what = problem.what.replace('a YAML file', 'a table');
  const remedy = problem.remedy.replace('a YAML file', 'a file of ramps');
  throw new UsageError({ where: 'fit', what, remedy });
}

/** Time between two looks at a pipe whose writer has nothing yet [ms]. */
const betweenLooks = 20;

/** What a pipe brings, as of a shell's `<(…)`, without waiting inside the system, where Ctrl-C would not be heard. */
async function pipeBytes(file: string): Promise<Buffer> {
  const pipe = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const parts: Buffer[] = [];
    for (;;) {
      const part = Buffer.alloc(65536);
      const length = readNow(pipe, part);
      if (length === undefined) await pause(betweenLooks);
      else if (length > 0) parts.push(part.subarray(0, length));
      else if (parts.length > 0) return Buffer.concat(parts);
      else throw silentPipe(file);
    }
  } finally {
    closeSync(pipe);
  }
}

/** Bytes read: none where no writer is left, undefined where one is that has written nothing. */
function readNow(pipe: number, into: Buffer): number | undefined {
  try {
    return readSync(pipe, into);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

function silentPipe(file: string): UsageError {
  const what = `${file} is a pipe that nobody writes to, expected a table`;
  return new UsageError({ where: 'fit', what, remedy: 'start what writes to it first, or name a file of ramps' });
}
