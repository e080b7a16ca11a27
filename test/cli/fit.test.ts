import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { projectRoot } from '../../datasets/places.js';
import type { Ramp } from '../../src/device/fit/ramps.js';
import { loadDevice } from '../../src/experiment/loader.js';
import { keyOf } from '../../src/random.js';
import { drawRampSet, exponentialTruth } from '../device/fit/synthetic.js';
import { Scratch } from '../experiment/scratch.js';
import { CompiledCommand, finished } from './compiled.js';

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
});
afterEach(() => {
  scratch.remove();
});

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const taox = path.join(projectRoot(), '..', 'shared', 'measurements', 'taox-ramps');
const uS = 1e-6;

/** LTP ends below where LTD starts, and LTD above where LTP starts. */
const ltp = { start: 10 * uS, end: 90 * uS, alpha: 2, pulses: 30 };
const ltd = { start: 98 * uS, end: 14 * uS, alpha: -3, pulses: 24 };
const truth = exponentialTruth({ ltp, ltd, startSpread: 0.5 * uS, programming: 0.6 * uS, read: 0.2 * uS });

/** Ramps as columns, currents in microampere at 0.1 V. */
function table(ramps: readonly Ramp[], scale = 1): string {
  const rows = ramps[0]!.values.map((_, k) =>
    ramps.map(({ values }) => (values[k]! * scale * 0.1e6).toFixed(6)).join(','),
  );
  return [ramps.map(({ name }) => name).join(','), ramps.map(() => 'uA').join(','), ...rows, ''].join('\n');
}

function writeRamps(device = 0, scale = 1): void {
  const set = drawRampSet(truth, 12, keyOf(21, 'cycleToCycle'), device);
  scratch.write(`set${device}.csv`, table(set.ltp, scale));
  scratch.write(`reset${device}.csv`, table(set.ltd, scale));
}

const read = ['--read-voltage', '0.1V', '--resamplings', '60'];

