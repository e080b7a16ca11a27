import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { projectRoot } from '../../datasets/places.js';
import { loadDevice } from '../../src/experiment/loader.js';
import { mho, scratch, useCommand } from './command.js';
import { read, uS, writeRamps } from './ramp-files.js';

useCommand();

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const taox = path.join(projectRoot(), '..', 'shared', 'measurements', 'taox-ramps');

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
    expect(page.match(/<div><svg/g)).toHaveLength(4);
    // One legend a chart, and none in its panels.
    expect(page.match(/<ul class="legend">/g)).toHaveLength(2);
    expect(page.match(/exponential \(chosen\)<\/li>/g)).toHaveLength(1);
    expect(page).not.toContain('role-legend');
    expect(page).toContain('Bars: ± one standard error of σ, from how the ramps differ.');
    const png = readFileSync(scratch.path('device.fit', 'curves.png'));
    expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    // An empty white image of this size compresses to a few kilobytes.
    expect(png.length).toBeGreaterThan(30_000);
  });

  it('reads pipes, as of a shell that cuts columns out', async () => {
    writeRamps();
    const piped = (which: string): string => `<(sleep 0.3; cat ${which}0.csv)`;
    const line = `"$0" "$1" fit ${piped('set')} --reset ${piped('reset')} ${read.join(' ')} --model linear -o piped.yaml`;
    const whole = ['fit', 'set0.csv', '--reset', 'reset0.csv', ...read, '--model', 'linear', '-o', 'whole.yaml'];
    expect(await mho.run(whole, scratch.folder)).toMatchObject({ code: 0 });
    execFileSync('bash', ['-c', line, process.execPath, mho.main], { cwd: scratch.folder });
    const [one, other] = ['whole', 'piped'].map((name) => loadDevice(scratch.path(`${name}.yaml`)).config);
    expect({ ...other, name: '', source: '', origin: {} }).toEqual({ ...one, name: '', source: '', origin: {} });
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
