import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../../errors.js';
import { kindOf } from '../../experiment/files.js';
import { displayPath } from '../../experiment/place.js';
import { jsonOf } from './json-file.js';
import { RunRead } from './run.js';

/** What a sweep sets a value to: a number, or text, as of quantities with their unit. */
export type PointValue = number | string | boolean | null;

const value = z.union([z.number(), z.string(), z.boolean(), z.null()]);

/** Whether an axis was written as a logspace, and between which ends. */
const range = z.looseObject({ linspace: z.array(z.unknown()).optional(), logspace: z.array(z.unknown()).optional() });

const sweepSchema = z.looseObject({
  name: z.string(),
  title: z.string().nullable().default(null),
  /** Of the experiment with the overrides; sweeps of one name and digest are parts of one. */
  digest: z.string().nullable().default(null),
  design: z.string().default('grid'),
  axes: z.array(z.looseObject({ path: z.string(), values: z.array(z.unknown()).default([]) })).default([]),
  /** The file, whole: groups of axes that step together. */
  sweep: z
    .looseObject({
      description: z.string().optional(),
      overrides: z.record(z.string(), z.unknown()).default({}),
      axes: z.record(z.string(), z.unknown()).default({}),
      zip: z.array(z.array(z.string())).default([]),
      where: z.array(z.string()).default([]),
    })
    .optional(),
  /** As many as there are at most; conditions leave some out. */
  mostTrials: z.number().optional(),
});

const trialSchema = z.looseObject({
  hash: z.string(),
  index: z.number().default(0),
  point: z.record(z.string(), z.unknown()),
  seed: z.number(),
  status: z.enum(['finished', 'failed']),
  error: z.string().nullable().default(null),
  seconds: z.number().nullable().default(null),
  code: z.string().nullable().default(null),
  started: z.string().nullable().default(null),
  result: z.looseObject({ accuracy: z.number().nullable() }).nullable(),
});

export interface TrialRead {
  readonly hash: string;
  readonly folder: string;
  /** Its place in the sweep. */
  readonly index: number;
  /** Without the seed. */
  readonly point: Readonly<Record<string, PointValue>>;
  readonly seed: number;
  readonly status: z.output<typeof trialSchema>['status'];
  /** Why it failed. */
  readonly error: string | null;
  /** Fraction; null where the trial came to none. */
  readonly accuracy: number | null;
  readonly seconds: number | null;
  /** Version of the code that trained. */
  readonly code: string | null;
  /** ISO 8601, UTC. */
  readonly started: string | null;
}

/** One axis as the sweep's file has it. */
export interface SweptAxis {
  readonly path: string;
  /** In the file's order. */
  readonly values: readonly PointValue[];
  /** `logspace` where it says so. */
  readonly scale: 'log' | 'linear' | undefined;
  /** First and last value of a range. */
  readonly ends: readonly [PointValue, PointValue] | undefined;
}

/** A sweep with what its trials came to, from as many folders as its parts lie in. */
export interface SweepRead {
  /** The first of its folders. */
  readonly folder: string;
  readonly folders: readonly string[];
  readonly name: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly digest: string | undefined;
  /** Points spread over ranges, or every combination of values. */
  readonly design: 'latin-hypercube' | 'grid';
  readonly experiment: ExperimentRead;
  readonly axes: readonly SweptAxis[];
  /** Paths that the sweep sets alike in every trial. */
  readonly overrides: readonly string[];
  /** Paths that trials differ in, those to come too, in the file's order. */
  readonly paths: readonly string[];
  /** Paths that step along with one of those, by the one that is drawn. */
  readonly along: ReadonlyMap<string, readonly string[]>;
  /** In the sweep's order. */
  readonly trials: readonly TrialRead[];
  /** That are under way now. */
  readonly running: number;
  /** In all; undefined where the sweep does not say. */
  readonly most: number | undefined;
  /** Whether conditions may leave out some of these. */
  readonly conditioned: boolean;
  /** Folders of trials whose record cannot be read. */
  readonly damaged: readonly string[];
}

