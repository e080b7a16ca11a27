import { UsageError } from '../../../errors.js';
import { formatQuantity, parseQuantity, type Dimension } from '../../../units.js';

export interface UnitOptions {
  /** Unit of the values, instead of what the file says. */
  readonly unit?: string | undefined;
  /** [V]; turns currents into conductances. */
  readonly readVoltage?: number | undefined;
}

const dimensions: readonly Dimension[] = ['conductance', 'current', 'resistance', 'voltage', 'time'];

const spelled: Readonly<Record<string, string>> = {
  siemens: 'S',
  ampere: 'A',
  ohms: 'ohm',
};

/** What a unit measures; undefined where it is none that ramps come in. */
export function unitDimension(unit: string | undefined): Dimension | undefined {
  return unit === undefined ? undefined : dimensions.find((dimension) => factorOf(unit, dimension) !== undefined);
}

/** Whether two units are one, however they are spelled. */
export function sameUnit(a: string, b: string): boolean {
  const dimension = unitDimension(a);
  if (dimension === undefined) return a === b;
  return dimension === unitDimension(b) && factorOf(a, dimension) === factorOf(b, dimension);
}

const factors = new Map<string, number | undefined>();

/** Factor to SI; undefined where the unit is none of the dimension. Kept, since each value of a table asks for it. */
function factorOf(unit: string, dimension: Dimension): number | undefined {
  const key = `${dimension} ${unit}`;
  if (!factors.has(key)) factors.set(key, parsedFactor(unit, dimension));
  return factors.get(key);
}

function parsedFactor(unit: string, dimension: Dimension): number | undefined {
  try {
    return parseQuantity(`1 ${normalised(unit)}`, dimension);
  } catch {
    return undefined;
  }
}

function normalised(unit: string): string {
  return spelled[unit.toLowerCase()] ?? unit.replace(/ohms$/, 'ohm');
}

/**
 * A value as conductance: itself, the reciprocal of a resistance, or a current over the read voltage.
 * @throws UsageError where the unit is not known, or the conductance is not above zero
 */
export function siemensOf(value: number, written: string | undefined, where: string, options: UnitOptions): number {
  const unit = options.unit ?? written ?? (options.readVoltage === undefined ? undefined : 'A');
  const [place] = where.split(/:\d+: /);
  if (unit === undefined) {
    const remedy = 'say --unit S (or uS, kohm), or --read-voltage 0.1V for currents in ampere';
    throw new UsageError({ where: place!, what: 'says no unit of its values', remedy });
  }
  const conductance = converted(value, unit, place!, options);
  if (conductance > 0 && Number.isFinite(conductance)) return conductance;
  const shown = Number.isFinite(conductance) ? formatQuantity(conductance, 'conductance') : 'no conductance';
  const which = unitDimension(unit) === 'conductance' ? '' : `, which is ${shown}`;
  const what = `got ${value} ${unit}${which}, expected a conductance above zero`;
  const remedy =
    'check the sign of the read voltage and the offset of the meter, leave the ramp out with --skip-bad, or pick the columns of values with --values';
  throw new UsageError({ where, what, remedy });
}

function converted(value: number, unit: string, place: string, { readVoltage }: UnitOptions): number {
  const dimension = unitDimension(unit);
  const si = value * (dimension === undefined ? NaN : factorOf(unit, dimension)!);
  if (dimension === 'conductance') return si;
  if (dimension === 'resistance') return 1 / si;
  if (dimension !== 'current') {
    const what = `got the unit ${JSON.stringify(unit)}, expected one of conductance, resistance or current`;
    throw new UsageError({ where: place, what, remedy: 'say --unit S, kohm or uA' });
  }
  if (readVoltage !== undefined) return si / readVoltage;
  throw new UsageError({
    where: place,
    what: 'holds currents',
    remedy: 'say --read-voltage, as in --read-voltage 0.1V',
  });
}
