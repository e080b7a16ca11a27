import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMeasurement } from '../../datasets/measurements.js';
import { compileDevice } from '../../src/device/registry.js';
import { meanStep, tabulate, type TableResponse } from '../../src/device/response.js';
import { exportDevice, importDevice } from '../../src/experiment/device-exchange.js';
import { deviceFile } from '../../src/experiment/device-sheet.js';
import { loadDevice } from '../../src/experiment/loader.js';
import { messageOf, Scratch } from './scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

const window = [0.25, 0.75] as const;

const devices = {
  exponential: `model: exponential
gMin: 1 nS
gMax: 10 nS
states: 30
nonlinearity: { ltp: { label: 2 }, ltd: { label: -4 } }
cycleToCycle: 0.01
`,
  power: `model: power
gMin: 1 nS
gMax: 10 nS
states: 30
gamma: { ltp: 1.5, ltd: 0.5 }
stepNoise: 0.3
readNoise: 0.1
deviceToDevice: { step: 0.1 }
`,
};

/** Exports a device's tables, imports them, and compiles what came of it. */
function throughTables(yaml: string): { again: TableResponse; direct: TableResponse; notes: readonly string[] } {
  const file = scratch.write('device.yaml', yaml);
  const { files, notes } = exportDevice(file, 'crosssim');
  const written = Object.entries(files).map(([name, text]) => scratch.write(`tables/${name}`, text));
  const { text } = importDevice([written[0]!], 'crosssim', scratch.folder);
  const again = compileDevice(loadDevice(scratch.write('again.yaml', text)).config, { window });
  const response = compileDevice(loadDevice(file).config, { window });
  if (again.kind !== 'table' || response.kind === 'ideal' || response.kind === 'table') throw new TypeError(again.kind);
  return { again, direct: tabulate(response), notes };
}

it('an imported device has a name: that of its file, or the one that is told', () => {
  const { files } = exportDevice(scratch.write('device.yaml', devices.exponential), 'neurosim');
  const list = scratch.write('Cell.cpp', files['']!);
  const imported = (name?: string) => {
    const { text } = importDevice([list], 'neurosim', scratch.folder, name);
    return loadDevice(scratch.write('named.yaml', text)).config.name;
  };
  expect([imported(), imported('mine')]).toEqual(['Cell', 'mine']);
});

it('tables whose names say which they are may come in either order', () => {
  const { files } = exportDevice(scratch.write('device.yaml', devices.exponential), 'crosssim');
  const written = Object.entries(files).map(([name, text]) => scratch.write(`tables/${name}`, text));
  const [straight, reversed] = [written, written.toReversed()].map(
    (given) => importDevice(given, 'crosssim', scratch.folder, 'mine').text,
  );
  expect(written[0]).toContain('increasing');
  expect(reversed).toBe(straight);
});

