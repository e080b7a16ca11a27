import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../../errors.js';
import type { Value } from '../expression/values.js';
import { kindOf } from '../files.js';
import { displayPath } from '../place.js';
import type { RunRecord } from '../record.js';
import { labelOf } from '../schema.js';
import { at } from '../sweep/identity.js';
import { scalar, type Point } from '../sweep/points.js';
import type { PlainValue } from '../sweep/schema.js';
import { readTrial, resultOf, type TrialRecord } from '../sweep/trial.js';
import type { Row } from './row.js';

/** How deep below a named folder runs are looked for. */
const deepest = 3;

/** Runs of some folders, with what could not be read. */
export interface Collected {
  readonly rows: readonly Row[];
  /** Folders that should hold a run and do not. */
  readonly unreadable: readonly string[];
}

/**
 * A row for each run in some folders: run folders, folders of replicas, sweeps, and folders that hold such; in the order of
 * the sweep, whose parts may lie in several, otherwise of their names.
 * @param paths - of values of the configuration that become columns
 * @throws UsageError where a folder is not there, or holds no run
 */
export function collect(folders: readonly string[], paths: readonly string[]): Collected {
  const collector = new Collector(paths);
  for (const folder of folders) {
    const absolute = path.resolve(folder);
    if (kindOf(absolute) !== 'folder') {
      throw new UsageError({ where: displayPath(absolute), what: 'no such folder', remedy: 'name a folder with runs' });
    }
    if (!collector.folder(absolute, path.basename(absolute), 0)) {
      const what = 'holds no runs';
      throw new UsageError({
        where: displayPath(absolute),
        what,
        remedy: 'name a run folder, a sweep, or a folder of them',
      });
    }
  }
  const { rows, unreadable } = collector;
  return { rows, unreadable };
}

interface SweepName {
  readonly name: string;
  readonly experiment: string;
  readonly digest: string;
}

interface FoundTrial {
  readonly trial: TrialRecord;
  readonly place: string;
  readonly sheet: SweepName;
}

class Collector implements Collected {
  /** Rows that belong together, in the order in which they were met. */
  private readonly blocks: (() => readonly Row[])[] = [];
  private readonly sweeps = new Map<string, FoundTrial[]>();
  /** Real paths of folders that were read: one that is named twice, or through a link, counts once. */
  private readonly seen = new Set<string>();
  readonly unreadable: string[] = [];

  constructor(private readonly paths: readonly string[]) {}

  get rows(): Row[] {
    return this.blocks.flatMap((block) => block());
  }

  /** @returns whether it holds runs, or a sweep that has none yet */
  folder(folder: string, name: string, depth: number): boolean {
    if (existsSync(path.join(folder, 'sweep.json'))) return this.seenBefore(folder) || this.sweep(folder);
    if (existsSync(path.join(folder, 'replicas.json'))) return this.seenBefore(folder) || this.replicas(folder, name);
    if (existsSync(path.join(folder, 'run.json'))) return this.run(folder, name, {});
    if (depth === deepest) return false;
    const inner = readdirSync(folder, { withFileTypes: true }).filter(
      (at) => at.isDirectory() && !at.name.startsWith('.'),
    );
    const names = inner.map((at) => at.name).sort();
    return names.map((at) => this.folder(path.join(folder, at), at, depth + 1)).includes(true);
  }

  private sweep(folder: string): boolean {
    const sheet = read(sweepSchema, path.join(folder, 'sweep.json'));
    const trials = path.join(folder, 'trials');
    if (!sheet || kindOf(trials) !== 'folder') return this.cannotRead(folder);
    const part = this.partsOf(sheet);
    for (const name of readdirSync(trials)) {
      const place = path.join(folder, 'trials', name);
      const trial = readTrial(place);
      if (trial) part.push({ trial, place, sheet });
      else this.cannotRead(place);
    }
    return true;
  }

