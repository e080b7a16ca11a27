import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { loadDevice } from '../../src/experiment/loader.js';
import { drawRamps } from '../device/fit/synthetic.js';
import { Scratch, smallExperiment } from '../experiment/scratch.js';
import { CompiledCommand } from './compiled.js';

let mho: CompiledCommand;
let scratch: Scratch;
beforeAll(() => {
  mho = new CompiledCommand();
});
afterAll(() => {
  mho.remove();
});
beforeEach(() => {
  scratch = new Scratch();
  const drawn = drawRamps(
    { gMin: 2e-6, gMax: 12e-6, pulses: 30, alpha: { ltp: 2, ltd: -1 }, programming: 0.004, read: 0.002, ramps: 6 },
    1,
  );
  for (const branch of ['ltp', 'ltd'] as const) {
    const rows = drawn[branch][0]!.values.map((_, p) =>
      drawn[branch].map(({ values }) => values[p]! * 0.1e6).join(','),
    );
    scratch.write(
      `${branch}.csv`,
      `measured 2026\n${drawn[branch].map((_, i) => `I${i} (uA)`).join(',')}\n${rows.join('\n')}\n`,
    );
  }
  scratch.write('small.yaml', smallExperiment.replaceAll(/units: (\d+)/g, 'units: $1\n      weightLimit: 2'));
});
afterEach(() => {
  scratch.remove();
});

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const fit = (...args: string[]) =>
  mho.run(['fit', 'ltp.csv', '--reset', 'ltd.csv', '--resamplings', '20', ...args], scratch.folder);
const given = ['--read-voltage', '0.1V'];

describe('mho fit', () => {
  it.skipIf(!orhdIsHere)('makes a device that trains', { timeout: 240_000 }, async () => {
    const { code, stdout } = await fit(...given, '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { model: string; files: Record<string, string> };
    expect(result.model).toBe('exponential');
    const { config } = loadDevice(scratch.path('device.yaml'));
    expect(config).toMatchObject({ model: 'exponential', states: { ltp: expect.any(Number) as number } });
    const origins = Object.values(config.origin!);
    expect(origins.every((origin) => origin.startsWith('fitted: '))).toBe(true);
    expect(readFileSync(scratch.path('device.report.md'), 'utf8')).toMatch(/\| `ltp\.A` \| 1\d\.?\d* \|/);
    expect(readFileSync(scratch.path('device.fit.svg'), 'utf8')).toContain('conductance (µS)');
    expect(readFileSync(scratch.path('device.fit.png')).subarray(1, 4).toString()).toBe('PNG');
    const run = await mho.run(['run', 'small.yaml', '--set', 'device=device.yaml', '--json'], scratch.folder);
    expect(run.code).toBe(0);
  });

  it.skipIf(!orhdIsHere)('makes tables that train', { timeout: 240_000 }, async () => {
    const { code } = await fit(...given, '--model', 'lookup-table', '--bins', '10', '-o', 'lut.yaml');
    expect(code).toBe(0);
    expect(scratch.names()).toEqual(expect.arrayContaining(['lut.increasing.txt', 'lut.decreasing.txt', 'lut.yaml']));
    const run = await mho.run(['run', 'small.yaml', '--set', 'device=lut.yaml', '--json'], scratch.folder);
    expect(run.code).toBe(0);
  });

  it.each([
    [['--read-voltage', '0.1'], /^--read-voltage: got "0\.1"/],
    [['--read-voltage', '0V'], /^--read-voltage: got "0V", expected a voltage other than zero/],
    [[...given, '--model', 'exponentail'], /did you mean exponential\?/],
    [[...given, '--bins', 'many'], /^--bins: got "many", expected a number/],
    [[...given, '-o', 'no/such/device.yaml'], /its folder no\/such does not exist/],
    [[], /^ltp\.csv: holds currents; say --read-voltage/],
  ])('refuses %j and writes nothing', async (args, message) => {
    const before = scratch.names();
    const { code, stdout, stderr } = await fit(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(scratch.names()).toEqual(before);
  });

  it('names what is not there', async () => {
    expect((await mho.run(['fit', 'nothing.csv'], scratch.folder)).stderr).toMatch(/^fit: no such file nothing\.csv/);
    expect((await mho.run(['fit'], scratch.folder)).stderr).toMatch(/^mho fit: no ramps were named/);
    const alone = await mho.run(['fit', 'ltp.csv', ...given], scratch.folder);
    expect(alone.stderr).toMatch(/^ltp\.csv: holds potentiation alone/);
  });
});

/** Sandia's ramps, where the working copy has them beside it. */
const taox = path.resolve('../shared/measurements/taox-ramps');
const taoxIsHere = await import('node:fs').then(({ existsSync }) => existsSync(path.join(taox, 'set.csv')));

describe.skipIf(!taoxIsHere)('the TaOx ramps', () => {
  it('are read whole, and are of the exponential form', { timeout: 240_000 }, async () => {
    const files = [path.join(taox, 'set.csv'), '--reset', path.join(taox, 'reset.csv')];
    const args = ['fit', ...files, ...given, '--resamplings', '20', '--json'];
    const { code, stdout } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { model: string; ramps: object; device: { gMin: number; gMax: number } };
    expect(result).toMatchObject({ model: 'exponential', ramps: { ltp: 39, ltd: 40 } });
    // The file's own ends: 160 to 165 µA and 245 to 248 µA at 0.1 V.
    expect(result.device.gMin).toBeGreaterThan(1.6e-3);
    expect(result.device.gMin).toBeLessThan(1.67e-3);
    expect(result.device.gMax).toBeGreaterThan(2.42e-3);
    expect(result.device.gMax).toBeLessThan(2.49e-3);
  });
});