describe("CrossSim's tables", () => {
  it.each(Object.entries(devices))('%s: out and in again is the tabulated device, to 1e-6 of the range', (_, yaml) => {
    const { again, direct } = throughTables(yaml);
    expect([again.bins, again.cdf.length]).toEqual([direct.bins, direct.cdf.length]);
    expect(again.gMin / direct.gMin).toBeCloseTo(1, 7);
    expect(again.gMax / direct.gMax).toBeCloseTo(1, 7);
    for (const direction of ['up', 'down'] as const) {
      const off = again.quantiles[direction].map((value, i) => Math.abs(value - direct.quantiles[direction][i]!));
      expect(Math.max(...off)).toBeLessThan(1e-6);
      expect(again.quantiles[direction].some((value) => Math.abs(value) > 0.01)).toBe(true);
      // The mean over the CDF is that of the curve: the tails are cut alike on both sides.
      expect(meanStep(again, 0.5, direction)).toBeCloseTo(meanStep(direct, 0.5, direction), 5);
    }
  });

  it('name what has no place in them', () => {
    expect(throughTables(devices.exponential).notes).toEqual([]);
    expect(throughTables(devices.power).notes).toEqual([
      'left out: deviceToDevice, the tables are of the nominal cell',
      'left out: readNoise, which the tables have no place for',
    ]);
  });

  const tables = readMeasurement('data:enode/dG_increasing.txt');

  it.skipIf(!('text' in tables))('go out as they came, number for number: ENODe (skipped without its tables)', () => {
    if (!('text' in tables)) throw new TypeError('skipped');
    const { text } = importDevice([tables.place], 'crosssim', scratch.folder);
    const named = loadDevice(deviceFile('enode')).config;
    const file = scratch.write('mine.yaml', text);
    for (const device of [file, deviceFile('enode')]) {
      const { files, notes } = exportDevice(device, 'crosssim');
      const [first] = Object.entries(files).map(([name, content]) => scratch.write(`out/${name}`, content));
      const again = scratch.write('again.yaml', importDevice([first!], 'crosssim', scratch.folder).text);
      const [a, b] = [named, loadDevice(again).config];
      if (a.model !== 'lookup-table' || b.model !== 'lookup-table') throw new TypeError(a.model);
      expect(b.tables).toEqual(a.tables);
      expect(notes).toEqual([]);
    }
  });

  it('are taken as a pair: both named, or one by the name of the other', () => {
    const { files } = exportDevice(scratch.write('device.yaml', devices.exponential), 'crosssim');
    const up = scratch.write('a/up.txt', files['dG_increasing.txt']!);
    const down = scratch.write('a/down.txt', files['dG_decreasing.txt']!);
    const { device } = importDevice([up, down], 'crosssim', scratch.path('b'));
    expect(device).toMatchObject({ files: { increasing: '../a/up.txt', decreasing: '../a/down.txt' } });
    expect(messageOf(() => importDevice([up], 'crosssim', scratch.folder))).toContain(
      'got 1 file, expected the increasing and the decreasing table; name both in this order',
    );
    // A shell names the decreasing table first: the names say which is which.
    const increasing = scratch.write('b/dG_increasing.txt', files['dG_increasing.txt']!);
    const decreasing = scratch.write('b/dG_decreasing.txt', files['dG_decreasing.txt']!);
    const { device: sorted } = importDevice([decreasing, increasing], 'crosssim', scratch.path('b'), 'mine');
    const inOrder = { increasing: 'dG_increasing.txt', decreasing: 'dG_decreasing.txt' };
    expect(sorted).toMatchObject({ name: 'mine', files: inOrder });
    const [one, other] = [down, up];
    const swapped = messageOf(() => importDevice([one, other], 'crosssim', scratch.folder));
    expect(swapped).toContain(`${one} as increasing, ${other} as decreasing`);
    expect(swapped).toContain('if they are swapped, name the increasing table first');
    const alone = scratch.write('c/increasing.txt', files['dG_increasing.txt']!);
    expect(messageOf(() => importDevice([alone], 'crosssim', scratch.folder))).toContain('no such file');
  });
});

describe('tables of several devices', () => {
  const { exponential } = devices;

  /** Three devices' tables in a folder each, or in one under numbered names. */
  function written(): { readonly up: string; readonly down: string }[] {
    return [1, 2, 4].map((label, i) => {
      const file = scratch.write('one.yaml', exponential.replace('label: 2', `label: ${label}`));
      const { files } = exportDevice(file, 'crosssim');
      const write = (kind: string) => scratch.write(`t/dG_${kind}_${i + 1}.txt`, files[`dG_${kind}.txt`]!);
      return { up: write('increasing'), down: write('decreasing') };
    });
  }

  const named = [1, 2, 3].map((n) => {
    return { increasing: `t/dG_increasing_${n}.txt`, decreasing: `t/dG_decreasing_${n}.txt` };
  });

  it('come in pair after pair, or as a shell sorts their names, and go out number for number', () => {
    const pairs = written();
    const sorted = pairs.flatMap(({ up, down }) => [up, down]).toSorted();
    for (const files of [pairs.flatMap(({ up, down }) => [up, down]), sorted]) {
      const { device, text } = importDevice(files, 'crosssim', scratch.folder, 'three');
      expect(device).toMatchObject({ name: 'three', files: named });
      const first = scratch.write('three.yaml', text);
      const { files: out, notes } = exportDevice(first, 'crosssim');
      expect([Object.keys(out).length, notes]).toEqual([6, []]);
      const again = Object.entries(out).map(([name, content]) => scratch.write(`out/${name}`, content));
      const { text: second } = importDevice(again, 'crosssim', scratch.folder, 'three');
      const [a, b] = [loadDevice(first).config, loadDevice(scratch.write('again.yaml', second)).config];
      if (a.model !== 'lookup-table' || b.model !== 'lookup-table') throw new TypeError(a.model);
      expect(b.tables).toEqual(a.tables);
    }
  });

  it('name the pair that is swapped, or is one too few', () => {
    const [one, two] = written();
    const swapped = [one!.up, one!.down, scratch.write('x.txt', ''), two!.down];
    expect(messageOf(() => importDevice(swapped, 'crosssim', scratch.folder))).toMatch(/x\.txt: got 0 rows of ΔG/);
    const odd = [one!.up, one!.down, two!.up];
    expect(messageOf(() => importDevice(odd, 'crosssim', scratch.folder))).toContain('got 3 files, expected');
  });
});

