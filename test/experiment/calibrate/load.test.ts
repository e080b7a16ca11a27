import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCalibration, shippedCalibrations } from '../../../src/experiment/calibrate/load.js';
import { planOf } from '../../../src/experiment/calibrate/plan.js';
import { Scratch, messageOf } from '../scratch.js';
import { smallCalibration, writeFiles } from './synthetic.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

function mistakeAfter(from: string | RegExp, to: string): string {
  const file = writeFiles(scratch, smallCalibration.replace(from, to));
  return messageOf(() => loadCalibration(file)).replaceAll(`${scratch.folder}${path.sep}`, '');
}

describe('a calibration file', () => {
  it('loads with its experiments and defaults', () => {
    const { config, experiments, families } = loadCalibration(writeFiles(scratch, smallCalibration));
    expect(experiments).toEqual([scratch.path('cells.yaml'), scratch.path('cells.yaml')]);
    expect(config.search).toMatchObject({ seed: 1, candidates: 24, refine: { rounds: 1, candidates: 8 } });
    expect(families.map(({ name }) => name)).toEqual(['small']);
  });

  it('has families where it names alternatives, each with parameters of its own where it has any', () => {
    const text = `${smallCalibration}alternatives:
  - { name: pair }
  - name: offset
    overrides: [crossbar.coding=offset]
    parameters: [{ name: states, range: [10, 50], integer: true, sets: [{ path: device.states }] }]
`;
    const { families } = loadCalibration(writeFiles(scratch, text));
    expect(families.map(({ name, parameters }) => [name, parameters.map((one) => one.name)])).toEqual([
      ['pair', ['sigma', 'rate']],
      ['offset', ['states']],
    ]);
  });

  it.each([
    [
      'statistic: mean',
      'statistic: meen',
      'calibration.yaml:5:16: targets[0].statistic: got "meen", expected one of mean, median; did you mean mean?',
    ],
    ['pilots:', 'pilot:', 'calibration.yaml:31:27: search.pilot: is not a known key; did you mean pilots?'],
    [
      'name: second',
      'name: first',
      'calibration.yaml:12:11: targets[1].name: got first a second time; give each a name of its own',
    ],
    [
      'accuracy: 0.9',
      'accuracy: 90',
      'calibration.yaml:6:15: targets[0].accuracy: got 90, expected a number from 0.001 to 0.999',
    ],
    [
      '[0.001, 0.1]',
      '[0.1, 0.001]',
      'calibration.yaml:24:12: parameters[0].range: got [0.1, 0.001]; write the lower end first',
    ],
    [
      '[0.001, 0.1]',
      '[0, 0.1]',
      'calibration.yaml:24:12: parameters[0].range: got [0, 0.1], expected ends above 0 on a log scale; raise the lower end, or write scale: linear',
    ],
    [
      '[0.001, 0.1]',
      '[0.001, 2]',
      'calibration.yaml:26:12: parameters[0].sets[0]: device.cycleToCycle: got 2, expected a number from 0 to 1',
    ],
    [
      'device.cycleToCycle',
      'device.cycleToCycl',
      'calibration.yaml:26:12: parameters[0].sets[0]: device.cycleToCycl: is not a known key; did you mean cycleToCycle?',
    ],
    [
      '{ path: device.cycleToCycle }',
      '{ path: device.cycleToCycle, target: third }',
      'calibration.yaml:26:49: parameters[0].sets[0].target: got third, expected one of first, second; name a target',
    ],
    [
      "'training.epochs=1'",
      "'training.epoch=1'",
      'calibration.yaml:9:23: targets[0].rungs[0].overrides[0]: training.epoch: is not a known key; did you mean epochs?',
    ],
    [
      "'training.epochs=1'",
      "'seed=1'",
      'calibration.yaml:9:23: targets[0].rungs[0].overrides[0]: sets the seed, which the search gives every run; take it out',
    ],
    [
      /seeds: 4/,
      'seeds: 1',
      'calibration.yaml:11:52: targets[0].rungs[2].seeds: got 1 for the full run, expected 2 or more; without several seeds their spread is not known',
    ],
    [
      / {6}- .*epochs=3.*\n/,
      '',
      'calibration.yaml:18:7: targets[1].rungs: second has 3, but first has 2; write as many for every target: candidates climb them together',
    ],
    [
      'pilots: 6',
      'pilots: 60',
      'calibration.yaml:31:35: search.pilots: got 60, but there are 24 candidates; lower it, or raise search.candidates',
    ],
    [
      'experiment: cells.yaml',
      'experiment: cell.yaml',
      'calibration.yaml:4:17: targets[0].experiment: no such file cell.yaml; did you mean cells.yaml?',
    ],
    [
      /$/,
      'prefer: { value: states, wanted: largest }\n',
      'calibration.yaml:32:18: prefer.value: got states, which small does not have, expected one of sigma, rate, ltp-saturation; name a parameter or a derived value',
    ],
  ])('tells where %s became %s', (from, to, told) => {
    expect(mistakeAfter(from, to)).toBe(told);
  });

  it('that is named wrongly is told with those that there are', () => {
    expect(messageOf(() => loadCalibration('ws3'))).toBe(
      'calibrate: got "ws3", expected a calibration file or one of ws2, wse2; did you mean ws2?',
    );
  });
});

describe('the shipped calibrations', () => {
  it.each([...shippedCalibrations()])('%s loads under its name, with times for its plan', (name, file) => {
    const calibration = loadCalibration(file);
    expect(calibration.config.name).toBe(name);
    expect(planOf(calibration).seconds).toBeGreaterThan(60);
  });
});

describe('a plan', () => {
  it('counts runs: halved candidates, pilots at every rung, refinement and confirmation', () => {
    const plan = planOf(loadCalibration(writeFiles(scratch, smallCalibration)));
    // 24, 12, 6 at the start, 6 pilots beside them, 8, 4, 2 in the round of refinement.
    expect(plan.rows.map(({ candidates, runs }) => [candidates, runs])).toEqual([
      ...[
        [32, 32],
        [22, 44],
        [14, 56],
      ],
      ...[
        [32, 32],
        [22, 44],
        [14, 56],
      ],
    ]);
    expect(plan.confirmations.map(({ runs }) => runs)).toEqual([4, 4]);
    expect(plan.runs).toBe(2 * (32 + 44 + 56 + 4));
    expect(plan.seconds).toBe(2 * (32 + 44 * 3 + 56 * 9 + 4 * 9));
  });

  it('takes measured times before those of the file, and knows none where one is missing', () => {
    const calibration = loadCalibration(writeFiles(scratch, smallCalibration));
    const line = { family: 'small', candidate: 0, parameters: {}, seed: 1, config: 'a', commit: null };
    const run = { ...line, target: 'first', rung: 0, accuracy: 0.5, correct: 1, count: 2, seconds: 11 };
    expect(planOf(calibration, [run]).rows[0]!.seconds).toBe(11);
    const bare = writeFiles(scratch, smallCalibration.replace(', seconds: 3', ''));
    expect(planOf(loadCalibration(bare)).seconds).toBeNull();
  });
});
