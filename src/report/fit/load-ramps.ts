import { commonPulses, branches, placeOf, type Branch, type RampSet } from '../../device/fit/ramps.js';
import { readRamps, withLeftOut } from '../../device/fit/reading/read-ramps.js';
import { sortRamps, type RampFile } from '../../device/fit/reading/sort-ramps.js';
import { strideWarnings } from '../../device/fit/reading/strides.js';
import { textOf } from '../../device/fit/reading/text.js';
import { UsageError } from '../../errors.js';
import { extentOf } from '../../statistics/extent.js';
import { rampBytes } from './ramp-file.js';
import type { FitRequest } from './run-fit.js';

/** Reads every file, and sorts its ramps by direction. */
export async function loadRamps({ files, reset, read }: Pick<FitRequest, 'files' | 'reset' | 'read'>) {
  if (reset.length > 0 && reset.length !== files.length) {
    const what = `got ${reset.length} for ${files.length} files of SET ramps, expected one for each device`;
    const remedy = `name them in the same order, SET first: mho fit ${files[0]!} … --reset ${reset[0]!} …`;
    throw new UsageError({ where: '--reset', what, remedy });
  }
  const [notes, noticed, leftOut]: [string[], string[], string[]] = [[], [], []];
  const units = new Set<string>();
  // A device is that of a file, or what a column of it says; the same words in SET and RESET are the same device.
  const numbers = new Map<string, number>();
  const numberOf = (file: number, cell: string | undefined): number => {
    const key = JSON.stringify([file, cell]);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  const load = async (file: string, device: number, branch: Branch | undefined) => {
    const own = readRamps(textOf(await rampBytes(file), file), file, device, {
      ...read,
      oneWay: branch !== undefined,
    });
    notes.push(...own.notes);
    for (const unit of own.units) units.add(unit);
    noticed.push(...own.warnings);
    leftOut.push(...own.leftOut);
    return { ramps: own.ramps.map((ramp) => ({ ...ramp, device: numberOf(device, ramp.cell) })), branch };
  };
  const alone = reset.length === 0;
  const loaded: Awaited<ReturnType<typeof load>>[] = [];
  // One after the other: devices are numbered in this order.
  for (const [device, file] of files.entries()) loaded.push(await load(file, device, alone ? undefined : 'ltp'));
  for (const [device, file] of reset.entries()) loaded.push(await load(file, device, 'ltd'));
  const { set, warnings } = sorted(loaded, leftOut);
  const lengths = unequalLengths(set);
  return {
    ramps: set,
    units: [...units],
    notes: [...notes, ...lengths.notes],
    warnings: [
      ...noticed,
      ...warnings,
      ...strideWarnings(set),
      ...lengths.warnings,
      ...halfDevices(set),
      ...sameDevices(set),
    ],
  };
}

/** @throws UsageError where a direction has no ramp, with what was left out */
function sorted(files: readonly RampFile[], leftOut: readonly string[]) {
  try {
    return sortRamps(files);
  } catch (error) {
    throw error instanceof UsageError ? withLeftOut(error, leftOut) : error;
  }
}

/** Devices of which one direction is missing count in the mean curves, and not in the spread over devices. */
function halfDevices({ ltp, ltd }: RampSet): string[] {
  const byDevice = (ramps: RampSet['ltp']): Devices => new Map(ramps.map((ramp) => [ramp.device, ramp]));
  const [up, down] = [byDevice(ltp), byDevice(ltd)];
  if (new Set([...up.keys(), ...down.keys()]).size < 2) return [];
  const without = (have: Devices, lack: Devices, [has, lacks]: readonly [string, string]): string[] =>
    [...have].flatMap(([device, { file, cell }]) => {
      if (lack.has(device)) return [];
      const out = 'left out of the spread over devices';
      if (cell !== undefined) {
        return [`${file}: device ${cell} has no ${lacks} ramp: it is ${out}; name devices alike in both tables`];
      }
      // Without --reset a file is a device.
      return [
        `${file}: holds ${has} ramps alone and is taken for a device of its own, ${out}; name RESET ramps of the same device with --reset`,
      ];
    });
  return [...without(up, down, ['LTP', 'LTD']), ...without(down, up, ['LTD', 'LTP'])];
}

type Devices = ReadonlyMap<number, RampSet['ltp'][number]>;

/** Part of the longest ramp that a mean curve may leave off before it is no matter of course. */
const leftOff = 0.2;

/** Ramps that end early are told: the mean is of those that remain. */
function unequalLengths(set: RampSet): { readonly notes: readonly string[]; readonly warnings: readonly string[] } {
  const [notes, warnings]: [string[], string[]] = [[], []];
  for (const branch of branches) {
    const [least, most] = extentOf(set[branch].map(({ values }) => values.length - 1));
    if (least === most) continue;
    const shortest = set[branch].find(({ values }) => values.length - 1 === least)!;
    const common = commonPulses(set[branch]);
    const what = `${branch.toUpperCase()} ramps have ${least} (${placeOf(shortest)}) to ${most} pulses`;
    const told = common < (1 - leftOff) * most ? warnings : notes;
    told.push(`${what}; curves are fitted up to pulse ${common}, which nine tenths of them have`);
  }
  return { notes, warnings };
}

/** Devices that hold the same readings: no measurement repeats another to the last digit, so one was given twice. */
function sameDevices({ ltp, ltd }: RampSet): string[] {
  const readings = new Map<number, number[][]>();
  const first = new Map<number, RampSet['ltp'][number]>();
  for (const ramp of [...ltp, ...ltd]) {
    readings.set(ramp.device, [...(readings.get(ramp.device) ?? []), [...ramp.values]]);
    if (!first.has(ramp.device)) first.set(ramp.device, ramp);
  }
  const seen = new Map<string, RampSet['ltp'][number]>();
  return [...readings].flatMap(([device, values]) => {
    const [key, ramp] = [JSON.stringify(values), first.get(device)!];
    const before = seen.get(key);
    if (!before) {
      seen.set(key, ramp);
      return [];
    }
    const named = ({ file, cell }: typeof ramp): string => (cell === undefined ? file : `${file}, device ${cell}`);
    const what =
      named(before) === named(ramp)
        ? `${named(ramp)} is given twice`
        : `${named(ramp)}: holds the same readings as ${named(before)}`;
    return [`${what} and counts as two devices, which makes their spread too small; give each device once`];
  });
}
