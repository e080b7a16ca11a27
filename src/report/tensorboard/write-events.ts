import path from 'node:path';
import { UsageError } from '../../errors.js';
import { displayPath } from '../../experiment/place.js';
import { RunFolder } from '../../experiment/run-folder.js';
import { kindOf } from '../../experiment/files.js';
import { eventFile, eventFileName } from '../../experiment/tensorboard/event-file.js';
import { readResults } from '../results/read.js';
import { runOf, type SweepRead } from '../results/sweep.js';
import type { RunRead } from '../results/run.js';
import { runEvents } from './run-events.js';
import { trialLabels } from './trial-labels.js';

export interface WrittenEvents {
  /** What `tensorboard --logdir` takes. */
  readonly folder: string;
  /** An event file a run, relative to the folder. */
  readonly files: readonly string[];
}

/**
 * Writes an event file for every run of the places, those of sweeps and replicas included. Everything is made before the
 * folder has its name.
 * @param out - folder, a free place
 * @throws UsageError where a place holds no runs, or the folder is there already
 */
export function writeEvents(places: readonly string[], out: string): WrittenEvents {
  const folder = path.resolve(out);
  if (kindOf(folder) !== 'absent') {
    throw new UsageError({
      where: `--out ${displayPath(folder)}`,
      what: 'is there already',
      remedy: 'name a new folder',
    });
  }
  const { runs, sweeps } = readResults(places);
  const named = [...runs.map((run) => ({ run, place: run.folder })), ...sweeps.flatMap(trialsOf)];
  const all = named.filter(({ run }) => run.metrics().length > 0);
  if (all.length === 0) {
    const what = 'holds no run that was evaluated';
    throw new UsageError({ where: places.join(' '), what, remedy: 'name what mho run left' });
  }
  const common = commonFolder(all.map(({ place }) => place));
  const making = RunFolder.create(folder);
  try {
    const files: string[] = [];
    for (const { run, place } of all) {
      const name = path.join(path.relative(common, place), eventFileName);
      making.write(name, eventFile(runEvents(run)));
      files.push(name);
    }
    return { folder: making.complete(), files };
  } catch (error) {
    making.discard();
    throw error;
  }
}

interface Named {
  readonly run: RunRead;
  /** By which TensorBoard names it: its folder, or, of a trial, the sweep's with the point and the seed. */
  readonly place: string;
}

function trialsOf({ folder, trials }: SweepRead): Named[] {
  const finished = trials.filter(({ status }) => status === 'finished');
  const label = trialLabels(finished);
  return finished.map((trial) => ({ run: runOf(trial), place: path.join(folder, label(trial)) }));
}

/** The folder above all of them. */
function commonFolder(places: readonly string[]): string {
  return places.reduce((common, place) => {
    let above = common;
    while (path.relative(above, place).startsWith('..')) above = path.dirname(above);
    return above;
  }, path.dirname(places[0]!));
}
