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
        'or hold, or conditions: none',
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
