import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deviceFile } from '../../src/experiment/device-sheet.js';
import { shippedConfigs, toldConfig, type ConfigKind } from '../../src/experiment/files.js';
import { loadExperiment } from '../../src/experiment/loader.js';
import { messageOf, Scratch, smallDevice } from './scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

describe('a name of a configuration', () => {
  it.each<[ConfigKind, string]>([
    ['devices', 'taox'],
    ['experiments', 'wse2-orhd'],
    ['calibration', 'wse2'],
    ['characterization', 'an2022-letter-h'],
    ['regression', 'orhd-device'],
    ['sweeps', 'states-orhd'],
  ])('of %s is a file of that name first, and else the shipped one: %s', (kind, name) => {
    const shipped = shippedConfigs(kind).get(name)!;
    expect(shipped).toMatch(new RegExp(`configs/${kind}/${name}\\.yaml$`));
    expect(toldConfig(kind, name, 'here', scratch.folder)).toBe(shipped);
    // A folder, such as one of results, is no configuration.
    scratch.write(`${name}/result.txt`, '');
    expect(toldConfig(kind, name, 'here', scratch.folder)).toBe(shipped);
    scratch.remove();
    const own = scratch.write(name, '');
    expect(toldConfig(kind, name, 'here', scratch.folder)).toBe(own);
  });

  it.each<[ConfigKind, string, string]>([
    ['sweeps', 'wse2-orhd', 'it is an experiment: mho run wse2-orhd'],
    ['regression', 'states-orhd', 'it is a sweep: mho sweep states-orhd'],
    ['devices', 'orhd-device', 'it is a regression: mho verify orhd-device'],
    ['sweeps', 'taox', 'it is a device: train an experiment with it, by --set device=taox'],
  ])('of another kind than %s is told what it is: %s', (kind, name, remedy) => {
    const message = messageOf(() => toldConfig(kind, name, 'here', scratch.folder));
    expect(message.startsWith(`here: got "${name}", expected a `)).toBe(true);
    expect(message.endsWith(`; ${remedy}`)).toBe(true);
  });

  it('is the same device for mho device and for --set device', () => {
    const trained = () => {
      const overrides = [{ path: 'device', value: 'taox', option: '--set device' }];
      return loadExperiment('wse2-orhd', { overrides, cwd: scratch.folder }).config.device;
    };
    expect(deviceFile('taox', scratch.folder)).toBe(shippedConfigs('devices').get('taox'));
    expect(trained()).toMatchObject({ name: expect.stringContaining('TaOx') as string });
    const own = scratch.write('taox', `name: mine\n${smallDevice}`);
    expect(deviceFile('taox', scratch.folder)).toBe(own);
    expect(trained()).toMatchObject({ name: 'mine' });
  });

  it('that is neither is refused with the names there are; a path is left to who reads it', () => {
    expect(messageOf(() => toldConfig('sweeps', 'states', 'sweep', scratch.folder))).toMatch(
      /^sweep: got "states", expected a sweep file or one of .*; did you mean states-orhd\?$/,
    );
    expect(toldConfig('sweeps', 'my/sweep.yaml', 'sweep', scratch.folder)).toBe(scratch.path('my/sweep.yaml'));
  });
});
