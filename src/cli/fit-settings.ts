import type { ReadOptions } from '../device/fit/read-ramps.js';
import { familyNames } from '../device/fit/family.js';
import type { FitOptions } from '../device/fit/types.js';
import { MhoError, nearestName, UsageError } from '../errors.js';
import { parseQuantity } from '../units.js';
import { once } from './options.js';

type Text = string | readonly string[] | undefined;
type Settings = Readonly<Record<string, unknown>>;

/** What `mho fit` was told of the fit. */
export function fitSettings(args: Settings): FitOptions {
  const confidence = numeric(args, 'confidence', 0.95);
  if (!(confidence >= 0.5 && confidence < 1))
    throw wrong('confidence', `${confidence}`, 'a probability from 0.5 to below 1');
  return {
    model: oneOf(args, 'model', [...familyNames, 'lookup-table', 'auto'] as const) ?? 'auto',
    range: oneOf(args, 'range', ['overlap', 'union'] as const) ?? 'overlap',
    resamplings: whole(args, 'resamplings', 200, 20, 100_000),
    bins: whole(args, 'bins', 50, 2, 4096),
    cdfPoints: whole(args, 'cdf-points', 51, 3, 4096),
    seed: whole(args, 'seed', 1, 0, Number.MAX_SAFE_INTEGER),
    confidence,
  };
}

/** What it was told of the files. */
export function readSettings(args: Settings): ReadOptions {
  const voltage = textOf(args, 'read-voltage');
  return {
    readVoltage: voltage === undefined ? undefined : readVoltage(voltage),
    unit: textOf(args, 'unit'),
    ramps: oneOf(args, 'layout', ['columns', 'rows'] as const),
    values: textOf(args, 'values'),
    pulseColumn: textOf(args, 'pulse-column'),
    polarityColumn: textOf(args, 'polarity-column'),
    rampColumn: textOf(args, 'ramp-column'),
    skipBad: args['skip-bad'] === true,
  };
}

function textOf(args: Settings, name: string): string | undefined {
  return once(name, args[name] as Text);
}

function readVoltage(text: string): number {
  try {
    const voltage = parseQuantity(text, 'voltage');
    if (voltage !== 0) return voltage;
  } catch (error) {
    if (!(error instanceof MhoError)) throw error;
    throw new UsageError({ where: '--read-voltage', what: error.parts.what, remedy: 'write --read-voltage 0.1V' });
  }
  throw wrong('read-voltage', text, 'a voltage other than zero');
}

function oneOf<T extends string>(args: Settings, name: string, words: readonly T[]): T | undefined {
  const text = textOf(args, name);
  if (text === undefined) return undefined;
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  const near = nearestName(text, words);
  throw wrong(name, text, `one of ${words.join(', ')}`, near === undefined ? undefined : `did you mean ${near}?`);
}

function whole(args: Settings, name: string, otherwise: number, least: number, most: number): number {
  const value = numeric(args, name, otherwise);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw wrong(name, `${value}`, `a whole number from ${least} to ${most}`);
}

function numeric(args: Settings, name: string, otherwise: number): number {
  const text = textOf(args, name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw wrong(name, text, 'a number');
}

function wrong(name: string, got: string, expected: string, remedy?: string): UsageError {
  const what = `got ${JSON.stringify(got)}, expected ${expected}`;
  return new UsageError({ where: `--${name}`, what, ...(remedy !== undefined && { remedy }) });
}