/** @throws UsageError where `sweep.json` is damaged; a trial that is, is left out and named */
export function readSweep(folder: string): SweepRead {
  const sheet = parsed(path.join(folder, 'sweep.json'), sweepSchema);
  const damaged: string[] = [];
  const trials = inside(path.join(folder, 'trials')).flatMap((place) => {
    if (kindOf(path.join(place, 'trial.json')) !== 'file') return [];
    const trial = readTrial(place);
    if (!trial) damaged.push(place);
    return trial ?? [];
  });
  return {
    ...assembled(sheet, trials, experimentIn(folder)),
    folder,
    folders: [folder],
    running: underWay(folder),
    damaged,
  };
}

/**
 * A sweep out of what its `sweep.json`, its `trial.json`s and its `experiment.yaml` hold, wherever these are kept.
 * @throws z.ZodError where they hold something else
 */
export function sweepOf(sheet: unknown, records: readonly unknown[], experiment: unknown): SweepRead {
  const trials = records.map((record) => trialOf(trialSchema.parse(record), ''));
  return assembled(sweepSchema.parse(sheet), trials, experimentSchema.parse(experiment));
}

function assembled(
  sheet: z.output<typeof sweepSchema>,
  trials: readonly TrialRead[],
  experiment: ExperimentRead,
): SweepRead {
  const { name, title, digest, mostTrials: most, sweep } = sheet;
  const design = sheet.design === 'latin-hypercube' ? sheet.design : 'grid';
  const axes = sheet.axes.map(({ path: at, values }) => sweptAxis(at, values.map(plainValue), sweep?.axes[at]));
  const along = new Map(
    sweep?.zip.flatMap(([first, ...rest]) => (first === undefined ? [] : [[first, rest] as const])),
  );
  return {
    ...{ folder: '', folders: [], name, title: title ?? undefined, description: sweep?.description, experiment },
    ...{ digest: digest ?? undefined, design, axes, along },
    ...{ trials: inOrder(trials), paths: pathsOf(design, axes, along, trials), running: 0, most, damaged: [] },
    ...{ overrides: Object.keys(sweep?.overrides ?? {}), conditioned: (sweep?.where.length ?? 0) > 0 },
  };
}

/**
 * Sweeps whose parts lie in several folders as one each: those of one name and one digest of their experiment. A trial
 * that is in several counts once, a finished one before one that failed.
 */
export function joined(parts: readonly SweepRead[]): SweepRead[] {
  const sweeps = new Map<string, SweepRead[]>();
  for (const part of parts) {
    const key = JSON.stringify(part.digest === undefined ? [part.folder] : [part.name, part.digest]);
    const known = sweeps.get(key);
    if (known) known.push(part);
    else sweeps.set(key, [part]);
  }
  return [...sweeps.values()].map(([first, ...others]) => (others.length === 0 ? first! : join([first!, ...others])));
}

function join(given: readonly SweepRead[]): SweepRead {
  const parts = given.filter(({ folder }, i) => given.findIndex((other) => other.folder === folder) === i);
  const [first] = parts as [SweepRead, ...SweepRead[]];
  const byHash = new Map<string, TrialRead>();
  for (const trial of parts.flatMap(({ trials }) => trials)) {
    if (byHash.get(trial.hash)?.status !== 'finished') byHash.set(trial.hash, trial);
  }
  const trials = inOrder([...byHash.values()]);
  const axes = first.axes.map((axis) => {
    const values = parts.flatMap((part) => part.axes.find(({ path: at }) => at === axis.path)?.values ?? []);
    return { ...axis, values: [...new Set(values)] };
  });
  const counts = parts.flatMap(({ most }) => most ?? []);
  return {
    ...first,
    ...{
      folders: parts.map(({ folder }) => folder),
      trials,
      axes,
      paths: pathsOf(first.design, axes, first.along, trials),
    },
    running: parts.reduce((sum, { running }) => sum + running, 0),
    most: counts.length === 0 ? undefined : Math.max(...counts),
    conditioned: parts.some(({ conditioned }) => conditioned),
    damaged: parts.flatMap(({ damaged }) => damaged),
  };
}

/** The run of a finished trial. */
export function runOf({ folder }: TrialRead): RunRead {
  return new RunRead(folder);
}

