import { expect } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { bits, fold, keyOf, uniform, type Key } from '../../src/random.js';
import type { z } from 'zod';
import { crossbarSchema, type Converters, type CrossbarConfig } from '../../src/crossbar/schema.js';
import { compileCrossbar, type CrossbarProgram, type CrossbarState } from '../../src/crossbar/program.js';
import { compileDevice, deviceSchema, type DeviceConfig } from '../../src/device/registry.js';
import { tabulate, type Response } from '../../src/device/response.js';
import { compileRetention, retentionSchema } from '../../src/device/retention/registry.js';
import { createReplica } from '../../src/training/network.js';
import { networkSchema, trainingSchema } from '../../src/training/schema.js';
import type { OnlineSgdProgram, Replica, Samples } from '../../kernels/online-sgd/contract.js';
import type { Activation, Loss } from '../../kernels/arithmetic.js';

/** Devices, crossbars, networks and samples that the kernels' tests are run with. */

const range = { gMin: '1 uS', gMax: '21 uS' };
const curve = { ...range, states: 30, nonlinearity: { ltp: { label: 1.5 }, ltd: { label: -2 } } };

const conductance = [1e-6, 6e-6, 11e-6, 16e-6, 21e-6];
// Measured tables are denser towards the tails: several probabilities within a 1024th, and within a 256th of that.
const cdf = [0, 0.0000008, 0.0000016, 0.0001, 0.0005, 0.001, 0.0025, 0.05, 0.3, 0.5, 0.8, 0.99, 0.999, 1];

/** A measured table in small: steps that shrink towards the bound, with a skewed spread. */
function measured(sign: 1 | -1, size = 1): { conductance: number[]; cdf: number[]; delta: number[][] } {
  const step = (g: number): number => size * sign * 1e-6 * (1.2 - (0.8 * (sign > 0 ? g : 22e-6 - g)) / 21e-6);
  return { conductance, cdf, delta: cdf.map((q) => conductance.map((g) => step(g) + 8e-7 * (q * q - 0.3))) };
}

const configs = {
  ideal: { model: 'ideal' },
  exponential: { model: 'exponential', ...curve },
  'noisy exponential': { model: 'exponential', ...curve, cycleToCycle: 0.0228 },
  'exponential with device-to-device spread and read noise': {
    model: 'exponential',
    ...curve,
    cycleToCycle: 0.01,
    readNoise: 0.05,
    deviceToDevice: { ltp: 0.5, ltd: 0.5, gMax: 0.1, gMin: 0.05 },
  },
  linear: { model: 'linear', ...range, states: 40, cycleToCycle: 0.01 },
  'soft bounds': { model: 'soft-bounds', ...range, states: 25, cycleToCycle: 0.02, readNoise: 0.02 },
  'linear with falling steps, step noise and every spread': {
    ...{ model: 'linear', ...range, states: { ltp: 40, ltd: 25 }, slope: { ltp: 0.6, ltd: 0.9 } },
    ...{ cycleToCycle: 0.005, stepNoise: 0.3 },
    deviceToDevice: {
      ...{ ltp: 0.1, ltd: 0.1, gMax: 0.1, gMin: 0.05, step: 0.3, asymmetry: 0.05 },
      ...{ slope: { ltp: 0.1, ltd: 0.1 }, stepsOf: 'nominal-range' },
    },
  },
  'exponential with write noise': { model: 'exponential', ...curve, cycleToCycle: 0.01, writeNoise: 0.03 },
  'power with step noise, write noise and read noise': {
    ...{ model: 'power', ...range, states: 30, gamma: { ltp: 1.7, ltd: 0.5 } },
    ...{ stepNoise: 0.4, writeNoise: 0.05, readNoise: 0.02 },
    deviceToDevice: { step: 0.3, gMax: 0.1, gMin: 0.05 },
  },
  'soft bounds with step noise': { model: 'soft-bounds', ...range, states: 25, stepNoise: 0.5 },
  power: { model: 'power', ...range, states: 30, gamma: { ltp: 1.7, ltd: 0.5 } },
  'power with step noise and every spread': {
    ...{ model: 'power', ...range, states: { ltp: 30, ltd: 20 }, gamma: { ltp: 2.5, ltd: 1.2 } },
    ...{ cycleToCycle: 0.005, stepNoise: 0.4, readNoise: 0.02 },
    deviceToDevice: { step: 0.3, asymmetry: 0.1, gMax: 0.1, gMin: 0.05, gamma: 0.1, gammaAsymmetry: 0.05 },
  },
  'exponential step': {
    ...{ model: 'exponential-step', ...range, states: 30, a: 0.244, b: 0.2425, stepNoise: 0.2 },
    ...{ amplitude: { ltp: 0.00081, ltd: 0.36833 }, gamma: { ltp: 12.44625, ltd: 12.78785 } },
    deviceToDevice: { step: 0.2, gMax: 0.1, gMin: 0.05, stepsOf: 'nominal-range' },
  },
  piecewise: {
    ...{ model: 'piecewise', ...range, states: 30, cycleToCycle: 0.01 },
    nodes: { ltp: [1.2, 1, 0.7, 0], ltd: [0.1, 0.8, 1, 1.5] },
  },
  'lookup table': {
    model: 'lookup-table',
    readNoise: 0.02,
    tables: { increasing: measured(1), decreasing: measured(-1) },
  },
  'lookup tables of three devices': {
    model: 'lookup-table',
    readNoise: 0.02,
    tables: [1, 0.6, 1.5].map((size) => ({ increasing: measured(1, size), decreasing: measured(-1, 1 / size) })),
  },
} as const;

