import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { RunError, UsageError } from '../../errors.js';
import { kindOf } from '../files.js';
import { displayPath } from '../place.js';
import { writeWhole } from '../whole-file.js';
import { Journal } from './journal.js';
import type { LoadedCalibration } from './load.js';

const journalName = 'runs.jsonl';
const markName = 'calibration.json';

const markSchema = z.object({ name: z.string() });

/** Where a calibration's results go, with the runs that are there already. */
export class CalibrationFolder {
  readonly journal: Journal;

  private constructor(readonly path: string) {
    this.journal = new Journal(this.file(journalName));
  }

  /**
   * Opens a folder: a new one, or one that a calibration of the same name left, to go on with.
   * @param resume - whether it must be there already
   * @throws UsageError where something else is there, or nothing that could be resumed
   * @throws RunError where it cannot be made, or a line of its runs cannot be read
   */
  static open(target: string, { config, file }: LoadedCalibration, resume: boolean): CalibrationFolder {
    const mark = path.join(target, markName);
    if (existsSync(mark)) assertSame(mark, config.name);
    else assertNew(target, resume);
    try {
      mkdirSync(target, { recursive: true });
    } catch (error) {
      const what = `cannot be made: ${error instanceof Error ? error.message : String(error)}`;
      throw new RunError(
        { where: displayPath(target), what, remedy: 'name another folder with --out' },
        { cause: error },
      );
    }
    const folder = new CalibrationFolder(target);
    folder.write(markName, `${JSON.stringify({ name: config.name, file, config }, undefined, 2)}\n`);
    return folder;
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  /** Writes a whole file. */
  write(name: string, content: string): void {
    writeWhole(this.file(name), content);
  }
}

/** `calibrations/<name>-<UTC time>` below the current folder. */
export function defaultCalibrationFolder(name: string, startedAt: Date): string {
  const time = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  return path.resolve('calibrations', `${name}-${time}`);
}

function assertSame(mark: string, name: string): void {
  const where = displayPath(path.dirname(mark));
  const found = nameIn(mark);
  if (found === name) return;
  const what =
    found === undefined ? `its ${markName} cannot be read` : `holds the calibration ${found}, expected ${name}`;
  throw new UsageError({ where, what, remedy: 'name another folder' });
}

function nameIn(mark: string): string | undefined {
  try {
    return markSchema.safeParse(JSON.parse(readFileSync(mark, 'utf8'))).data?.name;
  } catch {
    return undefined;
  }
}

function assertNew(target: string, resume: boolean): void {
  const where = displayPath(target);
  const kind = kindOf(target);
  if (resume) {
    const what = kind === 'absent' ? 'no such folder' : 'is no folder of a calibration';
    throw new UsageError({ where: `--resume ${where}`, what, remedy: 'name the folder that mho calibrate said' });
  }
  if (kind === 'absent' || (kind === 'folder' && readdirSync(target).length === 0)) return;
  const what = kind === 'folder' ? 'is not empty and holds no calibration' : 'exists and is not a folder';
  throw new UsageError({ where, what: `${what}, expected a free place`, remedy: 'name a new folder with --out' });
}
