import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadExperiment } from '../../src/experiment/loader.js';
import { splitSet } from '../../src/experiment/overrides.js';
import { messageOf, Scratch, smallDevice, smallExperiment } from './scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

const forgetting = `${smallDevice}retention:
  model: matrix-gated
  activationEnergy: 1.6 eV
  gateRate: 1e-5 Hz
  gateTemperature: 155 degC
  gateWidth: 1 K
  validUpTo: 170 degC
`;

/** An experiment on a device with cells, as a file. */
function fileOf(conditions: string, device = forgetting): string {
  const text = smallExperiment
    .replace('units: 4', 'units: 4\n      weightLimit: 1')
    .replace('units: 10', 'units: 10\n      weightLimit: 1')
    .replace('device: { model: ideal }', 'device: device.yaml');
  scratch.write('device.yaml', device);
  return scratch.write('e.yaml', `${text}conditions: ${conditions}\n`);
}

function mistakesOf(conditions: string, device = forgetting): string {
  const file = fileOf(conditions, device);
  return messageOf(() => loadExperiment(file, { cwd: scratch.folder })).replaceAll(`${scratch.folder}/`, '');
}

describe('conditions', () => {
  it('are none unless told, and quantities in SI units where they are', () => {
    expect(loadExperiment(scratch.write('a.yaml', smallExperiment)).config.conditions).toBe('none');
    const phase = '{ temperature: 150 degC, time: 2 h }';
    const { config } = loadExperiment(fileOf(`{ temperature: 100 degC, sampleTime: 2 ms, hold: [${phase}] }`));
    expect(config.conditions).toEqual({
      ...{ temperature: 373.15, sampleTime: 0.002, driftEvery: 1000 },
      hold: [{ temperature: 423.15, time: 7200 }],
    });
  });

  it('load again alike from the resolved configuration, quantities as written', () => {
    const { config, resolved } = loadExperiment(fileOf('{ hold: [{ temperature: 150 degC, time: 2 h }] }'));
    expect(resolved).toMatchObject({
      conditions: { driftEvery: 1000, hold: [{ temperature: '150 degC', time: '2 h' }] },
      device: { retention: { attemptFrequency: '1e12 Hz', spread: '0 eV', unprogrammed: 0 } },
    });
    expect(loadExperiment(scratch.write('again.yaml', stringify(resolved))).config).toEqual(config);
    expect(parse(stringify(resolved))).toEqual(resolved);
  });

  it.each([
    [
      '{ temperature: 100 degC }',
      'e.yaml:13:13: conditions.sampleTime: is missing, expected the time that a training sample takes, because ' +
        'temperature asks for drift; write for example sampleTime: 2 ms, or take temperature out',
    ],
    [
      '{ sampleTime: 2 ms }',
      'e.yaml:13:13: conditions.temperature: is missing, expected the temperature while training, because sampleTime ' +
        'asks for drift; write for example temperature: 25 degC, or take sampleTime out',
    ],
    [
      '{ driftEvery: 10 }',
      'e.yaml:13:13: conditions: ask for no drift, neither while training nor after; write temperature and sampleTime, ' +
        'idle, hold or retention, or conditions: none',
    ],
    [
      '{ temperature: 171 degC, sampleTime: 2 ms }',
      "e.yaml:13:28: conditions.temperature: got 171 degC, but the device's retention holds up to 170 degC; lower it, or " +
        'give the device another retention law',
    ],
    [
      '{ hold: [{ temperature: 170 degC, time: 1 s }, { temperature: 500 K, time: 1 s }] }',
      "e.yaml:13:75: conditions.hold[1].temperature: got 226.85 degC, but the device's retention holds up to 170 degC; " +
        'lower it, or give the device another retention law',
    ],
    [
      '{ hold: [{ temperature: 100 degC, time: 0 s }] }',
      'e.yaml:13:53: conditions.hold[0].time: got "0 s", must be above zero',
    ],
    ['never', 'e.yaml:13:13: conditions: got "never", expected none or a mapping'],
  ])('%s is told with what to do', (conditions, message) => {
    expect(mistakesOf(conditions)).toBe(message);
  });

  const hold = '{ hold: [{ temperature: 100 degC, time: 1 s }] }';

  it('want a device that says how it forgets, if only that it does not', () => {
    expect(mistakesOf(hold, smallDevice)).toBe(
      'e.yaml:13:13: conditions: ask for drift, but the device does not say how it forgets; write retention in the ' +
        'device, { model: none } if it forgets nothing, or write conditions: none',
    );
    const { config } = loadExperiment(fileOf(hold, `${smallDevice}retention: { model: none }\n`));
    expect(config.conditions).not.toBe('none');
  });

  it('want a device with cells', () => {
    expect(mistakesOf(hold, 'model: ideal\n')).toBe(
      'e.yaml:13:13: conditions: ask for drift, but the ideal device has no cells; write conditions: none, or take a ' +
        'device with cells',
    );
  });
});