export type DeviceName = keyof typeof configs | 'tabulated exponential';

export const deviceNames: readonly DeviceName[] = [
  ...(Object.keys(configs) as (keyof typeof configs)[]),
  'tabulated exponential',
];

export function deviceConfig(name: Exclude<DeviceName, 'tabulated exponential'>): DeviceConfig {
  return deviceSchema.parse(configs[name]);
}

let tabulated: Response | undefined;

/** Response tables of a device; those of the tabulated one stand for a noisy exponential cell. */
export function responseOf(name: DeviceName, window: readonly [number, number] = [0.25, 0.75]): Response {
  if (name !== 'tabulated exponential') return compileDevice(deviceConfig(name), { window });
  // Its normal quantiles are found by bisection, too slowly to do it for every case.
  tabulated ??= tabulatedOf(compileDevice(deviceConfig('noisy exponential'), { window }));
  return tabulated;
}

function tabulatedOf(response: Response): Response {
  if (response.kind !== 'affine') throw new TypeError('only an affine response can be tabulated');
  return tabulate(response, 17, 33);
}

/** One class of traps and several, alike and with a spread between cells, towards the bottom and towards the middle. */
export const retentions = {
  'one class': { model: 'arrhenius', activationEnergy: '1.1 eV' },
  'one class with spread': { model: 'arrhenius', activationEnergy: '1.1 eV', spread: '0.03 eV', unprogrammed: 0.4 },
  'several classes': { model: 'gaussian-traps', depth: '1.12 eV', width: '0.04 eV', unprogrammed: 0.4 },
  'several classes with spread': { model: 'gaussian-traps', depth: '1.12 eV', width: '0.04 eV', spread: '0.03 eV' },
  'power law': { model: 'power-law', exponent: 0.1, referenceTime: '1 s' },
  'power law with spread': {
    model: 'power-law',
    exponent: 0.1,
    exponentSpread: 0.2,
    referenceTime: '1 s',
    unprogrammed: 0.2,
  },
} as const;

export type RetentionName = keyof typeof retentions;

/** The same crossbar of cells that forget; the ideal one as it is. */
export function forgetful(crossbar: CrossbarProgram, name: RetentionName): CrossbarProgram {
  const { response } = crossbar;
  if (response.kind === 'ideal') return crossbar;
  const retention = compileRetention(retentionSchema.parse(retentions[name]));
  return { ...crossbar, response: { ...response, retention } };
}

/** A converter at each of the six places, of a different width each. */
export const allConverters: Converters = {
  forwardInput: { bits: 7, max: 1 },
  forwardOutput: { bits: 7, max: 6 },
  backwardInput: { bits: 7, max: 1 },
  backwardOutput: { bits: 6, max: 4 },
  updateInput: { bits: 4, max: 1 },
  updateError: { bits: 6, max: 0.5 },
};

/** A crossbar's config as a file writes it. */
export type CrossbarWritten = z.input<typeof crossbarSchema>;

export function crossbarConfig(options: CrossbarWritten = {}): CrossbarConfig {
  return crossbarSchema.parse(options);
}

/** One crossbar, ±1 at its window's edges. */
export function crossbarOf(
  rows: number,
  cols: number,
  device: DeviceName | Response,
  options: CrossbarWritten = {},
): CrossbarProgram {
  const config = crossbarConfig(options);
  const response = typeof device === 'string' ? responseOf(device, config.window) : device;
  return compileCrossbar(config, response, { rows, cols, weightLimit: 1 });
}

export interface Network {
  /** Inputs, then the units of each layer; a bias comes on top. */
  readonly sizes: readonly [number, number, ...number[]];
  readonly device: DeviceName;
  readonly crossbar?: CrossbarWritten;
  /** Of the last layer; those below are `hidden` (sigmoid). */
  readonly activation?: Activation;
  readonly hidden?: Activation;
  readonly bias?: boolean;
  readonly loss?: Loss;
  readonly errorPath?: OnlineSgdProgram['errorPath'];
  readonly learningRate?: number;
  /** Of the last layer alone. */
  readonly lastRate?: number;
}

