import { renameSync, rmSync, writeFileSync } from 'node:fs';
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
    const what = `cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    const remedy = 'check the free space and the rights of its folder';
    throw new RunError({ where: displayPath(file), what, remedy }, { cause: error });
  }
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
  if (kindOf(folder) === 'folder') return;
  const what = `its folder ${displayPath(folder)} does not exist`;
  throw new UsageError({ where, what, remedy: 'make it, or name another file' });
}