describe('profiles, idle phases and studies of retention', () => {
  const profile = '[{ at: 0 s, value: 25 degC }, { at: 1 h, value: 171 degC }]';

  it('are refused where a profile comes to a temperature at which the law does not hold, and only there', () => {
    expect(mistakesOf(`{ temperature: ${profile}, sampleTime: 2 ms }`)).toBe(
      "e.yaml:13:28: conditions.temperature: got 171 degC, but the device's retention holds up to 170 degC; lower it, or " +
        'give the device another retention law',
    );
    // Half an hour of it comes to 98 degC.
    const { config } = loadExperiment(fileOf(`{ hold: [{ temperature: ${profile}, time: 30 min }] }`));
    expect(config.conditions).toMatchObject({ hold: [{ temperature: [{ at: 0, value: 298.15 }, { at: 3600 }] }] });
  });

  it.each([
    [
      '{ temperature: [{ at: 1 s, value: 25 degC }], sampleTime: 2 ms }',
      'e.yaml:13:35: conditions.temperature[0].at: got "1 s", must be 0 s: the first point is where the profile begins',
    ],
    [
      '{ idle: [{ after: 3, time: 1 h }] }',
      'e.yaml:13:22: conditions.idle[0]: has no temperature, and training has none that it could go on with; write for ' +
        'example temperature: 25 degC',
    ],
    [
      '{ idle: [{ after: 3, every: 3, temperature: 25 degC, time: 1 h }] }',
      'e.yaml:13:22: conditions.idle[0]: has both after and every, expected one of them; write after: 30000 for once, or ' +
        'every: 60000 for again and again',
    ],
    [
      '{ retention: { temperatures: [180 degC], times: [1 s] } }',
      "e.yaml:13:43: conditions.retention.temperatures[0]: got 180 degC, but the device's retention holds up to 170 degC; " +
        'lower it, or give the device another retention law',
    ],
    [
      '{ retention: { temperatures: [25 degC], times: [2 s, 1 s] } }',
      'e.yaml:13:66: conditions.retention.times[1]: got "1 s", must be later than the time before it, 2 s; write the times ' +
        'in rising order',
    ],
    [
      '{ retention: { temperatures: [25 degC], times: [1 s], devices: [plain.yaml] } }',
      'plain.yaml:1:1: conditions.retention.devices[0]: ask for drift, but the device does not say how it forgets; write ' +
        'retention in the device, { model: none } if it forgets nothing, or write conditions: none',
    ],
    [
      '{ retention: { temperatures: [25 degC], times: [1 s], devices: [device.yaml] } }',
      'device.yaml:1:1: conditions.retention.devices[0]: is the second device of the name "exponential"; give it another ' +
        'name, or take it out',
    ],
    [
      '{ retention: { temperatures: [25 degC], times: [1 s], devices: [absent.yaml] } }',
      'e.yaml:13:77: conditions.retention.devices[0]: no such file absent.yaml; check the path',
    ],
  ])('%s is told with what to do', (conditions, message) => {
    scratch.write('plain.yaml', `${smallDevice}name: plain\n`);
    expect(mistakesOf(conditions)).toBe(message);
  });

  it('put other devices in the places of their files, and load again alike', () => {
    scratch.write('other.yaml', `name: another\n${forgetting}`);
    const study = '{ temperatures: [25 degC], times: [1 s], devices: [other.yaml] }';
    const { config, resolved } = loadExperiment(fileOf(`{ retention: ${study} }`));
    expect(config.conditions).toMatchObject({ retention: { devices: [{ name: 'another', model: 'exponential' }] } });
    expect(loadExperiment(scratch.write('again.yaml', stringify(resolved))).config).toEqual(config);
  });
});

describe('--set device.retention.model', () => {
  it('starts another law anew, and leaves no origin of what is gone', () => {
    const origin = "origin:\n  retention: 'inferred: a'\n  retention.gateWidth: 'inferred: b'\n  gMin: 'inferred: c'\n";
    const file = fileOf('none', forgetting + origin);
    const { config, resolved } = loadExperiment(file, { overrides: [splitSet('device.retention.model=none')] });
    expect(config.device).toMatchObject({ retention: { model: 'none' } });
    expect((resolved as { device: { origin: object } }).device.origin).toEqual({
      retention: 'inferred: a',
      gMin: 'inferred: c',
      'retention.model': 'defined: set on the command line',
    });
  });
});
