import { readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../errors.js';
import { kindOf } from '../../experiment/files.js';
import { displayPath } from '../../experiment/place.js';
import { readAblation, type AblationRead } from './ablation.js';
import { jsonOf } from './json-file.js';
import { RunRead } from './run.js';
import { joined, readSweep, type SweepRead } from './sweep.js';

/** All that a report is made of. */
export interface Results {
  readonly runs: readonly RunRead[];
  readonly sweeps: readonly SweepRead[];
  readonly ablations: readonly AblationRead[];
}

const replicasSchema = z.object({ replicas: z.array(z.object({ runFolder: z.string().nullable() })) });

/**
 * Reads what places hold: run folders, folders of replicas, sweeps, results of `mho ablate --json`, or folders of these.
 * @param unfinished - whether runs that are still going on are read as well
 * @throws UsageError where a place holds no results, or damaged ones
 */
export function readResults(places: readonly string[], unfinished = false): Results {
  const found = places.map((place) => {
    const results = readPlace(path.resolve(place), unfinished);
    if (!isEmpty(results) && (unfinished || !isBegun(results))) return results;
    const what =
      kindOf(path.resolve(place)) === 'absent'
        ? 'there is no such place'
        : isBegun(results)
          ? 'holds a sweep of which no trial is over yet'
          : 'holds no results of mho run, sweep or ablate';
    throw new UsageError({
      where: displayPath(path.resolve(place)),
      what,
      remedy: 'name a run folder, such as runs/first',
    });
  });
  return merged(found);
}

export function isEmpty({ runs, sweeps, ablations }: Results): boolean {
  return runs.length + sweeps.length + ablations.length === 0;
}

/** Sweeps alone, and not a trial of them. */
function isBegun({ runs, sweeps, ablations }: Results): boolean {
  return runs.length + ablations.length === 0 && sweeps.length > 0 && sweeps.every(({ trials }) => trials.length === 0);
}

const nothing: Results = { runs: [], sweeps: [], ablations: [] };

function readPlace(place: string, unfinished: boolean, depth = 0): Results {
  if (kindOf(place) === 'absent') return unfinished ? inTheMaking(place) : nothing;
  if (kindOf(place) === 'file')
    return place.endsWith('.json') ? { ...nothing, ablations: [readAblation(place)] } : nothing;
  const own = readOwn(place, unfinished);
  if (own || depth > 1) return own ?? nothing;
  const inner = readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const shown = inner.filter(({ name }) => !name.startsWith('.') || (unfinished && partial.test(name)));
  return merged(shown.map(({ name }) => readPlace(path.join(place, name), unfinished, depth + 1)));
}

/** What a folder itself is; undefined where it only holds others. */
function readOwn(folder: string, unfinished: boolean): Results | undefined {
  const has = (name: string): boolean => kindOf(path.join(folder, name)) === 'file';
  const beside = has('ablation.json') ? [readAblation(path.join(folder, 'ablation.json'))] : [];
  if (has('sweep.json')) return { ...nothing, ablations: beside, sweeps: [readSweep(folder)] };
  if (has('replicas.json')) return { ...nothing, ablations: beside, runs: replicasOf(folder) };
  if (has('run.json') || (unfinished && has('config.yaml') && has('metrics.jsonl'))) {
    return { ...nothing, ablations: beside, runs: [new RunRead(folder)] };
  }
  return beside.length > 0 ? { ...nothing, ablations: beside } : undefined;
}

/** A run that goes on is in a hidden folder beside the place that it will have. */
const partial = /^\..+\.partial-/;

function inTheMaking(place: string): Results {
  const [folder, prefix] = [path.dirname(place), `.${path.basename(place)}.partial-`];
  if (kindOf(folder) !== 'folder') return nothing;
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return merged(names.map((name) => readPlace(path.join(folder, name), true)));
}

function replicasOf(folder: string): RunRead[] {
  const file = path.join(folder, 'replicas.json');
  const { success, data } = replicasSchema.safeParse(jsonOf(file));
  if (!success) throw new UsageError({ where: displayPath(file), what: 'is not what mho run --replicas writes' });
  return data.replicas.flatMap(({ runFolder }) =>
    runFolder === null ? [] : [new RunRead(path.join(folder, runFolder))],
  );
}

function merged(all: readonly Results[]): Results {
  return {
    runs: all.flatMap(({ runs }) => runs),
    sweeps: joined(all.flatMap(({ sweeps }) => sweeps)),
    ablations: all.flatMap(({ ablations }) => ablations),
  };
}