describe('mho fit', () => {
  it('leaves a device file whose values are those of the ramps, and its report', async () => {
    writeRamps();
    const args = ['fit', 'set0.csv', '--reset', 'reset0.csv', ...read, '-o', 'mine.yaml', '--json'];
    const { code, stdout, stderr } = await mho.run(args, scratch.folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ model: 'exponential', device: scratch.path('mine.yaml'), notes: [], warnings: [] },
    });
    expect(scratch.names()).toEqual(['mine.fit', 'mine.yaml', 'reset0.csv', 'set0.csv']);
    expect(readdirSync(scratch.path('mine.fit')).sort()).toEqual([
      ...['curves.png', 'curves.svg', 'fit.json', 'noise.png', 'noise.svg', 'report.html'],
    ]);
    const { config } = loadDevice(scratch.path('mine.yaml'));
    if (config.model !== 'exponential') throw new TypeError(config.model);
    // The overlap: from where LTD ends to where LTP ends. 12 ramps: means are good to 0.9 uS and noise to 10 %.
    expect(config.gMin / uS).toBeCloseTo(14, -0.5);
    expect(config.gMax / uS).toBeCloseTo(90, -0.5);
    expect(config.cycleToCycle * 76).toBeGreaterThan(0.5);
    expect(config.cycleToCycle * 76).toBeLessThan(0.7);
    expect(Object.values(config.origin!).every((origin) => origin.startsWith('fitted: '))).toBe(true);
  });

  it('says what to write for a decimal comma, and where nothing can be written', async () => {
    writeRamps();
    const fit = ['fit', 'set0.csv', '--reset', 'reset0.csv'];
    const comma = await mho.run([...fit, '--read-voltage', '0,1V'], scratch.folder);
    expect([comma.code, comma.stderr]).toEqual([2, expect.stringContaining('write 0.1V') as string]);
    const nowhere = await mho.run([...fit, ...read, '-o', '/proc/b.yaml'], scratch.folder);
    expect([nowhere.code, nowhere.stderr]).toEqual([
      2,
      expect.stringMatching(/--out.*cannot write in \/proc/) as string,
    ]);
  });

  it('draws charts with words and both branches, and a page that holds them', async () => {
    writeRamps();
    await mho.run(['fit', 'set0.csv', '--reset', 'reset0.csv', ...read], scratch.folder);
    const svg = readFileSync(scratch.path('device.fit', 'curves.svg'), 'utf8');
    for (const word of [
      'LTP (potentiation)',
      'LTD (depression)',
      'conductance (µS)',
      'pulse number',
      'exponential (chosen)',
    ])
      expect(svg).toContain(word);
    const page = readFileSync(scratch.path('device.fit', 'report.html'), 'utf8');
    expect(page).toContain('LTP ends at');
    expect(page.match(/<svg/g)).toHaveLength(4);
    const png = readFileSync(scratch.path('device.fit', 'curves.png'));
    expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    // An empty white image of this size compresses to a few kilobytes.
    expect(png.length).toBeGreaterThan(30_000);
  });

  // The ramps are exponential: a power law's bounds lie beyond them, and are less sure of each device.
  it.each([
    ['exponential', 0.18],
    ['power', 0.3],
  ])('tells the spread over devices: %s', async (model, off) => {
    for (const [device, scale] of [0.9, 1, 1.05, 1.15].entries()) writeRamps(device, scale);
    const files = [0, 1, 2, 3];
    const resets = files.flatMap((d) => ['--reset', `reset${d}.csv`]);
    const args = ['fit', ...files.map((d) => `set${d}.csv`), ...resets, ...read, '--model', model];
    const { code } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    const { config } = loadDevice(scratch.path('device.yaml'));
    if (config.model !== 'exponential' && config.model !== 'power') throw new TypeError(config.model);
    // Everything scales by 0.9 … 1.15, so gMax has a standard deviation of 0.104 of itself.
    const expected = (0.104 * config.gMax) / (config.gMax - config.gMin);
    expect(Math.abs(config.deviceToDevice!.gMax / expected - 1)).toBeLessThan(off);
  });

  it('takes columns that are named after devices for devices, as files of their own would be', async () => {
    const truthOf = [0.9, 1, 1.15].map((scale, device) => ({ device, scale }));
    for (const { device, scale } of truthOf) writeRamps(device, scale);
    for (const which of ['set', 'reset']) {
      const lines = truthOf.map(({ device }) =>
        readFileSync(scratch.path(`${which}${device}.csv`), 'utf8').split('\n'),
      );
      const header = lines
        .flatMap(([names], d) => names!.split(',').map((name) => `device ${d + 1} ${name}`))
        .join(',');
      const rest = lines[0]!.slice(1, -1).map((_, k) => lines.map((own) => own[k + 1]!).join(','));
      scratch.write(`${which}.csv`, [header, ...rest, ''].join('\n'));
    }
    const options = [...read, '--model', 'exponential'];
    const files = [0, 1, 2];
    const apart = [...files.map((d) => `set${d}.csv`), ...files.flatMap((d) => ['--reset', `reset${d}.csv`])];
    await mho.run(['fit', ...apart, ...options, '-o', 'apart.yaml'], scratch.folder);
    const args = ['fit', 'set.csv', '--reset', 'reset.csv', ...options, '-o', 'together.yaml'];
    const { code, stderr } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    expect(stderr).toContain('note: set.csv: 3 devices by the names of its ramps (1, 2, 3); say --columns-are ramps');
    const [one, other] = ['apart', 'together'].map((name) => loadDevice(scratch.path(`${name}.yaml`)).config);
    expect(other).toMatchObject({ deviceToDevice: expect.anything() as object });
    expect({ ...other, name: '', source: '', origin: {} }).toEqual({ ...one, name: '', source: '', origin: {} });
    const pooled = await mho.run([...args.slice(0, -1), 'pooled.yaml', '--columns-are', 'ramps'], scratch.folder);
    expect(pooled).toMatchObject({ code: 0, stderr: '' });
    expect(loadDevice(scratch.path('pooled.yaml')).config).not.toHaveProperty('deviceToDevice.gMax');
  });

  it('puts a model in the place of tables, and leaves nothing of them', async () => {
    writeRamps();
    const args = ['fit', 'set0.csv', '--reset', 'reset0.csv', ...read, '-o', 'mine.yaml'];
    await mho.run([...args, '--model', 'lookup-table'], scratch.folder);
    expect(scratch.names()).toContain('mine.increasing.txt');
    expect(readdirSync(scratch.path('mine.fit'))).toContain('steps.png');
    scratch.write('mine.fit/remarks.txt', 'not of the fit');
    expect((await mho.run([...args, '--force'], scratch.folder)).code).toBe(0);
    expect(scratch.names()).toEqual(['mine.fit', 'mine.yaml', 'reset0.csv', 'set0.csv']);
    expect(readdirSync(scratch.path('mine.fit')).sort()).toEqual([
      ...['curves.png', 'curves.svg', 'fit.json', 'noise.png', 'noise.svg', 'remarks.txt', 'report.html'],
    ]);
    scratch.write('other.increasing.txt', 'mine');
    const other = [...args.slice(0, -1), 'other.yaml', '--model', 'lookup-table'];
    const { code, stderr } = await mho.run(other, scratch.folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'other.increasing.txt: is there already; name another with --out, or say --force\n',
    });
  });

  it('gives each of several devices tables of its own, and leaves none of them to a fit of one', async () => {
    const scales = [0.9, 1, 1.15];
    for (const [device, scale] of scales.entries()) writeRamps(device, scale);
    const resets = scales.flatMap((_, d) => ['--reset', `reset${d}.csv`]);
    const options = [...read, '--model', 'lookup-table', '-o', 'mine.yaml'];
    const args = ['fit', ...scales.map((_, d) => `set${d}.csv`), ...resets, ...options];
    scratch.write('mine.2.decreasing.txt', 'mine');
    const refused = await mho.run(args, scratch.folder);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('mine.2.decreasing.txt: is there already') as string,
    });
    expect(scratch.names()).not.toContain('mine.yaml');
    const { code, stdout } = await mho.run([...args, '--force'], scratch.folder);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Each of the 3 devices has tables of its own');
    const { config } = loadDevice(scratch.path('mine.yaml'));
    if (config.model !== 'lookup-table' || !Array.isArray(config.tables)) throw new TypeError('expected several pairs');
    expect(config.tables).toHaveLength(3);
    // Everything of a device scales, its range too: the bins' ends are apart by the scales, within 3 %.
    const ends = config.tables.map(({ increasing }) => increasing.conductance.at(-1)!);
    scales.forEach((scale, d) => {
      expect(Math.abs(ends[d]! / ends[1]! / scale - 1)).toBeLessThan(0.03);
    });
    const one = ['fit', 'set0.csv', '--reset', 'reset0.csv', ...options, '--force'];
    expect((await mho.run(one, scratch.folder)).code).toBe(0);
    expect(scratch.names().filter((name) => name.startsWith('mine'))).toEqual([
      ...['mine.decreasing.txt', 'mine.fit', 'mine.increasing.txt', 'mine.yaml'],
    ]);
  });

  it.skipIf(!orhdIsHere)('whose result trains at once', async () => {
    writeRamps();
    await mho.run(['fit', 'set0.csv', '--reset', 'reset0.csv', ...read], scratch.folder);
    const experiment = path.resolve('configs/experiments/wse2-orhd.yaml');
    const args = [
      'run',
      experiment,
      '--set',
      'device=device.yaml',
      '--epochs',
      '2',
      '--json',
      '--quiet',
      '--out',
      'out',
    ];
    const { code, stdout } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { accuracy: number }).accuracy).toBeGreaterThan(0.5);
  });

  it.skipIf(!orhdIsHere || !existsSync(taox)).each(['auto', 'lookup-table'])(
    'trains with the measured TaOx ramps as %s',
    async (model) => {
      const files = [path.join(taox, 'set.csv'), '--reset', path.join(taox, 'reset.csv')];
      const fitted = await mho.run(['fit', ...files, ...read, '--model', model, '--json'], scratch.folder);
      expect(JSON.parse(fitted.stdout)).toMatchObject({ model: model === 'auto' ? 'exponential' : model });
      const experiment = path.resolve('configs/experiments/wse2-orhd.yaml');
      const args = [
        'run',
        experiment,
        '--set',
        'device=device.yaml',
        '--epochs',
        '2',
        '--json',
        '--quiet',
        '--out',
        'out',
      ];
      const { code, stdout } = await mho.run(args, scratch.folder);
      expect(code).toBe(0);
      expect((JSON.parse(stdout) as { accuracy: number }).accuracy).toBeGreaterThan(0.8);
    },
  );
});

