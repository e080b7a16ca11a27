import { describe, expect, it } from 'vitest';
import { calledAs } from '../../src/cli/options.js';
import { describeBest, tableLines } from '../../src/cli/sweep-progress.js';

const point = (states: number) => ({ 'device.states': states, 'device.gMin': '10 uS' });
const running = [
  { trial: { point: point(8), seed: 1 }, state: 'epoch 3/10, accuracy 88.10 %' },
  { trial: { point: point(16), seed: 2 }, state: 'starts' },
];

describe('the live table of a sweep', () => {
  it('has the point and the seed of what runs, and the best mean', () => {
    const best = { point: point(32), seeds: [1, 2, 3], mean: 0.912, sd: 0.004 };
    expect(tableLines('3 of 12', best, running, { columns: 120, rows: 24 })).toEqual([
      '3 of 12',
      'best: mean accuracy 91.20 % ± 0.40 % of 3 seeds with states=32, gMin=10 uS',
      '  epoch 3/10, accuracy 88.10 %  seed 1  states=8, gMin=10 uS',
      '  starts                        seed 2  states=16, gMin=10 uS',
    ]);
  });

  it('is cut to the terminal', () => {
    const lines = tableLines('3 of 12', undefined, [...running, ...running, ...running], { columns: 30, rows: 6 });
    expect(lines).toEqual([
      '3 of 12',
      '  epoch 3/10, accuracy 88.10 ',
      '  starts                     ',
      '  … and 4 more',
    ]);
  });
});

it('the best of one seed names it', () => {
  expect(describeBest({ point: point(8), seeds: [4], mean: 0.5, sd: null })).toBe(
    'best: accuracy 50.00 % with device.states=8, device.gMin=10 uS, seed 4',
  );
  expect(describeBest({ point: {}, seeds: [1, 2], mean: 0.5, sd: 0.1 })).toBe(
    'best: mean accuracy 50.00 % ± 10.00 % of 2 seeds',
  );
});

it('names commands as this one was called', () => {
  expect([calledAs({ npm_lifecycle_event: 'npx' }), calledAs({})]).toEqual(['npx mho', 'mho']);
});
