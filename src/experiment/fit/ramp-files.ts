import { readFileSync } from 'node:fs';
import path from 'node:path';
import { commonPulses, type Branch, type RampSet } from '../../device/fit/ramps.js';
import { readRamps, type ReadOptions } from '../../device/fit/read-ramps.js';
import { direction, sortRamps, type RampFile } from '../../device/fit/sort-ramps.js';
import { UsageError } from '../../errors.js';
import { kindOf } from '../files.js';
import { displayPath } from '../place.js';

/** Ramps of all files, and what was noticed while reading them. */
export interface LoadedRamps {
  readonly set: RampSet;
  readonly notes: readonly string[];
  /** As the user would name them. */
  readonly files: readonly string[];
}

/**
 * Reads files of ramps. Each file that holds both directions is a device of its own; files of one direction are paired
 * in their order, the first of SET with the first of RESET.
 * @param files - of both directions, or of potentiation where `reset` is given
 * @param reset - files of depression alone
 * @throws UsageError naming file, line and column of what is wrong
 */
export function loadRamps(files: readonly string[], reset: readonly string[], options: ReadOptions): LoadedRamps {
  const counts: Record<Branch, number> = { ltp: 0, ltd: 0 };
  const notes: string[] = [];
  const read = (file: string, branch: Branch | undefined): RampFile => {
    const { ramps, notes: own } = readRamps(textOf(file), displayPath(path.resolve(file)), 0, options);
    notes.push(...own);
    const held = branch ? [branch] : [...new Set(ramps.map(direction))];
    const device = Math.max(...held.map((one) => counts[one]));
    for (const one of held) counts[one] = device + 1;
    return { branch, ramps: ramps.map((ramp) => ({ ...ramp, device })) };
  };
  const up = reset.length > 0 ? 'ltp' : undefined;
  const { set, warnings } = sortRamps([...files.map((f) => read(f, up)), ...reset.map((f) => read(f, 'ltd'))]);
  assertPaired(set);
  assertLong(set);
  return { set, notes: [...notes, ...warnings], files: [...files, ...reset].map((f) => displayPath(path.resolve(f))) };
}

function textOf(file: string): string {
  const kind = kindOf(file);
  if (kind === 'absent') throw new UsageError({ where: 'fit', what: `no such file ${file}`, remedy: 'check the path' });
  if (kind === 'folder') throw new UsageError({ where: 'fit', what: `${file} is a folder, expected a CSV file` });
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const what = `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new UsageError({ where: 'fit', what, remedy: 'check its rights' }, { cause: error });
  }
}

/** @throws UsageError where a device has ramps of one direction alone */
function assertPaired(set: RampSet): void {
  const devices = (branch: Branch): Set<number> => new Set(set[branch].map(({ device }) => device));
  const [ltp, ltd] = [devices('ltp'), devices('ltd')];
  if (ltp.size === ltd.size) return;
  const what = `got LTP ramps of ${ltp.size} devices and LTD ramps of ${ltd.size}, expected both of each device`;
  throw new UsageError({ where: 'fit', what, remedy: 'give a --reset file for each SET file, in the same order' });
}

/** Least pulses of a branch from which a curve of three parameters can be told. */
const shortest = 4;

function assertLong(set: RampSet): void {
  for (const branch of ['ltp', 'ltd'] as const) {
    const pulses = commonPulses(set[branch]);
    if (pulses >= shortest) continue;
    const what = `${branch.toUpperCase()} ramps have ${pulses} pulses, expected ${shortest} or more`;
    const remedy = 'say --layout rows or --layout columns if they were taken the wrong way';
    throw new UsageError({ where: set[branch][0]!.file, what, remedy });
  }
}