describe('mho fit refuses, and leaves nothing', () => {
  it.each([
    ['', 'mho fit: no table of ramps was named, expected a file; see mho fit --help'],
    ['nowhere.csv', 'fit: no such file nowhere.csv; check the path'],
    ['/', 'fit: / is a folder, expected a table; name a file of ramps'],
    [
      'set0.csv --read-voltage 0.1V',
      'set0.csv: holds potentiation alone, expected LTD ramps as well; name the file of the RESET ramps with --reset',
    ],
    [
      'reset0.csv --reset set0.csv --read-voltage 0.1V',
      'reset0.csv: ramp1 and all its other ramps go down, and those of set0.csv up: SET and RESET are exchanged; name set0.csv first and reset0.csv with --reset; resistances need --unit ohm instead',
    ],
    ['set0.csv --reset reset0.csv', 'set0.csv: holds currents; say --read-voltage, as in --read-voltage 0.1V'],
    [
      'set0.csv --model sigmoid',
      '--model: got "sigmoid", expected one of auto, linear, soft-bounds, exponential, power, lookup-table',
    ],
    [
      'set0.csv --read-voltage 0.1',
      '--read-voltage: got "0.1", expected a number with a unit of voltage; write for example 0.2 V; units: V with or without a prefix (f p n u m k M G)',
    ],
    ['set0.csv --resamplings 5', '--resamplings: got "5", expected a whole number from 50 to 100000'],
    ['set0.csv --out mine', '--out: got mine, expected the name of a device file; say mine.yaml'],
    [
      'set0.csv --reset reset0.csv --reset reset0.csv',
      '--reset: got 2 for 1 files of SET ramps, expected one for each device; name them in the same order, SET first: mho fit set0.csv … --reset reset0.csv …',
    ],
    ['set0.csv --rest reset0.csv', 'mho: unknown option --rest; did you mean --reset?'],
  ])('mho fit %s', async (args, message) => {
    writeRamps();
    const { code, stdout, stderr } = await mho.run(['fit', ...args.split(' ').filter(Boolean)], scratch.folder);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `${message}\n` });
    expect(scratch.names()).toEqual(['reset0.csv', 'set0.csv']);
  });

  const header = 'a (uS),b (uS)\n';
  it.each([
    ['', 'bad.csv: is empty; give a table of numbers: one column or one row per ramp'],
    [header, 'bad.csv: holds no line of numbers; give a table of numbers: one column or one row per ramp'],
    ['\0\u0001', 'bad.csv: is a binary file, expected text; save it as CSV'],
    [
      `${header}1,2\n2,nan\n3,4\n`,
      'bad.csv:3: column 2 (b (uS)): got "nan", expected a number; mend the value, or leave such ramps out with --skip-bad',
    ],
    [
      `${header}1,2\n2,-3\n3,4\n`,
      'bad.csv:3: column 2 (b (uS)): got -3 uS, expected a conductance above zero; check the sign of the read voltage and the offset of the meter, or leave the ramp out with --skip-bad',
    ],
    [
      `pulse,${header}1,1,2\n3,2,3\n2,3,4\n`,
      'bad.csv:4: column 1 (pulse): pulse 2 comes after pulse 3, expected pulses in order; sort the file by pulse, a line each',
    ],
    [
      `${header}1,5\n2,5\n3,5\n4,5\n`,
      'bad.csv:2: column 2 (b (uS)): b (uS) is flat: its 4 values are equal; take it out, or leave such ramps out with --skip-bad',
    ],
    [
      `${header}1,1000\n2,2000\n3,3000\n`,
      'bad.csv:2: column 1 (a (uS)): got a (uS) at 2 uS and b (uS) at 2 mS, expected ramps of one scale; name the unit of each column, or pick columns with --values',
    ],
  ])('a file of %j', async (text, message) => {
    writeRamps();
    scratch.write('bad.csv', text);
    const args = ['fit', 'bad.csv', '--reset', 'reset0.csv', '--unit', 'uS', '--json'];
    const { code, stdout, stderr } = await mho.run(args, scratch.folder);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `${message}\n` });
    expect(JSON.parse(stdout)).toEqual({ error: message, exitCode: 2 });
    expect(scratch.names()).toEqual(['bad.csv', 'reset0.csv', 'set0.csv']);
  });

  it('to keep anything after Ctrl-C', async () => {
    writeRamps();
    const long = ['--read-voltage', '0.1V', '--resamplings', '100000'];
    const child = mho.start(['fit', 'set0.csv', '--reset', 'reset0.csv', ...long], scratch.folder);
    const end = finished(child);
    setTimeout(() => child.kill('SIGINT'), 4000);
    const { code, stdout, stderr } = await end;
    expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: 'interrupted; nothing was kept\n' });
    expect(scratch.names()).toEqual(['reset0.csv', 'set0.csv']);
  });

  it('to put its report where a file is, before anything is read', async () => {
    scratch.write('mine.fit', '');
    const { code, stderr } = await mho.run(['fit', 'none.csv', '-o', 'mine.yaml', '--force'], scratch.folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'mine.fit: is a file, expected a free place for the report; move it away, or name another with --out\n',
    });
  });

  it('to write over what is there, unless it is told to', async () => {
    writeRamps();
    scratch.write('device.yaml', 'mine');
    const args = ['fit', 'set0.csv', '--reset', 'reset0.csv', ...read];
    const { code, stderr } = await mho.run(args, scratch.folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'device.yaml: is there already; name another with --out, or say --force\n',
    });
    expect(readFileSync(scratch.path('device.yaml'), 'utf8')).toBe('mine');
    expect((await mho.run([...args, '--force'], scratch.folder)).code).toBe(0);
    expect(readFileSync(scratch.path('device.yaml'), 'utf8')).toContain('model: exponential');
  });
});
