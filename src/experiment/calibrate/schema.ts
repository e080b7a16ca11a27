import { z } from 'zod';
import type { CheckFailure } from '../checks.js';

/** A name that can be a column, a folder and a word in a sentence. */
const name = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_+.-]*$/u, 'expected a name of letters, digits, "_", "+", "." and "-"');
const overrides = z.array(z.string()).default([]);

/** Seeds of one candidate lie this far from those of the next. */
export const seedsPerCandidate = 1000;
const maxSearchSeed = 1_000_000;

/** One stage of a target's runs, from a cheap stand-in to the full run. */
const rung = z.strictObject({
  /** Values laid upon the target's experiment, as `--set` takes them. */
  overrides,
  /** Runs of a candidate. */
  seeds: z
    .int()
    .min(1)
    .max(seedsPerCandidate - 1),
  /** What one run takes [s], for the plan; measured times replace it. */
  seconds: z.number().positive().optional(),
});

/** One accuracy that the device must reach. */
const target = z.strictObject({
  name,
  /** Experiment file, relative to the calibration's own. */
  experiment: z.string().min(1),
  overrides,
  statistic: z.enum(['mean', 'median']),
  /** Runs below this accuracy stalled: they are counted apart and left out of the statistic. */
  stalledBelow: z.number().min(0).max(1).optional(),
  accuracy: z.number().min(0.001).max(0.999),
  /** What the target allows either way; σ of the fit. */
  tolerance: z.number().min(1e-5).max(0.5),
  rungs: z.array(rung).min(1),
});

/** A place that a parameter's value goes to, times a factor. */
const destination = z.strictObject({
  /** As `--set` takes it: `network.layers[0].weightLimit`. */
  path: z.string().min(1),
  factor: z.number().default(1),
  /** Written behind the value where the place holds a quantity: `uS`. */
  unit: z.string().min(1).optional(),
  /** The one target that it is for; for all unless told. */
  target: z.string().optional(),
});

const parameter = z.strictObject({
  name,
  range: z.tuple([z.number(), z.number()]),
  scale: z.enum(['linear', 'log']).default('linear'),
  integer: z.boolean().default(false),
  sets: z.array(destination).min(1),
});

/** A set of overrides that is searched as a family of its own. */
const alternative = z.strictObject({
  name,
  overrides,
  /** Parameters in place of the common ones, where another model has others. */
  parameters: z.array(parameter).min(1).optional(),
});

const search = z.strictObject({
  seed: z.int().min(0).max(maxSearchSeed).default(1),
  /** Points of a family at the start. */
  candidates: z.int().min(4).max(10_000),
  /** Those of them that run through every rung, so that the rungs' relation to the full run can be learned. */
  pilots: z.int().min(4).default(6),
  /** Fraction that goes on from a rung to the next. */
  keep: z
    .number()
    .min(0.01)
    .max(1)
    .default(1 / 3),
  refine: z
    .strictObject({
      rounds: z.int().min(0).max(100),
      /** New points a round. */
      candidates: z.int().min(1).max(10_000),
    })
    .default({ rounds: 2, candidates: 8 }),
  /** Runs of the fitted point with seeds of its own; those of the last rung unless told. */
  confirm: z
    .int()
    .min(0)
    .max(seedsPerCandidate - 1)
    .optional(),
});

/** Values that a point has beside its parameters. */
export const derivedNames = ['ltp-saturation'] as const;
export type DerivedName = (typeof derivedNames)[number];

const prefer = z.strictObject({
  /** A parameter, or a derived value. */
  value: z.string().min(1),
  wanted: z.enum(['largest', 'smallest']),
});

/** One file of configs/calibration. */
export const calibrationSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected a name of small letters, digits and "-"'),
  title: z.string().min(1).optional(),
  targets: z.array(target).min(1),
  parameters: z.array(parameter).min(1),
  alternatives: z.array(alternative).min(1).optional(),
  search,
  prefer: prefer.optional(),
});

export type Calibration = z.output<typeof calibrationSchema>;
export type Target = z.output<typeof target>;
export type Rung = z.output<typeof rung>;
export type Parameter = z.output<typeof parameter>;
export type Destination = z.output<typeof destination>;
export type Search = z.output<typeof search>;

/** Parameters and overrides that are searched together. */
export interface Family {
  readonly name: string;
  readonly overrides: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Where they stand in the file. */
  readonly overridesPath: readonly (string | number)[];
  readonly parametersPath: readonly (string | number)[];
}

/** The families of a calibration: its alternatives, or the one that it is without any. */
export function familiesOf({ name: own, parameters, alternatives }: Calibration): Family[] {
  const common = ['parameters'];
  if (!alternatives) return [{ name: own, overrides: [], parameters, overridesPath: [], parametersPath: common }];
  return alternatives.map((one, i) => ({
    name: one.name,
    overrides: one.overrides,
    parameters: one.parameters ?? parameters,
    overridesPath: ['alternatives', i, 'overrides'],
    parametersPath: one.parameters ? ['alternatives', i, 'parameters'] : common,
  }));
}

