import { accessSync, constants, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RunError, UsageError } from '../errors.js';
import { kindOf } from './files.js';
import { displayPath } from './place.js';

/**
 * Writes a file whole: under its name there is the old content or the new, never a part.
 * @throws RunError where it cannot be written
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const partial = `${file}.partial-${process.pid}`;
  try {
    writeFileSync(partial, content);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw unwritable(file, error);
  }
}

/**
 * Makes a folder in one that is there, unless it is there itself.
 * @throws RunError where it cannot be made
 */
export function makeFolder(folder: string): void {
  if (kindOf(folder) === 'folder') return;
  try {
    mkdirSync(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

function unwritable(place: string, cause: unknown): RunError {
  const what = `cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`;
  const remedy = 'check the free space and the rights of its folder';
  return new RunError({ where: displayPath(place), what, remedy }, { cause });
}

/**
 * @param option - that named the file
 * @param force - whether what stands there may be written over
 * @throws UsageError where something stands there already, or nothing can come to stand there
 */
export function assertNewFile(file: string, option: string, force: boolean): void {
  assertWritable(file, option);
  if (force || kindOf(file) === 'absent') return;
  const remedy = 'name another file, or say --force';
  throw new UsageError({ where: `${option} ${displayPath(file)}`, what: 'is there already', remedy });
}

/**
 * @param option - that named the file
 * @throws UsageError where no file can come to stand there, so that nobody waits for a result in vain
 */
export function assertWritable(file: string, option: string): void {
  const folder = path.dirname(file);
  const where = `${option} ${displayPath(file)}`;
  if (kindOf(file) === 'folder') throw new UsageError({ where, what: 'is a folder, expected a place for a file' });
  if (kindOf(folder) === 'folder') {
    if (isOpen(folder)) return;
    const what = `its folder ${displayPath(folder)} is closed to you`;
    throw new UsageError({ where, what, remedy: 'change its rights, or name a file elsewhere' });
  }
  const what = `its folder ${displayPath(folder)} does not exist`;
  throw new UsageError({ where, what, remedy: 'make it, or name another file' });
}

function isOpen(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
