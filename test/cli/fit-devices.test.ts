import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/experiment/loader.js';
import { mho, scratch, useCommand } from './command.js';
import { read, writeRamps } from './ramp-files.js';

useCommand();

describe('mho fit of several devices', () => {
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
    for (const [d] of scales.entries())
      for (const which of ['increasing', 'decreasing'])
        expect(stdout).toMatch(new RegExp(`^  mine\\.${d + 1}\\.${which}\\.txt +set${d}\\.csv +12 `, 'm'));
    const { result } = JSON.parse(readFileSync(scratch.path('mine.fit', 'fit.json'), 'utf8')) as {
      result: { devices: { name: string; files: { increasing: string }; fit: { readNoise: number } }[] };
    };
    expect(result.devices.map(({ name, files }) => [name, files.increasing])).toEqual(
      scales.map((_, d) => [`set${d}.csv`, `mine.${d + 1}.increasing.txt`]),
    );
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
});
