import { UsageError } from '../../errors.js';
import { devicesOf } from '../../device/fit/bootstrap.js';
import { fitLookup, type LookupOptions } from '../../device/fit/lookup.js';
import type { RampSet } from '../../device/fit/ramps.js';
import { tableAgainst } from '../../device/lookup-table.js';
import { sharedRange, type TablePair } from '../../device/table-grid.js';

/** A pair of tables for each device, or none and why. */
export interface DeviceTables {
  readonly pairs: readonly TablePair[];
  readonly warnings: readonly string[];
}

/** The window of an experiment, over which the tables' mean steps must lead their own way. */
const window = [0.25, 0.75] as const;

/** Tables of each device by itself; none of a single one, or where they do not make an array together. */
export function tablesOfDevices(ramps: RampSet, options: LookupOptions): DeviceTables {
  const devices = devicesOf(ramps).map((device) => ({
    ltp: ramps.ltp.filter((ramp) => ramp.device === device),
    ltd: ramps.ltd.filter((ramp) => ramp.device === device),
  }));
  // Those of one direction alone are in the tables of all, and told of where ramps are read.
  const whole = devices.filter(({ ltp, ltd }) => ltp.length > 0 && ltd.length > 0);
  if (whole.length < 2) return { pairs: [], warnings: [] };
  const made = whole.map((own) => pairOf(own, options));
  const warnings = made.flatMap(({ warning }) => warning ?? []);
  const pairs = made.flatMap(({ pair }) => pair ?? []);
  const apart = pairs.length < 2 ? undefined : together(pairs);
  const told = 'all cells get the tables of all devices together';
  if (pairs.length >= 2 && apart === undefined) return { pairs, warnings };
  return {
    pairs: [],
    warnings: [...warnings, `${apart ?? 'fewer than two devices have tables of their own'}: ${told}`],
  };
}

function pairOf(own: RampSet, options: LookupOptions): { readonly pair?: TablePair; readonly warning?: string } {
  try {
    const { increasing, decreasing } = fitLookup(own, options);
    return { pair: { increasing, decreasing } };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { file, cell } = own.ltp[0]!;
    const device = cell === undefined ? file : `${file}: device ${cell}`;
    return { warning: `${device} has no tables of its own: ${error.parts.what}` };
  }
}

/** Why the devices cannot be in one array. */
function together(pairs: readonly TablePair[]): string | undefined {
  const { gMin, gMax } = sharedRange(pairs.flatMap(({ increasing, decreasing }) => [increasing, decreasing]));
  if (gMin >= gMax) return 'the devices share no conductances';
  const against = tableAgainst(pairs, window);
  return against && `the ${against.table} table of device ${against.pair + 1} leads the wrong way in the range of all`;
}
