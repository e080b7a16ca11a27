import { readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../errors.js';
import { kindOf } from '../../experiment/files.js';
import { displayPath } from '../../experiment/place.js';
import { jsonOf } from './json-file.js';
import { RunRead } from './run.js';

/** What a sweep sets a value to: a number, or text, as of quantities with their unit. */
export type PointValue = number | string | boolean | null;

const value = z.union([z.number(), z.string(), z.boolean(), z.null()]);

const sweepSchema = z.looseObject({
  name: z.string(),
  axes: z.array(z.looseObject({ path: z.string() })).default([]),
  /** The file, whole: groups of axes that step together. */
  sweep: z.looseObject({ zip: z.array(z.array(z.string())).default([]) }).optional(),
  /** As many as there are at most; conditions leave some out. */
  mostTrials: z.number().optional(),
});

const trialSchema = z.looseObject({
  hash: z.string(),
  point: z.record(z.string(), z.unknown()),
  seed: z.number(),
  status: z.enum(['finished', 'failed']),
  error: z.string().nullable().default(null),
  seconds: z.number().nullable().default(null),
  result: z.looseObject({ accuracy: z.number().nullable() }).nullable(),
});

export interface TrialRead {
  readonly hash: string;
  readonly folder: string;
  /** Without the seed. */
  readonly point: Readonly<Record<string, PointValue>>;
  readonly seed: number;
  readonly status: z.output<typeof trialSchema>['status'];
  /** Why it failed. */
  readonly error: string | null;
  /** Fraction; null where the trial came to none. */
  readonly accuracy: number | null;
  readonly seconds: number | null;
}

/** A sweep's folder: its trials with what each came to. */
export interface SweepRead {
  readonly folder: string;
  readonly name: string;
  /** Paths that trials differ in, in the file's order. */
  readonly paths: readonly string[];
  /** Paths that step along with one of those, by the one that is drawn. */
  readonly along: ReadonlyMap<string, readonly string[]>;
  readonly trials: readonly TrialRead[];
  /** That are under way now. */
  readonly running: number;
  /** In all, at most; undefined where the sweep does not say. */
  readonly most: number | undefined;
}

/** @throws UsageError where the folder's files are damaged */
export function readSweep(folder: string): SweepRead {
  const { name, axes, mostTrials: most, sweep } = parsed(path.join(folder, 'sweep.json'), sweepSchema);
  const trials = inside(path.join(folder, 'trials'))
    .filter((place) => kindOf(path.join(place, 'trial.json')) === 'file')
    .map(readTrial);
  const points = [...axes.map(({ path: at }) => at), ...trials.flatMap(({ point }) => Object.keys(point))];
  const varied = [...new Set(points)].filter((at) => new Set(trials.map(({ point }) => point[at])).size > 1);
  const along = new Map(
    sweep?.zip.flatMap(([first, ...rest]) => (first === undefined ? [] : [[first, rest] as const])),
  );
  const paths = varied.filter((at) => ![...along.values()].flat().includes(at));
  return { folder, name, paths, along, trials, running: inside(path.join(folder, 'running')).length, most };
}

/** The run of a finished trial. */
export function runOf({ folder }: TrialRead): RunRead {
  return new RunRead(folder);
}

function inside(folder: string): string[] {
  if (kindOf(folder) !== 'folder') return [];
  return readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name));
}

function readTrial(folder: string): TrialRead {
  const { point, result, ...trial } = parsed(path.join(folder, 'trial.json'), trialSchema);
  const plain = Object.entries(point).map(([at, given]) => [at, plainValue(given)] as const);
  const { hash, seed, status, error, seconds } = trial;
  return {
    ...{ hash, seed, status, error, seconds, folder },
    point: Object.fromEntries(plain),
    accuracy: result?.accuracy ?? null,
  };
}

/** Values that are no single ones, such as a mapping, are named by their text. */
function plainValue(given: unknown): PointValue {
  const { success, data } = value.safeParse(given);
  return success ? data : JSON.stringify(given);
}

function parsed<T>(file: string, schema: z.ZodType<T>): T {
  const { success, data, error } = schema.safeParse(jsonOf(file));
  if (success) return data;
  const [issue] = error.issues;
  const what = `is not what mho sweep writes: ${issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'not valid'}`;
  throw new UsageError({ where: displayPath(file), what, remedy: 'leave this sweep out, or resume it' });
}
