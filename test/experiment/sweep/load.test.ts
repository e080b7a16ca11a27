import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { loadSweep } from '../../../src/experiment/sweep/load.js';
import { sheetOf } from '../../../src/experiment/sweep/plan.js';
import { tryPoints } from '../../../src/experiment/sweep/try-points.js';
import { Scratch, messageOf, smallDevice } from '../scratch.js';
import { cellExperiment } from '../calibrate/synthetic.js';
import { smallSweep, writeSweep } from './small-sweep.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

const load = (text: string) => loadSweep(writeSweep(scratch, text));
const refusal = (text: string) => messageOf(() => load(text)).replaceAll(`${scratch.folder}/`, '');
const axis = (text: string) => smallSweep.replace('[0, 0.05]', text);

it.each([
  [
    'where: [device.cycle < 3]',
    'sweep.yaml:8:9: where[0]: neither the axes nor the experiment have device.cycle; did you mean device.cycleToCycle?',
  ],
  [
    'where: [1 > 0, learningRate < 3]',
    'sweep.yaml:8:16: where[1]: neither the axes nor the experiment have learningRate; did you mean training.learningRate?',
  ],
  [
    'where: [device.cycleToCycle > 1]',
    'sweep.yaml:8:8: where: leaves no trial: none of 4 points meets the condition; loosen it, or give the axes other values',
  ],
  [
    'where: [seed > 1]',
    'sweep.yaml:8:9: where[0]: asks for the seed, and every point that is left has all of the seeds; name the seeds that are wanted in seeds',
  ],
  [
    'where: [device.gMin < 1 V]',
    'sweep.yaml:8:9: where[0]: in "device.gMin < 1 V" a conductance stands against a voltage; give both sides one dimension',
  ],
])('refuses %s', (where, message) => {
  expect(refusal(`${smallSweep}${where}\n`)).toBe(message);
});

it('takes the name of a shipped experiment, unless a file beside has it', () => {
  const named = smallSweep.replace('cells.yaml', 'wse2-orhd');
  expect(load(named).base.config.name).toBe('wse2-orhd');
  scratch.write('wse2-orhd', cellExperiment);
  expect(load(named).base.config.name).not.toBe('wse2-orhd');
  expect(refusal(smallSweep.replace('cells.yaml', 'wse2-orh'))).toBe(
    'sweep.yaml:2:13: experiment: no such file wse2-orh, and no shipped experiment wse2-orh; did you mean wse2-orhd?',
  );
});

it('is labelled by the device that stands in the place of its own, and says so in its description', () => {
  const described = cellExperiment.replace(/^name:.*$/m, '$&\ndescription: Cells of one kind.');
  const file = writeSweep(scratch, smallSweep.replace('overrides: {', 'overrides: { device: mine.yaml,'));
  scratch.write('cells.yaml', described);
  scratch.write('mine.yaml', smallDevice);
  const sweep = loadSweep(file);
  expect(sheetOf(sweep, 'code').experiment).toBe(`${sweep.base.config.name} with mine`);
  expect(sweep.base.config.description).toBe('small with the device mine in place of its own.');
  // Of the whole configuration another device may be put in the place of that one.
  const whole = scratch.write('whole.yaml', JSON.stringify(sweep.base.resolved));
  scratch.write('second one.yaml', smallDevice);
  const overrides = [{ path: 'device', value: 'second one.yaml', option: '--set device' }];
  expect(loadExperiment(whole, { overrides, cwd: scratch.folder }).config.description).toBe(
    'small with the device second one in place of its own.',
  );
});

it('shows what conditions are where something else stands for them', () => {
  const list = "expected a list of conditions, such as ['device.states > 8']";
  expect(messageOf(() => load(`${smallSweep}where: device.cycleToCycle > 0\n`))).toMatch(
    new RegExp(`where: got "device.cycleToCycle > 0", ${list.replace(/[[\]]/g, '\\$&')}$`),
  );
  expect(messageOf(() => load(`${smallSweep}where: [3]\n`))).toMatch(
    /where\[0\]: got 3, expected a condition, such as 'device\.states > 8'$/,
  );
});

it('takes a condition of a value that the experiment can have and does not', () => {
  expect(load(`${smallSweep}where: [device.drive is null]\n`).points.count()).toBe(8);
});

it.each([
  [
    '{ linspace: [0, 0.1, 1] }',
    'sweep.yaml:5:45: axes["device.cycleToCycle"].linspace[2]: got 1, expected how many values, a whole number from 2 to 10000000',
  ],
  [
    '{ logspace: [0, 0.1, 3] }',
    'sweep.yaml:5:24: axes["device.cycleToCycle"]: got 0 to 0.1, expected ends on one side of 0 on a log scale; move the end, or write linspace',
  ],
  ['[0.1, 0.2, 0.10]', 'sweep.yaml:5:24: axes["device.cycleToCycle"]: has the value 0.1 twice; name each value once'],
  [
    '[1 %, 2 %]',
    'sweep.yaml:5:24: axes["device.cycleToCycle"]: device.cycleToCycle: got "1 %", expected a number from 0 to 1; write 0.01',
  ],
])('refuses an axis %s', (text, message) => {
  expect(refusal(axis(text))).toBe(message);
});

it('tries the points before they are run, and says which cannot be', () => {
  const states = axis('[0]').replace('training.learningRate: [0.1, 0.3]', 'device.states: { linspace: [10, 15, 4] }');
  const { tried, refused } = tryPoints(load(states));
  expect(tried).toBe(4);
  expect(
    refused.map(({ point, message }) => [point['device.states'], message.replaceAll(`${scratch.folder}/`, '')]),
  ).toEqual(
    [11.6667, 13.3333].map((value) => [
      value,
      `device.cycleToCycle=0, device.states=${value}: sweep.yaml:6:18: axes["device.states"]: device.states: got ${value}, expected a whole number from 2 to 65536 or a mapping; write integer: true in the range of device.states`,
    ]),
  );
});

it('tries some of many points: every value of every axis, the first and the last', () => {
  const many = load(
    axis('{ linspace: [0, 0.2, 40] }')
      .replace('[0.1, 0.3]', '{ linspace: [0.1, 1, 30] }')
      .replace('seeds: 2', 'seeds: 1'),
  );
  const shown = new Set<unknown>();
  const { tried, refused } = tryPoints({
    ...many,
    mistakeAt: (point) => {
      for (const [at, value] of Object.entries(point)) shown.add(JSON.stringify([at, value]));
      return undefined;
    },
  });
  expect([many.points.asked, refused]).toEqual([1200, []]);
  expect(tried).toBeLessThanOrEqual(200);
  expect(shown.size).toBe(70);
});
