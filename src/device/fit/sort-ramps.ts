import { UsageError } from '../../errors.js';
import type { Branch, Ramp, RampSet } from './ramps.js';

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
  return { set, warnings: [...missing(set, all), ...single(set)] };
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
  throw new UsageError({ where: ramp.file, what, remedy });
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

function single(set: RampSet): string[] {
  return (['ltp', 'ltd'] as const).flatMap((branch) => {
    const [only, ...more] = set[branch];
    if (!only || more.length > 0) return [];
    return [
      `${only.file}: ${only.name} is the only ${branch.toUpperCase()} ramp: no intervals, no spread over ramps, and ` +
        'models are told apart by held-out pulses',
    ];
  });
}