const experimentSchema = z.looseObject({
  device: z.looseObject({ name: z.string().optional() }).optional(),
  training: z.looseObject({ epochs: z.number().optional() }).optional(),
  dataset: z.looseObject({ name: z.string().optional() }).optional(),
});

/** The experiment that trials are made of, as far as figures speak of it. */
export type ExperimentRead = z.output<typeof experimentSchema>;

/** Empty where it is not there. */
function experimentIn(folder: string): ExperimentRead {
  const file = path.join(folder, 'experiment.yaml');
  if (kindOf(file) !== 'file') return {};
  try {
    return experimentSchema.safeParse(parseYaml(readFileSync(file, 'utf8'))).data ?? {};
  } catch {
    return {};
  }
}

/** Whether trials are still to come; a sweep with conditions cannot tell by its count. */
export function isUnfinished({ trials, running, most, conditioned }: SweepRead): boolean {
  return running > 0 || (!conditioned && most !== undefined && trials.length < most);
}

/** `70 of 80 trials`, of those that are finished; `80 trials` where these are all. */
export function progressOf(sweep: SweepRead): string {
  const { trials, most, conditioned } = sweep;
  const finished = trials.filter(({ status }) => status === 'finished').length;
  const all = conditioned || most === undefined ? undefined : Math.max(most, trials.length);
  if (all !== undefined && all > finished) return `${finished} of ${all} trials are finished`;
  return `${finished} trials are finished${conditioned && most !== undefined && isUnfinished(sweep) ? `, of up to ${most}` : ''}`;
}

function inOrder(trials: readonly TrialRead[]): TrialRead[] {
  return [...trials].sort((a, b) => a.index - b.index || (a.hash < b.hash ? -1 : 1));
}

/** Paths that trials differ in or, on a grid, come to differ in; partners of a zipped axis aside. */
function pathsOf(
  design: SweepRead['design'],
  axes: readonly SweptAxis[],
  along: ReadonlyMap<string, readonly string[]>,
  trials: readonly TrialRead[],
): string[] {
  const seen = new Map<string, Set<PointValue | undefined>>(
    axes.map(({ path: at, values }) => [at, new Set(design === 'grid' ? values : [])]),
  );
  for (const { point } of trials) {
    for (const at of Object.keys(point)) if (!seen.has(at)) seen.set(at, new Set());
    for (const [at, values] of seen) values.add(point[at]);
  }
  const partners = [...along.values()].flat();
  return [...seen].flatMap(([at, values]) => (values.size > 1 && !partners.includes(at) ? [at] : []));
}

function sweptAxis(at: string, values: readonly PointValue[], given: unknown): SweptAxis {
  const { success, data } = range.safeParse(given);
  const { linspace, logspace } = success ? data : {};
  const ends = logspace ?? linspace;
  return {
    ...{ path: at, values },
    scale: logspace ? 'log' : linspace ? 'linear' : undefined,
    ends: ends && ends.length > 1 ? [plainValue(ends[0]), plainValue(ends[1])] : undefined,
  };
}

/** Run folders in the making are hidden until they are whole. */
function underWay(folder: string): number {
  return inside(path.join(folder, 'running')).length;
}

function inside(folder: string): string[] {
  if (kindOf(folder) !== 'folder') return [];
  return readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name));
}

/** Undefined of one whose record is damaged. */
function readTrial(folder: string): TrialRead | undefined {
  const data = checkedTrial(path.join(folder, 'trial.json'));
  if (!data) return undefined;
  return trialOf(data, folder);
}

function trialOf({ point, result, ...trial }: z.output<typeof trialSchema>, folder: string): TrialRead {
  const plain = Object.entries(point).map(([at, given]) => [at, plainValue(given)] as const);
  const { hash, index, seed, status, error, seconds, code, started } = trial;
  return {
    ...{ hash, index, seed, status, error, seconds, code, started, folder },
    point: Object.fromEntries(plain),
    accuracy: result?.accuracy ?? null,
  };
}

function checkedTrial(file: string): z.output<typeof trialSchema> | undefined {
  try {
    return trialSchema.safeParse(jsonOf(file)).data;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
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
