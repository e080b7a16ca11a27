import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeList } from '../../src/cli/device-tables.js';
import { compareDevices, listDevices } from '../../src/experiment/device-list.js';
import { messageOf, Scratch, smallDevice, smallExperiment } from '../experiment/scratch.js';

describe('the list of devices', () => {
  const list = listDevices();
  const lines = (width: number | undefined): string[] => describeList(list, width).split('\n');

  it.each([60, 80, 100, 120, 200])('stays within %i columns', (width) => {
    expect(lines(width).filter((line) => line.length > width)).toEqual([]);
  });

  it('leaves out columns from the right where there is no room for them', () => {
    const head = (width: number | undefined) => lines(width).find((line) => line.startsWith('  device '))!;
    expect(head(undefined)).toMatch(/device +model +states +NL +range +on\/off +σ +read +source$/);
    expect(head(200)).toMatch(/read +source$/);
    expect(head(80)).toMatch(/range +on\/off/);
    expect(head(80)).not.toMatch(/read|source/);
  });

  it('is whole where it goes to no terminal', () => {
    expect(lines(undefined).find((line) => line.includes('ag-asi'))).toMatch(/Nano Lett\. 10 \(2010\) 1297$/);
  });
});

describe('a comparison of devices', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => {
    scratch.remove();
  });

  it('holds those that are named, once each and in their order, with the figures of their files', () => {
    const mine = scratch.write('mine.yaml', smallDevice);
    const { models, devices } = compareDevices([mine, 'epiram', mine], false);
    expect(models).toEqual([]);
    expect(devices.map(({ name }) => name)).toEqual([mine, 'epiram']);
    expect(devices[0]).toMatchObject({
      model: 'exponential',
      figures: { onOffRatio: 10, gMax: 1e-8, cycleToCycle: 0 },
    });
    expect(describeList({ models, devices }, undefined)).not.toMatch(/^models/);
  });

  it('has the library below them where all is asked for', () => {
    const mine = scratch.write('mine.yaml', smallDevice);
    const names = compareDevices([mine, 'epiram'], true).devices.map(({ name }) => name);
    const library = listDevices().devices.map(({ name }) => name);
    expect(names).toEqual([mine, 'epiram', ...library.filter((name) => name !== 'epiram')]);
  });

  it('refuses what is no device, and says what it is', () => {
    const say = (name: string) => messageOf(() => compareDevices([name], false));
    expect(say('epirm')).toMatch(/^device: got "epirm", expected a file or one of .*; did you mean epiram\?$/);
    const table = scratch.write('set.csv', '1,2\n2,3\n');
    expect(say(table)).toBe(`${table}: is no device file (YAML); fit it first: mho fit`);
    const experiment = scratch.write('my.yaml', smallExperiment);
    expect(say(experiment)).toBe(`${experiment}: is an experiment, expected a device file; name its device`);
    expect(say(scratch.folder)).toContain('is a folder, expected a YAML file');
    const wrong = scratch.write('wrong.yaml', smallDevice.replace('states: 30', 'states: many'));
    expect(say(wrong)).toMatch(/wrong\.yaml:4:9: states: got/);
    expect(say(scratch.write('empty.yaml', ''))).toContain('empty.yaml');
  });
});
