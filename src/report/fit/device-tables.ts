import { UsageError } from '../../errors.js';
import { devicesOf } from '../../device/fit/bootstrap.js';
import { fitLookup, type LookupFit, type LookupOptions } from '../../device/fit/lookup.js';
import { lookupCurves, type LookupCurves } from '../../device/fit/lookup-curves.js';
import type { Branch, RampSet } from '../../device/fit/ramps.js';
import { tableAgainst } from '../../device/lookup-table.js';
import { sharedRange, type TablePair } from '../../device/table-grid.js';
import type { TableNames } from './output.js';

/** Tables of all ramps together. */
export interface LookupResult extends LookupFit {
  /** Of ramps that were held out. */
  readonly error: LookupCurves['error'];
  /** Where each of several devices has tables of its own: these are written then, and those of all are not. */
  readonly devices?: readonly DeviceTable[];
}

/** The tables of one of several devices, and what is known of them. */
export interface DeviceTable {
  /** As its file, or a column of that, calls it. */
  readonly name: string;
  /** Names of the files that hold them, beside the device file. */
  readonly files: TableNames;
  readonly ramps: Readonly<Record<Branch, number>>;
  readonly fit: LookupFit;
  readonly error: LookupCurves['error'];
}

/** Tables for each device, or none and why. */
export interface DeviceTables {
  readonly devices: readonly DeviceTable[];
  readonly warnings: readonly string[];
}

/** The window of an experiment, over which the tables' mean steps must lead their own way. */
const window = [0.25, 0.75] as const;

/**
 * Tables of each device by itself; none of a single one, or where they do not make an array together.
 * @param filesOf - the files of a device's tables, by its number from 1
 */
export function tablesOfDevices(
  ramps: RampSet,
  options: LookupOptions,
  filesOf: (number: number) => TableNames,
): DeviceTables {
  const all = devicesOf(ramps).map((device) => ({
    ltp: ramps.ltp.filter((ramp) => ramp.device === device),
    ltd: ramps.ltd.filter((ramp) => ramp.device === device),
  }));
  // Those of one direction alone are in the tables of all, and told of where ramps are read.
  const whole = all.filter(({ ltp, ltd }) => ltp.length > 0 && ltd.length > 0);
  if (whole.length < 2) return { devices: [], warnings: [] };
  const made = whole.map((own) => ({ own, ...fitOf(own, options) }));
  const warnings = made.flatMap(({ warning }) => warning ?? []);
  const fitted = made.flatMap(({ own, fit }) => (fit ? [{ own, fit }] : []));
  const apart = fitted.length < 2 ? undefined : together(fitted.map(({ fit }) => fit));
  if (fitted.length < 2 || apart !== undefined) {
    const why = apart ?? 'fewer than two devices have tables of their own';
    return { devices: [], warnings: [...warnings, `${why}: all cells get the tables of all devices together`] };
  }
  const left = warnings.map((warning) => `${warning}; its ramps are in none of the tables`);
  const devices = fitted.map(({ own, fit }, i): DeviceTable => {
    const counts = { ltp: own.ltp.length, ltd: own.ltd.length };
    const { error } = lookupCurves(own, fit.increasing.conductance);
    return { name: nameOf(own), files: filesOf(i + 1), ramps: counts, fit, error };
  });
  return { devices, warnings: left };
}

function fitOf(own: RampSet, options: LookupOptions): { readonly fit?: LookupFit; readonly warning?: string } {
  try {
    return { fit: fitLookup(own, options) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { warning: `${nameOf(own)} has no tables of its own: ${error.parts.what}` };
  }
}

/** SET and RESET tables name a device alike, and that of the SET ramps stands for both. */
function nameOf({ ltp }: RampSet): string {
  const { file, cell } = ltp[0]!;
  return cell === undefined ? file : `${file}: device ${cell}`;
}

/** Why the devices cannot be in one array. */
function together(pairs: readonly TablePair[]): string | undefined {
  const { gMin, gMax } = sharedRange(pairs.flatMap(({ increasing, decreasing }) => [increasing, decreasing]));
  if (gMin >= gMax) return 'the devices share no conductances';
  const against = tableAgainst(pairs, window);
  return against && `the ${against.table} table of device ${against.pair + 1} leads the wrong way in the range of all`;
}

/** Read noise of the conductance that the cells of an array have together, a device as often as any other. */
export function readNoiseOf(fits: readonly LookupFit[]): number {
  return Math.sqrt(fits.reduce((sum, { readNoise }) => sum + readNoise ** 2, 0) / fits.length);
}
