import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readResults } from '../../../src/report/results/read.js';
import { pointsOf } from '../../../src/report/results/sweep-points.js';
import { isUnfinished, progressOf, readSweep, type SweepRead } from '../../../src/report/results/sweep.js';
import { Scratch } from '../../experiment/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

function sheet(folder: string, more: object = {}): void {
  const axes = ['a', 'b'].map((at) => ({ path: at, values: [2, 1] }));
  const whole = { name: 's', digest: 'd', axes, mostTrials: 8, sweep: { zip: [], where: [] }, ...more };
  scratch.write(path.join(folder, 'sweep.json'), JSON.stringify(whole));
}

/** The trial of an index: a slowest, seeds fastest; its name has nothing to do with its place. */
function trial(folder: string, index: number, more: object = {}): void {
  const point = { a: [2, 1][index >> 2], b: [2, 1][(index >> 1) & 1] };
  const hash = `${(index * 5 + 3) % 8}`;
  const record = { hash, index, point, seed: index & 1, status: 'finished', result: { accuracy: index / 10 }, ...more };
  scratch.write(path.join(folder, `trials/${hash}/trial.json`), JSON.stringify(record));
}

const sweepsOf = (...folders: string[]): readonly SweepRead[] =>
  readResults(folders.map((folder) => scratch.path(folder))).sweeps;

it('takes axes that step together for one', () => {
  const axes = ['a', 'b', 'c'].map((at) => ({ path: at, values: [1, 2] }));
  sheet('.', { axes, sweep: { zip: [['a', 'c']] } });
  for (let i = 0; i < 4; i++) trial('.', i, { point: { a: i >> 1, b: i & 1, c: 10 * (i >> 1) } });
  expect(readSweep(scratch.folder).paths).toEqual(['a', 'b']);
});

it('joins the parts of one sweep, whose trials count once, in the order of the sweep', () => {
  for (const part of [0, 1, 2]) {
    sheet(`part-${part}`);
    for (let i = part; i < 8; i += 3) trial(`part-${part}`, i);
  }
  trial('part-0', 1);
  trial('part-2', 0, { status: 'failed', result: null });
  const [sweep, ...others] = sweepsOf('part-0', 'part-1', 'part-2', 'part-0');
  expect(others).toEqual([]);
  expect(sweep!.trials.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const points = pointsOf(sweep!);
  expect(points.map(({ values, count }) => [values.a, values.b, count])).toEqual([
    [2, 2, 2],
    [2, 1, 2],
    [1, 2, 2],
    [1, 1, 2],
  ]);
  expect(points[1]!.mean).toBeCloseTo(0.25, 12);
  expect([isUnfinished(sweep!), progressOf(sweep!)]).toEqual([false, '8 trials are finished']);
});

it('leaves sweeps of another experiment apart, of whatever name', () => {
  sheet('one');
  sheet('two', { digest: 'e' });
  sheet('three', { name: 't' });
  for (const folder of ['one', 'two', 'three']) trial(folder, 0);
  expect(sweepsOf('one', 'two', 'three').map(({ folder }) => path.basename(folder))).toEqual(['one', 'two', 'three']);
});

it('says how many trials of a sweep that goes on are finished', () => {
  sheet('.');
  for (const i of [0, 1, 2]) trial('.', i);
  trial('.', 3, { status: 'failed', result: null });
  const sweep = readSweep(scratch.folder);
  expect([isUnfinished(sweep), progressOf(sweep)]).toEqual([true, '3 of 8 trials are finished']);
});

it('leaves out a trial whose record is damaged, and says so', () => {
  sheet('.');
  for (const i of [0, 1, 2]) trial('.', i);
  scratch.write('trials/cut/trial.json', '{"hash": "cut", "poi');
  scratch.write('trials/other/trial.json', '{"hash": 1}');
  const { trials, damaged } = readSweep(scratch.folder);
  expect(trials).toHaveLength(3);
  expect(damaged.map((folder) => path.basename(folder))).toEqual(['cut', 'other']);
});

it('takes as long for seeds of one point as they are many', () => {
  const one = {
    folder: '',
    point: { a: 1 },
    status: 'finished',
    error: null,
    seconds: 1,
    code: null,
    started: null,
  } as const;
  const trials = Array.from({ length: 60_000 }, (_, i) => {
    return { ...one, hash: `${i}`, index: i, seed: i, accuracy: (i % 100) / 100 };
  });
  const [point] = pointsOf({ trials, paths: ['a'] });
  expect(point).toMatchObject({ count: 60_000, min: 0, max: 0.99 });
  expect(point!.mean).toBeCloseTo(0.495, 9);
});

it('has every axis of a grid, also while trials have come to one value of it alone', () => {
  sheet('.', {
    axes: [
      { path: 'a', values: [2, 1] },
      { path: 'b', values: [2] },
    ],
  });
  trial('.', 0);
  expect(readSweep(scratch.folder).paths).toEqual(['a']);
  sheet('.', { axes: [{ path: 'a', values: [2, 1] }], design: 'latin-hypercube' });
  expect(readSweep(scratch.folder).paths).toEqual([]);
});
