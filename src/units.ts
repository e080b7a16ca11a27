import { UsageError } from './errors.js';

/** The physical dimensions that configs use. Inside, every value is in the SI unit named here. */
export type Dimension =
  | 'conductance'
  | 'resistance'
  | 'voltage'
  | 'current'
  | 'capacitance'
  | 'time'
  | 'frequency'
  | 'temperature'
  | 'energy'
  | 'power'
  | 'length';

interface UnitSystem {
  readonly si: string;
  /** Symbol without prefix → factor to SI; a prefix may stand before each. */
  readonly symbols: Readonly<Record<string, number>>;
  /** Whole unit words that take no prefix → [factor, offset]: SI = value·factor + offset. */
  readonly words: Readonly<Record<string, readonly [factor: number, offset: number]>>;
}

const systems: Readonly<Record<Dimension, UnitSystem>> = {
  conductance: { si: 'S', symbols: { S: 1 }, words: { mho: [1, 0] } },
  resistance: { si: 'ohm', symbols: { ohm: 1, Ohm: 1, Ω: 1 }, words: {} },
  voltage: { si: 'V', symbols: { V: 1 }, words: {} },
  current: { si: 'A', symbols: { A: 1 }, words: {} },
  capacitance: { si: 'F', symbols: { F: 1 }, words: {} },
  time: { si: 's', symbols: { s: 1 }, words: { min: [60, 0], h: [3600, 0], d: [86400, 0] } },
  frequency: { si: 'Hz', symbols: { Hz: 1 }, words: { '/s': [1, 0] } },
  temperature: { si: 'K', symbols: { K: 1 }, words: { degC: [1, 273.15], '°C': [1, 273.15] } },
  power: { si: 'W', symbols: { W: 1 }, words: {} },
  energy: { si: 'J', symbols: { J: 1 }, words: { eV: [1.602176634e-19, 0], meV: [1.602176634e-22, 0] } },
  length: { si: 'm', symbols: { m: 1 }, words: {} },
};

const prefixes: Readonly<Record<string, number>> = {
  ...{ '': 1, f: 1e-15, p: 1e-12, n: 1e-9, u: 1e-6, µ: 1e-6, μ: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9 },
};

const quantity = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([^\s\d.+-]\S*)\s*$/u;

/** `0,1 V`, as it is written in much of the world. */
const decimalComma = /^\s*[+-]?\d+,\d+(?:[eE][+-]?\d+)?\s*[^\s\d.,+-]\S*\s*$/u;

/** The SI unit's symbol of a dimension. */
export function siUnit(dimension: Dimension): string {
  return systems[dimension].si;
}

/**
 * Parses a quantity with its unit, as configs hold it.
 * @param text - for example `50 uS`, `1 ms`, `100 degC`
 * @returns the value in SI units: S, ohm, V, A, F, s, Hz, K, J
 * @throws UsageError where the unit is missing, unknown or of another dimension
 */
export function parseQuantity(text: string, dimension: Dimension): number {
  if (decimalComma.test(text)) {
    const what = `got ${JSON.stringify(text)}, which has a decimal comma, expected a number with a unit of ${dimension}`;
    throw new UsageError({ where: 'quantity', what, remedy: `write ${text.trim().replace(',', '.')}` });
  }
  const match = quantity.exec(text);
  if (!match) {
    const what = `got ${JSON.stringify(text)}, expected a number with a unit of ${dimension}`;
    throw new UsageError({ where: 'quantity', what, remedy: quantityHint(dimension) });
  }
  const scale = unitScale(match[2]!, dimension);
  if (!scale) throw wrongUnit(match[2]!, text, dimension);
  const [factor, offset] = scale;
  const value = Number(match[1]) * factor + offset;
  if (Number.isFinite(value)) return value;
  throw new UsageError({ where: 'quantity', what: `got ${JSON.stringify(text)}, which is beyond any double` });
}

