import { stringify } from 'yaml';
import { labelOfAlpha } from '../../device/nonlinearity.js';
import { unitDimension } from '../../device/fit/reading/column-units.js';
import { sharedRange } from '../../device/table-grid.js';
import { formatQuantity } from '../../units.js';
import type { RampFit } from '../../device/fit/estimate.js';
import type { LookupFit } from '../../device/fit/lookup.js';
import type { DeviceSpread } from '../../device/fit/device-spread.js';
import { readNoiseOf } from './device-tables.js';
import type { TableNames } from './output.js';

/** What a device file says of where it comes from. */
export interface Sources {
  readonly name: string;
  /** Files of the ramps, as the user named them. */
  readonly files: readonly string[];
  readonly ramps: { readonly ltp: number; readonly ltd: number };
  /** The lowest and the highest reading of all. */
  readonly measured: Range;
  /** In what its values were taken. */
  readonly reading: string;
}

/** The unit and the voltage that ramps were read with: a factor of ten in either is one in every conductance. */
export function readingWords(units: readonly string[], readVoltage: number | undefined): string {
  const currents = units.some((unit) => unitDimension(unit) === 'current');
  const voltage = currents && readVoltage !== undefined ? `, read at ${formatQuantity(readVoltage, 'voltage')}` : '';
  return `Values taken in ${units.join(', ')}${voltage}`;
}

/** The device file of a fit: `mho run … --set device=<file>` trains with it. */
export function deviceYaml(fit: RampFit, sources: Sources): string {
  const { model, device, options } = fit;
  const to = `to the mean of ${sources.ramps.ltp} LTP and ${sources.ramps.ltd} LTD ramps of ${sources.files.join(', ')}`;
  const bounds =
    model === 'exponential' || model === 'linear'
      ? `fitted: ${options.range === 'overlap' ? 'the conductances that both branches cover' : 'all conductances that either branch covers'}, ${to}`
      : `fitted: the bounds that steps shrink towards, ${to}`;
  const noise = `fitted: random-walk part of the steps (autocovariance over repeated ramps)${hiddenWords(fit)}`;
  return stringify(
    {
      ...heading(model, sources, [device.gMin, device.gMax]),
      model,
      gMin: siemens(device.gMin),
      gMax: siemens(device.gMax),
      ...modelKeys(fit),
      cycleToCycle: rounded(device.cycleToCycle),
      readNoise: rounded(device.readNoise),
      ...spreadKeys(fit),
      origin: {
        ...{ gMin: bounds, gMax: bounds, states: `fitted: pulses of each curve over that range, ${to}` },
        ...(model === 'exponential' ? { nonlinearity: `fitted: ${to}` } : {}),
        ...(model === 'power' ? { gamma: `fitted: ${to}` } : {}),
        cycleToCycle: noise,
        readNoise: 'fitted: part of the steps that the next read takes back',
        ...(fit.spread
          ? { deviceToDevice: `fitted: spread over ${fit.spread.count} devices, each fitted by itself` }
          : {}),
      },
    },
    { lineWidth: 0, singleQuote: true },
  );
}

/** Of noise that read noise hides, what it is below. */
function hiddenWords({ estimates, options }: RampFit): string {
  const { low, high } = estimates.cycleToCycle!;
  if (low !== 0 || high === null || high === 0) return '';
  return `; not told from zero beside read noise, at most ${rounded(high)} with ${Number((100 * options.confidence).toPrecision(4))} %`;
}

/**
 * The device file of lookup tables, which lie beside it.
 * @param fits - of each device, with the names of its tables in `tables`
 */
export function lookupYaml(fits: readonly LookupFit[], sources: Sources, tables: readonly TableNames[]): string {
  const measured = `measured: ${sources.files.join(', ')}`;
  const { gMin, gMax } = sharedRange(fits.flatMap(({ increasing, decreasing }) => [increasing, decreasing]));
  const each = fits.length === 1 ? '' : `, root mean square of ${fits.length} devices`;
  return stringify(
    {
      ...heading('lookup-table', sources, [gMin, gMax]),
      model: 'lookup-table',
      files: tables.length === 1 ? tables[0] : tables,
      readNoise: rounded(readNoiseOf(fits)),
      origin: {
        tables: `${measured}; quantiles of the steps by conductance`,
        readNoise: `fitted: part of the steps that the next read takes back${each}`,
      },
    },
    { lineWidth: 0, singleQuote: true },
  );
}

function heading(model: string, { name, files, ramps, measured, reading }: Sources, range: Range) {
  const description = `Fitted by mho fit as ${model} to ${ramps.ltp} LTP and ${ramps.ltd} LTD ramps. ${reading}.`;
  const validity =
    `${validRange(range, measured)}, with the pulses, the read voltage and the temperature of the ` +
    'measurement; retention was not measured.';
  return { name, description, source: files.join(', '), validity };
}

/** Lowest and highest conductance [S]. */
type Range = readonly [low: number, high: number];

/**
 * Where a device's steps were measured. Readings go a little further than a range that is fitted to their means; bounds that
 * steps shrink towards may lie beyond all of them.
 */
function validRange([gMin, gMax]: Range, [low, high]: Range): string {
  const words = (from: number, to: number): string => `${siemens(from)} to ${siemens(to)}`;
  if (low <= gMin && gMax <= high)
    return `Over its whole range, ${words(gMin, gMax)} (single readings lie from ${words(low, high)})`;
  const within = words(Math.max(low, gMin), Math.min(high, gMax));
  return `From ${within}, where there are readings; in the rest of its range, ${words(gMin, gMax)}, by its model alone`;
}

function modelKeys({ device }: RampFit): object {
  const { ltp, ltd } = device.states;
  const states = ltp === ltd ? ltp : { ltp, ltd };
  const { alpha, gamma } = device;
  if (alpha) return { states, nonlinearity: { ltp: notation(alpha.ltp), ltd: notation(alpha.ltd) } };
  return gamma ? { states, gamma: { ltp: rounded(gamma.ltp), ltd: rounded(gamma.ltd) } } : { states };
}

/** The label, or α where the curve is steeper than any label. */
function notation(alpha: number): object {
  const label = labelOfAlpha(alpha);
  return Math.abs(label) <= 9 ? { label: rounded(label) } : { alpha: rounded(alpha) };
}

function spreadKeys({ spread }: RampFit): object {
  if (!spread) return {};
  return { deviceToDevice: limited(spread) };
}

function limited({ sigma }: DeviceSpread) {
  const of = (value: number, most: number): number => rounded(Math.min(most, value));
  return {
    ...{ ltp: of(sigma.ltp.sigma, 5), ltd: of(sigma.ltd.sigma, 5) },
    ...{ gMax: of(sigma.gMax.sigma, 0.5), gMin: of(sigma.gMin.sigma, 0.5) },
  };
}

/** Six significant digits: a hundredth of any interval. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** An SI value that the parser reads back to six digits. */
export function siemens(value: number): string {
  const steps = [
    ['', 1],
    ['m', 1e-3],
    ['u', 1e-6],
    ['n', 1e-9],
    ['p', 1e-12],
    ['f', 1e-15],
  ] as const;
  const [prefix, factor] = steps.find(([, f]) => value >= f) ?? steps.at(-1)!;
  return `${rounded(value / factor)} ${prefix}S`;
}