/** Holds the values of a calibration against each other. */
export function checkCalibration(one: Calibration): CheckFailure[] {
  const families = familiesOf(one);
  return [
    ...repeated(one.targets, ['targets']),
    ...repeated(one.alternatives ?? [], ['alternatives']),
    ...families.flatMap(({ parameters, parametersPath }) => repeated(parameters, parametersPath)),
    ...families.flatMap(({ parameters, parametersPath }) => checkParameters(parameters, parametersPath, one.targets)),
    ...one.targets.flatMap((each, i) => checkRungs(each, i, one.targets[0]!)),
    ...ownSeeds(one, families),
    ...checkSearch(one),
    ...checkPrefer(one, families),
  ];
}

type At = readonly (string | number)[];

function repeated(named: readonly { readonly name: string }[], at: At): CheckFailure[] {
  return named.flatMap(({ name: own }, i) => {
    if (named.findIndex((other) => other.name === own) === i) return [];
    return [{ path: [...at, i, 'name'], what: `got ${own} a second time`, remedy: 'give each a name of its own' }];
  });
}

function checkParameters(parameters: readonly Parameter[], at: At, targets: readonly Target[]): CheckFailure[] {
  return parameters.flatMap((parameter, i) => [
    ...checkRange(parameter, [...at, i, 'range']),
    ...parameter.sets.flatMap((destination, k) => checkDestination(destination, [...at, i, 'sets', k], targets)),
  ]);
}

function checkRange({ range: [low, high], scale, integer }: Parameter, path: At): CheckFailure[] {
  const got = `got [${low}, ${high}]`;
  if (!(low < high)) return [{ path, what: got, remedy: 'write the lower end first' }];
  if (scale === 'log' && low <= 0) {
    return [
      {
        path,
        what: `${got}, expected ends above 0 on a log scale`,
        remedy: 'raise the lower end, or write scale: linear',
      },
    ];
  }
  if (!integer || (Number.isInteger(low) && Number.isInteger(high))) return [];
  return [{ path, what: `${got}, expected whole numbers of an integer`, remedy: 'round the ends' }];
}

function checkDestination(
  { target: only, path: written }: Destination,
  at: At,
  targets: readonly Target[],
): CheckFailure[] {
  const names = targets.map(({ name: each }) => each);
  const unknown = only !== undefined && !names.includes(only);
  return [
    ...(unknown
      ? [{ path: [...at, 'target'], what: `got ${only}, expected one of ${names.join(', ')}`, remedy: 'name a target' }]
      : []),
    ...(written.trim() === 'seed' ? [setsSeed([...at, 'path'])] : []),
  ];
}

function checkRungs({ name: own, rungs }: Target, i: number, first: Target): CheckFailure[] {
  const path = ['targets', i, 'rungs'];
  const last = rungs.length - 1;
  const few = rungs[last]!.seeds < 2;
  return [
    ...(rungs.length === first.rungs.length
      ? []
      : [
          {
            path,
            what: `${own} has ${rungs.length}, but ${first.name} has ${first.rungs.length}`,
            remedy: 'write as many for every target: candidates climb them together',
          },
        ]),
    ...(few
      ? [
          {
            path: [...path, last, 'seeds'],
            what: 'got 1 for the full run, expected 2 or more',
            remedy: 'without several seeds their spread is not known',
          },
        ]
      : []),
  ];
}

function setsSeed(path: At): CheckFailure {
  return { path, what: 'sets the seed, which the search gives every run', remedy: 'take it out' };
}

function ownSeeds({ targets }: Calibration, families: readonly Family[]): CheckFailure[] {
  const lists: [At, readonly string[]][] = [
    ...targets.flatMap((each, i): [At, readonly string[]][] => [
      [['targets', i, 'overrides'], each.overrides],
      ...each.rungs.map((of, r): [At, readonly string[]] => [['targets', i, 'rungs', r, 'overrides'], of.overrides]),
    ]),
    ...families.map((family): [At, readonly string[]] => [family.overridesPath, family.overrides]),
  ];
  return lists.flatMap(([at, texts]) =>
    texts.flatMap((text, k) => (/^\s*seed\s*=/.test(text) ? [setsSeed([...at, k])] : [])),
  );
}

function checkSearch({ search: { pilots, candidates } }: Calibration): CheckFailure[] {
  if (pilots <= candidates) return [];
  const what = `got ${pilots}, but there are ${candidates} candidates`;
  return [{ path: ['search', 'pilots'], what, remedy: 'lower it, or raise search.candidates' }];
}

function checkPrefer({ prefer: wish }: Calibration, families: readonly Family[]): CheckFailure[] {
  if (!wish || (derivedNames as readonly string[]).includes(wish.value)) return [];
  const lacking = families.find(({ parameters }) => parameters.every(({ name: own }) => own !== wish.value));
  if (!lacking) return [];
  const known = [...lacking.parameters.map(({ name: own }) => own), ...derivedNames].join(', ');
  const what = `got ${wish.value}, which ${lacking.name} does not have, expected one of ${known}`;
  return [{ path: ['prefer', 'value'], what, remedy: 'name a parameter or a derived value' }];
}