/** A network with its initial weights, through the very functions that an experiment goes through. */
export function replicaOf(network: Network, seed: number): Replica {
  const { sizes, device, activation = 'sigmoid', hidden = 'sigmoid', bias = false } = network;
  const { loss = 'squared-error', errorPath = 'after-update', learningRate = 0.5 } = network;
  const [inputs, ...units] = sizes;
  const layers = units.map((count, l) => ({
    units: count,
    activation: l === units.length - 1 ? activation : hidden,
    weightLimit: 1,
    ...(network.lastRate !== undefined && l === units.length - 1 && { learningRate: network.lastRate }),
  }));
  const isTabulated = device === 'tabulated exponential';
  const spec = {
    inputs,
    network: networkSchema.parse({ bias, layers }),
    crossbar: crossbarConfig(network.crossbar),
    device: deviceConfig(isTabulated ? 'noisy exponential' : device),
    training: trainingSchema.parse({ loss, learningRate, epochs: 1, errorPath }),
  };
  const replica = createReplica(spec, seed);
  return isTabulated ? withResponse(replica, responseOf(device)) : replica;
}

function withResponse(replica: Replica, response: Response): Replica {
  const layers = replica.program.layers.map((layer) => ({ ...layer, crossbar: { ...layer.crossbar, response } }));
  return { ...replica, program: { ...replica.program, layers } };
}

/** A key for a test's own choices, apart from every stream that kernels use. */
export function testKey(word: number): Key {
  return fold(keyOf(word, 'trainSubset'), 0x7e57);
}

export function integerBelow(limit: number, key: Key, counter: number): number {
  return Math.floor((bits(key, counter) / 2 ** 32) * limit);
}

/** Uniform floats of [low, high), shape [count]. */
export function uniforms(count: number, low: number, high: number, key: Key): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => low + (high - low) * uniform(key, i));
}

export interface SampleChoice {
  readonly kind: Samples['kind'];
  readonly count: number;
  readonly features: number;
  readonly classes: number;
  /** The commonest input. */
  readonly background: number;
  readonly seed?: number;
}

/** Samples of which about 60 % of the inputs are the background; the others lie in −0.9 … 1.1. */
export function samplesOf({ kind, count, features, classes, background, seed = 1 }: SampleChoice): Samples {
  const key = testKey(seed);
  const labels = Uint8Array.from({ length: count }, (_, s) => integerBelow(classes, fold(key, 1), s));
  const codes = Uint8Array.from({ length: count * features }, (_, i) => codeOf(key, i));
  const table = Float32Array.from({ length: 256 }, (_, code) => Math.fround((code - 115) / 128));
  table[backgroundCode] = background;
  const common = { labels, count, features };
  if (kind === 'codes') return { ...common, kind, codes, values: table, background: backgroundCode };
  return { ...common, kind, values: Float32Array.from(codes, (code) => table[code]!), background };
}

const backgroundCode = 3;

function codeOf(key: Key, i: number): number {
  return uniform(fold(key, 2), i) < 0.6 ? backgroundCode : integerBelow(256, fold(key, 3), i);
}

/** 0 … count − 1. */
export function everySample(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

/** The arrays of crossbars under names, for comparison. */
export function arraysOf(states: readonly CrossbarState[]): Record<string, Float32Array> {
  return Object.fromEntries(
    states.flatMap(({ plus, minus, columns, traps, hidden }, l): [string, Float32Array][] => [
      [`layer ${l}: plus`, plus],
      [`layer ${l}: minus`, minus],
      [`layer ${l}: columns`, columns],
      ...(traps
        ? Object.entries(traps).map(([name, held]): [string, Float32Array] => [
            `layer ${l}: ${name} traps`,
            held as Float32Array,
          ])
        : []),
      ...(hidden
        ? Object.entries(hidden).map(([name, cells]): [string, Float32Array] => [
            `layer ${l}: hidden ${name}`,
            cells as Float32Array,
          ])
        : []),
    ]),
  );
}

type Floats = Float32Array | Float64Array;

const bitsOf = ({ buffer, byteOffset, byteLength }: Floats): Uint32Array => {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
};

/** Expects that each array has the same bits, and names the first that has not. */
export function expectSameBits(
  actual: Readonly<Record<string, Floats>>,
  expected: Readonly<Record<string, Floats>>,
): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  const differences = Object.entries(expected).flatMap(([name, values]) => difference(name, actual[name]!, values));
  expect(differences).toEqual([]);
}

function difference(name: string, actual: Floats, expected: Floats): string[] {
  if (actual.length !== expected.length) return [`${name} has ${actual.length} values, not ${expected.length}`];
  const [a, b] = [bitsOf(actual), bitsOf(expected)];
  const word = a.findIndex((bits, i) => bits !== b[i]);
  const wrong = word < 0 ? word : Math.floor((word * actual.length) / a.length);
  return wrong < 0 ? [] : [`${name}[${wrong}] is ${actual[wrong]}, not ${expected[wrong]}`];
}

/** Whether any bit differs. */
export function differs(a: Readonly<Record<string, Float32Array>>, b: Readonly<Record<string, Float32Array>>): boolean {
  return Object.entries(a).some(([name, values]) => difference(name, values, b[name]!).length > 0);
}

/** Expects a UsageError of exactly this message. */
export function expectUsageError(action: () => unknown, message: string): void {
  const thrown = caught(action);
  expect(thrown).toBeInstanceOf(UsageError);
  expect((thrown as UsageError).message).toBe(message);
}

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