  /** The trials of one sweep are one block of the table, in as many folders as they lie. */
  private partsOf({ name, digest }: SweepName): FoundTrial[] {
    const key = `${name} ${digest}`;
    const known = this.sweeps.get(key);
    if (known) return known;
    const found: FoundTrial[] = [];
    this.sweeps.set(key, found);
    this.blocks.push(() => {
      const byHash = new Map<string, FoundTrial>();
      // One that is finished counts, whatever another folder says of it.
      for (const one of found) {
        if (byHash.get(one.trial.hash)?.trial.status !== 'finished') byHash.set(one.trial.hash, one);
      }
      const each = [...byHash.values()];
      each.sort((a, b) => a.trial.index - b.trial.index || (a.trial.hash < b.trial.hash ? -1 : 1));
      return each.map(({ trial, place, sheet }) => {
        return { sweep: sheet.name, experiment: sheet.experiment, ...this.ofTrial(trial, place) };
      });
    });
    return found;
  }

  private ofTrial(trial: TrialRecord, folder: string): Row {
    const { hash, status, point, seed, result, exitCode, error, seconds, started, host, code } = trial;
    return {
      ...{ run: hash, status, ...this.fromConfig(folder), ...scalars(point), seed, ...result },
      ...(status === 'failed' && { exitCode, error: error?.split('\n', 1)[0] ?? null }),
      ...{ seconds, started, host, code, folder: displayPath(folder) },
    };
  }

  private replicas(folder: string, name: string): boolean {
    const record = read(replicasSchema, path.join(folder, 'replicas.json'));
    if (!record) return this.cannotRead(folder);
    for (const { name: own, values, runFolder } of record.replicas) {
      if (runFolder !== null) this.run(path.join(folder, runFolder), `${name}/${own}`, scalars(values as Point));
    }
    return true;
  }

  private run(folder: string, name: string, point: Row): boolean {
    if (this.seenBefore(folder)) return true;
    const record = read(runSchema, path.join(folder, 'run.json')) as unknown as RunRecord | undefined;
    if (!record) return this.cannotRead(folder);
    const { experiment, otherDevice, status, seed, error, seconds, startedAt, commit } = record;
    const row = {
      experiment: labelOf({ name: experiment, otherDevice: otherDevice ?? undefined }),
      // A run that is whole is finished, whichever command made it.
      ...{ run: name, status: status === 'complete' ? 'finished' : status, ...this.fromConfig(folder), ...point, seed },
      ...{ ...resultOf(record), ...(error !== null && { error: error.split('\n', 1)[0]! }) },
      ...{ seconds, started: startedAt, code: commit, folder: displayPath(folder) },
    };
    this.blocks.push(() => [row]);
    return true;
  }

  private fromConfig(folder: string): Row {
    if (this.paths.length === 0) return {};
    const file = path.join(folder, 'config.yaml');
    const config: unknown = existsSync(file) ? parse(readFileSync(file, 'utf8')) : {};
    return Object.fromEntries(this.paths.map((name) => [name, scalar((at(config, name) ?? null) as PlainValue)]));
  }

  private seenBefore(folder: string): boolean {
    const place = realpathSync(folder);
    if (this.seen.has(place)) return true;
    this.seen.add(place);
    return false;
  }

  private cannotRead(folder: string): boolean {
    this.unreadable.push(displayPath(folder));
    return true;
  }
}

function scalars(point: Point): Record<string, Value> {
  return Object.fromEntries(Object.entries(point).map(([name, value]) => [name, scalar(value)]));
}

/** The records that are read, as far as a table needs them; loose, so that a later version may say more. */
const sweepSchema = z.looseObject({ name: z.string(), experiment: z.string(), digest: z.string() });
const point = z.record(z.string(), z.unknown());
const replicasSchema = z.looseObject({
  replicas: z.array(z.looseObject({ name: z.string(), values: point, runFolder: z.string().nullable() })),
});
const runSchema = z.looseObject({
  experiment: z.string(),
  status: z.string(),
  seed: z.number(),
  error: z.string().nullable(),
  warnings: z.array(z.unknown()),
});

/** A record in a file; undefined where there is none that can be read. */
function read<T>(schema: z.ZodType<T>, file: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
