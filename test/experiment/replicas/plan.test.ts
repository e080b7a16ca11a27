import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { planReplicas } from '../../../src/experiment/replicas/plan.js';
import { Scratch, messageOf, smallDevice, smallExperiment } from '../scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.write('device.yaml', smallDevice);
  scratch.write(
    'a.yaml',
    smallExperiment
      .replace('device: { model: ideal }', 'device: device.yaml')
      .replaceAll(/units: (\d+)/g, 'units: $1\n      weightLimit: 2'),
  );
});
afterEach(() => {
  scratch.remove();
});

function planned(replicas: string, ...values: string[]) {
  const file = scratch.path('a.yaml');
  const overrides = [`replicas=${replicas}`, ...values].map((text) => {
    const [path, value] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
    return { path, value, option: `--set ${path}` };
  });
  return planReplicas(loadExperiment(file, { overrides }), (more) =>
    loadExperiment(file, { overrides: [...overrides, ...more] }),
  );
}

describe('a plan of replicas', () => {
  it('is none where one run is asked for', () => {
    expect(planned('1')).toBeUndefined();
    expect(planReplicas(loadExperiment(scratch.path('a.yaml')), () => loadExperiment('none'))).toBeUndefined();
  });

  it("takes seeds from the experiment's own upwards, or those that are named", () => {
    expect(planned('3', 'seed=40')?.map(({ name, seed }) => [name, seed])).toEqual([
      ['replica-1', 40],
      ['replica-2', 41],
      ['replica-3', 42],
    ]);
    expect(planned('{seeds: [9, 2]}')?.map(({ seed }) => seed)).toEqual([9, 2]);
    expect(planned('12')?.at(0)?.name).toBe('replica-01');
  });

  it('makes of each the experiment that it is alone', () => {
    const [first] = planned('{seeds: [5, 6], vary: {device.gMin: [2 nS], crossbar.coding: [offset]}}')!;
    const alone = loadExperiment(scratch.path('a.yaml'), {
      overrides: [
        { path: 'device.gMin', value: '2 nS', option: '--set device.gMin' },
        { path: 'crossbar.coding', value: 'offset', option: '--set crossbar.coding' },
        { path: 'seed', value: '5', option: '--seed' },
      ],
    });
    expect(first!.experiment.config).toEqual({ ...alone.config, replicas: undefined });
    expect(first!.experiment.resolved).toEqual(alone.resolved);
  });

  it('combines every value with every other, and with every seed', () => {
    const plan = planned('{seeds: 2, vary: {device.cycleToCycle: [0, 0.1], training.learningRate: [0.2, 0.3]}}')!;
    expect(plan).toHaveLength(8);
    expect(plan.map(({ seed, values }) => [...Object.values(values), seed]).slice(0, 5)).toEqual([
      [0, 0.2, 1],
      [0, 0.2, 2],
      [0, 0.3, 1],
      [0, 0.3, 2],
      [0.1, 0.2, 1],
    ]);
    expect(plan[7]!.experiment.config.device).toMatchObject({ cycleToCycle: 0.1 });
    expect(plan[7]!.experiment.config.training.learningRate).toBe(0.3);
  });

  it.each([
    ['0', /^--set replicas: got 0, expected a whole number from 1 to 4096 or a mapping/],
    ['{seeds: []}', /^--set replicas: replicas\.seeds: got \[\], expected/],
    ['{sedes: 2}', /replicas\.sedes: is not a known key; did you mean seeds\?/],
    ['{seeds: [3, 3]}', /^replicas\.seeds: has the seed 3 twice/],
    ['{vary: {training.epochs: [1, 2]}}', /^replicas\.vary: cannot vary training\.epochs, expected a value of device/],
    ['{vary: {"network.layers[0].units": [1, 2]}}', /^replicas\.vary: cannot vary network\.layers\[0\]\.units/],
    [
      '{vary: {device.cycleToCycle: [2]}}',
      /^replicas\.vary\.device\.cycleToCycle: .*got 2, expected a number from 0 to 1/,
    ],
    ['{vary: {device.gMaks: [2]}}', /^replicas\.vary\.device\.gMaks: .*is not a known key; did you mean gMax\?/],
    ['{seeds: 4096, vary: {training.learningRate: [1, 2]}}', /^replicas: come to 8192 runs, expected at most 4096/],
  ])('refuses %s', (replicas, message) => {
    expect(messageOf(() => planned(replicas))).toMatch(message);
  });

  it('refuses seeds that leave their range', () => {
    expect(messageOf(() => planned('2', `seed=${Number.MAX_SAFE_INTEGER}`))).toMatch(
      /^replicas: 2 seeds from .* leave 0 to 2\^53 - 1/,
    );
  });

  it.each([
    ['{vary: {training.learningRate: [0.1, 0.2, 0.1]}}', 'training.learningRate=0.1 and training.learningRate=0.1'],
    ['{vary: {device.gMin: [2 nS, 0.002 uS]}}', 'device.gMin=2 nS and device.gMin=0.002 uS'],
    [
      '{vary: {training.learningRate: [0.1], device.states: [30, 40, 40]}}',
      'training.learningRate=0.1, device.states=40 and training.learningRate=0.1, device.states=40',
    ],
  ])('refuses values that come to the same: %s', (replicas, both) => {
    expect(messageOf(() => planned(replicas))).toBe(
      `replicas.vary: ${both} are the same experiment, which would be run twice; name each value once`,
    );
  });
});