/** A quantity of whatever dimension its unit has, in SI units, with the unit as written; undefined where a text is none. */
export function readQuantity(
  text: string,
): { readonly value: number; readonly dimension: Dimension; readonly unit: string } | undefined {
  const [, digits, unit] = quantity.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  for (const dimension of Object.keys(systems) as Dimension[]) {
    const scale = unitScale(unit, dimension);
    const value = scale && Number(digits) * scale[0] + scale[1];
    if (value !== undefined && Number.isFinite(value)) return { value, dimension, unit };
  }
  return undefined;
}

/** An SI value in another unit of its dimension, without the last bit that a product leaves: 4e-5 S in nS is 40000. */
export function inUnit(value: number, unit: string, dimension: Dimension): number {
  const scale = unitScale(unit, dimension);
  if (!scale) throw wrongUnit(unit, `${value} ${unit}`, dimension);
  return Number(((value - scale[1]) / scale[0]).toPrecision(14));
}

function unitScale(unit: string, dimension: Dimension): readonly [number, number] | undefined {
  const system = systems[dimension];
  if (Object.hasOwn(system.words, unit)) return system.words[unit]!;
  for (const [symbol, factor] of Object.entries(system.symbols)) {
    if (!unit.endsWith(symbol)) continue;
    const prefix = unit.slice(0, unit.length - symbol.length);
    if (Object.hasOwn(prefixes, prefix)) return [factor * prefixes[prefix]!, 0];
  }
  return undefined;
}

function wrongUnit(unit: string, text: string, dimension: Dimension): UsageError {
  const what = `got the unit ${JSON.stringify(unit)}, expected a unit of ${dimension}`;
  const remedy = reciprocalHint(unit, text, dimension) ?? quantityHint(dimension);
  return new UsageError({ where: 'quantity', what, remedy });
}

/** A resistance given for a conductance, or the reverse, as what was asked for; undefined for any other unit. */
function reciprocalHint(unit: string, text: string, dimension: Dimension): string | undefined {
  const inverse = new Map<Dimension, Dimension>([
    ['conductance', 'resistance'],
    ['resistance', 'conductance'],
  ]).get(dimension);
  if (inverse === undefined || !unitScale(unit, inverse)) return undefined;
  const value = parseQuantity(text, inverse);
  return value > 0 ? `${text.trim()} is ${formatQuantity(1 / value, dimension)}` : undefined;
}

/** How a quantity is written: an example, and the units that there are. */
export function quantityHint(dimension: Dimension): string {
  const { symbols, words } = systems[dimension];
  const prefixed = `${Object.keys(symbols).join(', ')} with or without a prefix (f p n u m k M G)`;
  return `write for example ${example(dimension)}; units: ${[prefixed, ...Object.keys(words)].join(', ')}`;
}

function example(dimension: Dimension): string {
  const examples: Record<Dimension, string> = {
    conductance: '50 uS',
    resistance: '20 kohm',
    voltage: '0.2 V',
    current: '1 uA',
    capacitance: '10 fF',
    time: '50 us',
    frequency: '1e12 Hz',
    temperature: '100 degC',
    energy: '1.2 eV',
    power: '0.16 nW',
    length: '20 nm',
  };
  return examples[dimension];
}

/** Writes an SI value with an engineering prefix, at most four significant digits: `1.5e-6` S → `1.5 uS`. */
export function formatQuantity(value: number, dimension: Dimension): string {
  const unit = siUnit(dimension);
  const steps: readonly (readonly [string, number])[] = [
    ...[['G', 1e9] as const, ['M', 1e6] as const, ['k', 1e3] as const, ['', 1] as const, ['m', 1e-3] as const],
    ...[['u', 1e-6] as const, ['n', 1e-9] as const, ['p', 1e-12] as const, ['f', 1e-15] as const],
  ];
  if (value === 0 || dimension === 'temperature') return `${Number(value.toPrecision(6))} ${unit}`;
  // By what is printed: 0.99999 uS is 1 uS and not 1000 nS.
  const printed = Math.abs(Number(value.toPrecision(4)));
  const [prefix, factor] = steps.find(([, f]) => printed >= f * (1 - 1e-9)) ?? steps[steps.length - 1]!;
  return `${Number((value / factor).toPrecision(4))} ${prefix}${unit}`;
}
