import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSweep } from '../../../src/report/results/sweep.js';
import { Scratch } from '../../experiment/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

it('takes axes that step together for one', () => {
  const axes = ['a', 'b', 'c'].map((path) => ({ path, values: [1, 2] }));
  scratch.write('sweep.json', JSON.stringify({ name: 's', axes, sweep: { zip: [['a', 'c']] }, mostTrials: 4 }));
  const points = [0, 1, 2, 3].map((i) => ({ a: i >> 1, b: i & 1, c: 10 * (i >> 1) }));
  points.forEach((point, i) => {
    const trial = {
      hash: `${i}`,
      point,
      seed: 1,
      status: 'finished',
      error: null,
      seconds: 1,
      result: { accuracy: 0.5 },
    };
    scratch.write(`trials/${i}/trial.json`, JSON.stringify(trial));
  });
  expect(readSweep(scratch.folder).paths).toEqual(['a', 'b']);
});