describe("NeuroSim's list", () => {
  it('goes out and comes in as the same device file', () => {
    const { files } = exportDevice(scratch.write('device.yaml', devices.exponential), 'neurosim');
    const list = scratch.write('list.txt', files['']!);
    const { text } = importDevice([list], 'neurosim', scratch.folder);
    const { config } = loadDevice(scratch.write('again.yaml', text));
    const { config: first } = loadDevice(scratch.path('device.yaml'));
    const [a, b] = [first, config].map((device) => compileDevice(device, { window }));
    if (a?.kind !== 'affine' || b?.kind !== 'affine') throw new TypeError('expected affine devices');
    expect(b.nominal.up.c0).toBeCloseTo(a.nominal.up.c0, 12);
    expect(b.nominal.down.c1).toBeCloseTo(a.nominal.down.c1, 12);
    expect(b.cycleToCycle).toBeCloseTo(a.cycleToCycle, 12);
  });

  it('keeps labels to the digit, and tells of pulses that change', () => {
    const { files } = exportDevice('taox', 'neurosim');
    expect(files['']).toMatch(/^NL_LTD = -0\.232672;/m);
    const list = scratch.write('own.txt', `${files['']!}nonIdenticalPulse = true;\n`);
    const { device, notes } = importDevice([list], 'neurosim', scratch.folder);
    expect(device.name).toBe('TaOx ReRAM');
    expect(notes).toEqual([expect.stringContaining('nonIdenticalPulse is true') as string]);
  });

  it('is refused where the device cannot be', () => {
    const list = scratch.write(
      'list.txt',
      exportDevice(scratch.write('d.yaml', devices.exponential), 'neurosim').files['']!,
    );
    const two = messageOf(() => importDevice([list, list], 'neurosim', scratch.folder));
    expect(two).toBe('device import: got 2 files, expected one parameter list');
  });

  it.each([
    // A fraction of the range where siemens are meant is the commonest mistake of all.
    [
      'sigmaCtoC',
      '0.035',
      'got 0.035 S, expected σ within the range of conductance, from 0 S to 9e-9 S; a part of the range is written ' +
        'sigmaCtoC = 0.035*(maxConductance - minConductance)',
    ],
    [
      'sigmaCtoC',
      '-1e-9',
      'got -1e-9 S, expected σ within the range of conductance, from 0 S to 9e-9 S; write it in siemens',
    ],
    ['NL_LTP', '12', 'got 12, expected a label NL, from -9 to 9; take the label of the table, not A'],
    [
      'maxNumLevelLTD',
      '97.5',
      'got 97.5, expected a whole number of pulses, from 1 to 65536; write the pulses of a ramp',
    ],
    ['sigmaDtoD', '6', 'got 6, expected σ of the labels NL, from 0 to 5; write it in labels'],
  ])('whose %s is %s is refused at its line', (name, value, message) => {
    const exported = exportDevice(scratch.write('d.yaml', devices.exponential), 'neurosim').files['']!;
    const list = exported.replace(new RegExp(`^${name} = [^;]*`, 'm'), `${name} = ${value}`);
    const line = 1 + list.split('\n').findIndex((text) => text.startsWith(`${name} =`));
    const file = scratch.write('list.txt', list);
    expect(messageOf(() => importDevice([file], 'neurosim', scratch.folder))).toBe(
      `${file}:${line}: ${name}: ${message}`,
    );
  });

  it('is no picture', () => {
    const file = scratch.path('curve.png');
    writeFileSync(file, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    expect(messageOf(() => importDevice([file], 'neurosim', scratch.folder))).toBe(
      `${file}: got a PNG picture, expected text; name NeuroSim's parameter list or CrossSim's tables`,
    );
  });
});
