import { UsageError } from '../../../errors.js';
import { extentOf } from '../../../statistics/extent.js';
import { branches, placeOf, type Branch, type Ramp, type RampSet } from '../ramps.js';
import { formatQuantity } from '../../../units.js';
import { medianOf } from '../../../statistics/average.js';

/** A file's ramps, and the direction in which all of them must go, where the command line said it. */
export interface RampFile {
  readonly ramps: readonly Ramp[];
  readonly branch: Branch | undefined;
}

/**
 * Sorts ramps by where they go, and refuses those that go where their file should not.
 * @returns the set, and warnings
 * @throws UsageError where a direction has no ramp
 */
export function sortRamps(files: readonly RampFile[]): { readonly set: RampSet; readonly warnings: readonly string[] } {
  assertNotExchanged(files);
  for (const { ramps, branch } of files) for (const ramp of ramps) assertDirection(ramp, branch);
  const all = files.flatMap(({ ramps }) => ramps);
  const set = {
    ltp: all.filter((ramp) => direction(ramp) === 'ltp'),
    ltd: all.filter((ramp) => direction(ramp) === 'ltd'),
  };
  const problems = missing(set, all);
  for (const branch of branches) assertOneScale(set[branch]);
  assertBranchesMeet(set);
  return { set, warnings: [...problems, ...single(set), ...short(set)] };
}

function direction({ values }: Ramp): Branch {
  const third = Math.max(1, Math.floor(values.length / 3));
  const mean = (part: readonly number[]): number => part.reduce((sum, g) => sum + g, 0) / part.length;
  return mean(values.slice(-third)) > mean(values.slice(0, third)) ? 'ltp' : 'ltd';
}

/** @throws UsageError where every ramp of every file goes the other way */
function assertNotExchanged(files: readonly RampFile[]): void {
  const told = files.filter(({ branch }) => branch !== undefined);
  const wrong = told.every(({ ramps, branch }) => ramps.every((ramp) => direction(ramp) !== branch));
  const [set, reset] = (['ltp', 'ltd'] as const).map((b) => told.find(({ branch }) => branch === b)?.ramps[0]);
  if (!wrong || !set || !reset) return;
  const what = `${set.name} and all its other ramps go down, and those of ${reset.file} up: SET and RESET are exchanged`;
  const remedy = `name ${reset.file} first and ${set.file} with --reset; resistances need --unit ohm instead`;
  throw new UsageError({ where: set.file, what, remedy });
}

function assertDirection(ramp: Ramp, branch: Branch | undefined): void {
  if (branch === undefined || direction(ramp) === branch) return;
  const what = `${ramp.name} goes ${branch === 'ltp' ? 'down' : 'up'}, expected ${branch.toUpperCase()} ramps`;
  const remedy =
    branch === 'ltp'
      ? 'give SET ramps first and RESET ramps after --reset; resistances need --unit ohm'
      : 'give RESET ramps after --reset; resistances need --unit ohm';
  throw new UsageError({ where: placeOf(ramp), what, remedy });
}

/** @throws UsageError where one direction has no ramp */
function missing(set: RampSet, all: readonly Ramp[]): string[] {
  const where = all[0]?.file ?? 'fit';
  if (set.ltd.length === 0) {
    const remedy = 'name the file of the RESET ramps with --reset';
    throw new UsageError({ where, what: 'holds potentiation alone, expected LTD ramps as well', remedy });
  }
  if (set.ltp.length === 0) {
    const remedy = 'name the file of the SET ramps first, and this one with --reset';
    throw new UsageError({ where, what: 'holds depression alone, expected LTP ramps as well', remedy });
  }
  return [];
}

/** Factor between the ramps of one branch that no two cells of a kind have, but units mistaken. */
const tooFarApart = 100;

/** The same between their least and their largest values: cells that are all but reset end where noise leads them. */
const endsTooFarApart = 300;

type Values = readonly number[];

/** @throws UsageError where one ramp lies far above or below the others */
function assertOneScale(ramps: readonly Ramp[]): void {
  const measures = [
    [tooFarApart, medianOf],
    ...([0, 1] as const).map((end) => [endsTooFarApart, (values: Values) => extentOf(values)[end]] as const),
  ] as const;
  for (const [factor, of] of measures) assertNear(ramps, factor, of);
}

function assertNear(ramps: readonly Ramp[], factor: number, of: (values: Values) => number): void {
  const places = ramps.map((ramp) => ({ ramp, at: of(ramp.values) })).sort((a, b) => a.at - b.at);
  const [least, most] = [places[0], places.at(-1)];
  if (!least || !most || most.at <= factor * least.at) return;
  const usual = places[places.length >> 1]!.at;
  const odd = most.at / usual > usual / least.at ? most : least;
  const other = odd === most ? least : most;
  const at = (one: typeof odd): string => `${one.ramp.name} at ${formatQuantity(one.at, 'conductance')}`;
  const what = `got ${at(odd)} and ${other.ramp.file === odd.ramp.file ? '' : `${other.ramp.file}: `}${at(other)}, expected ramps of one scale`;
  const remedy = 'name the unit of each column, or pick columns with --values';
  throw new UsageError({ where: placeOf(odd.ramp, jumpOf(odd.ramp, other.at)), what, remedy });
}

/** Factor between all readings of one branch and all of the other that no cell has: each goes where the other begins. */
const noWayBetween = 10;

/** @throws UsageError where the branches lie on scales of their own */
function assertBranchesMeet(set: RampSet): void {
  const [ltp, ltd] = branches.map((branch) => extentOf(set[branch].flatMap(({ values }) => values)));
  const [up, down] = [ltp!, ltd!];
  if (Math.max(up[0] / down[1], down[0] / up[1]) <= noWayBetween) return;
  const apart = Math.sqrt((up[0] * up[1]) / (down[0] * down[1]));
  const factor = Number(Math.max(apart, 1 / apart).toPrecision(2));
  const range = (of: Values): string => of.map((g) => formatQuantity(g, 'conductance')).join(' to ');
  const what = `LTP ramps go from ${range(up)} and LTD ramps (${set.ltd[0]!.file}) from ${range(down)}, a factor of ${factor} apart: units mistaken?`;
  const remedy = 'name the unit in each file; --unit holds for all of them';
  throw new UsageError({ where: set.ltp[0]!.file, what, remedy });
}

/** Where a ramp leaves the scale of the others; its first value where it never was on it. */
function jumpOf({ values }: Ramp, usual: number): number {
  const near = (g: number): boolean => Math.abs(Math.log(g / usual)) < Math.log(tooFarApart) / 2;
  return Math.max(0, values[0] !== undefined && near(values[0]) ? values.findIndex((g) => !near(g)) : 0);
}

/** Fewest pulses that show how a curve bends. */
const bends = 4;

function short(set: RampSet): string[] {
  return branches.flatMap((branch) => {
    const [, most] = extentOf(set[branch].map(({ values }) => values.length - 1));
    if (most >= bends) return [];
    const what = `${branch.toUpperCase()} ramps have at most ${most} ${most === 1 ? 'pulse' : 'pulses'}`;
    return [`${what}, too few to show how the curve bends: its nonlinearity is arbitrary`];
  });
}

function single(set: RampSet): string[] {
  return branches.flatMap((branch) => {
    const [only, ...more] = set[branch];
    if (!only || more.length > 0) return [];
    return [
      `${only.file}: ${only.name} is the only ${branch.toUpperCase()} ramp: no intervals, no spread over ramps, and ` +
        'models are told apart by held-out pulses',
    ];
  });
}
