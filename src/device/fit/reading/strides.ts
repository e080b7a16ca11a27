import { UsageError } from '../../../errors.js';
import { branches, placeOf, type Branch, type Ramp, type RampSet } from '../ramps.js';

/** Part of a stride by which steps may differ: counts may be written as decimals. */
const tolerance = 1e-6;

/**
 * Pulses between the values of a ramp, by its count of them. Undefined where nothing counts them.
 * @param at - where the number of a value stands
 * @throws UsageError where they differ within the ramp: a model has one pulse, and each value would be taken for one more
 */
export function strideOf(
  counts: readonly (number | undefined)[],
  at: ((k: number) => string) | undefined,
): number | undefined {
  // A count that begins anew at a turn says nothing of the step there.
  const steps = counts.map((count, k) => (count ?? NaN) - (counts[k - 1] ?? NaN));
  const told = steps.filter((step) => step > 0);
  const [first] = told;
  if (first === undefined) return undefined;
  const usual = mostOf(told) ?? first;
  const odd = steps.findIndex((step) => step > 0 && !same(step, usual));
  if (odd < 0 || !at) return usual;
  const what = `pulse ${counts[odd]!} comes after pulse ${counts[odd - 1]!}, ${apart(steps[odd]!)} on, expected ${shown(usual)} as between others of its ramp`;
  const remedy =
    'mend the number, keep values that lie equally many pulses apart, or leave such ramps out with --skip-bad';
  throw new UsageError({ where: at(odd), what, remedy });
}

/** The step that more than half of them are. */
function mostOf(steps: readonly number[]): number | undefined {
  const middle = [...steps].sort((a, b) => a - b)[steps.length >> 1]!;
  return 2 * steps.filter((step) => same(step, middle)).length > steps.length ? middle : undefined;
}

function same(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.abs(b);
}

function shown(pulses: number): string {
  return String(Number(pulses.toPrecision(6)));
}

function apart(pulses: number): string {
  return `${shown(pulses)} ${same(pulses, 1) ? 'pulse' : 'pulses'}`;
}

/**
 * Warnings of values that are read after trains of pulses: each train is a pulse of the device then.
 * @throws UsageError where ramps of one direction are of different trains: their mean would be of neither
 */
export function strideWarnings(set: RampSet): string[] {
  const [ltp, ltd] = branches.map((branch) => strideOfBranch(set[branch], branch));
  const long = (stride: number | undefined): stride is number => stride !== undefined && stride > 1 + tolerance;
  if (long(ltp) && long(ltd) && same(ltp, ltd)) return [trains(apart(ltp), '', shown(ltp))];
  const each = ([ltp, ltd] as const).flatMap((stride, i) =>
    long(stride) ? [trains(apart(stride), `${branches[i]!.toUpperCase()} `, shown(stride))] : [],
  );
  if (each.length === 0 || ltp === undefined || ltd === undefined) return each;
  const what = `values of LTP lie ${apart(ltp)} apart and those of LTD ${shown(ltd)}`;
  return [...each, `${what}: states and noise of the two are not of equally many pulses`];
}

function trains(between: string, branch: string, stride: string): string {
  const what = `${branch}values lie ${between} apart: ${branch === '' ? 'a' : 'an'} ${branch}pulse of this device`;
  return `${what} is a train of ${stride} of the measured ones, so states and noise are of such trains; read after each pulse for the cell's own`;
}

function strideOfBranch(ramps: readonly Ramp[], branch: Branch): number | undefined {
  const counted = ramps.filter(({ stride }) => stride !== undefined);
  const [first] = counted;
  if (!first) return undefined;
  const usual = mostOf(counted.map(({ stride }) => stride!)) ?? first.stride!;
  const odd = counted.find(({ stride }) => !same(stride!, usual));
  if (!odd) return usual;
  const what = `values of ${odd.name} lie ${apart(odd.stride!)} apart, expected ${shown(usual)} as in other ${branch.toUpperCase()} ramps`;
  throw new UsageError({
    where: placeOf(odd),
    what,
    remedy: 'keep values that lie equally many pulses apart in all ramps, or fit such ramps by themselves',
  });
}
