import { describe, expect, it } from 'vitest';
import { pointsOf, type Points } from '../../../src/experiment/sweep/points.js';
import { sweepSchema } from '../../../src/experiment/sweep/schema.js';
import { messageOf } from '../scratch.js';

const sweep = (of: object) => sweepSchema.parse({ name: 's', experiment: 'e.yaml', ...of });
const points = (of: object): Points =>
  pointsOf(sweep(of), { firstSeed: 7, valueOf: (path) => (path === 'training.epochs' ? 40 : null) });
const values = (of: object) => points(of).axes.map((axis) => axis.values);
const all = (of: object) => [...points(of).all()];

describe('values of an axis', () => {
  it('are those of a list, whatever they are', () => {
    expect(values({ axes: { a: [1, '10 uS', true, { bits: 7 }, null] } })).toEqual([
      [1, '10 uS', true, { bits: 7 }, null],
    ]);
  });

  it('lie evenly, or evenly in their logarithm, with exact ends', () => {
    expect(values({ axes: { a: { linspace: [0, 1, 5] }, b: { linspace: [-1, 1, 3] } } })).toEqual([
      [0, 0.25, 0.5, 0.75, 1],
      [-1, 0, 1],
    ]);
    expect(values({ axes: { a: { logspace: [0.001, 1, 4] } } })).toEqual([[0.001, 0.01, 0.1, 1]]);
    expect(values({ axes: { a: { linspace: [1 / 3, 1e-7, 2] } } })).toEqual([[1 / 3, 1e-7]]);
  });

  it('keep the unit of their ends, and are whole where they must be', () => {
    expect(values({ axes: { a: { linspace: ['25 degC', '155 degC', 3] } } })).toEqual([
      ['25 degC', '90 degC', '155 degC'],
    ]);
    expect(values({ axes: { a: { logspace: [2, 64, 4], integer: true } } })).toEqual([[2, 6, 20, 64]]);
  });

  it('are in the unit of the first end, where the last has another of the same dimension', () => {
    expect(values({ axes: { a: { linspace: ['100 nS', '40 uS', 3] } } })).toEqual([['100 nS', '20050 nS', '40000 nS']]);
    expect(values({ axes: { a: { linspace: ['25 degC', '398.15 K', 3] } } })).toEqual([
      ['25 degC', '75 degC', '125 degC'],
    ]);
  });

  it('are told apart: whole numbers of a range that come to the same are left out, and it is said', () => {
    const repeating = { axes: { a: { logspace: [2, 3, 4], integer: true } } };
    expect(values(repeating)).toEqual([[2, 3]]);
    expect(points(repeating).notes).toEqual(['axes.a: 4 values, of which 2 repeat others and are left out']);
    const steps = { axes: { a: { logspace: [2, 3, 4], integer: true }, b: [1, 1, 2, 3] }, zip: [['a', 'b']] };
    expect(all(steps).map(({ point }) => point)).toEqual([
      { a: 2, b: 1 },
      { a: 3, b: 2 },
      { a: 3, b: 3 },
    ]);
    expect(points(steps).notes).toEqual(['axes.a: 4 steps, of which 1 repeat others and are left out']);
  });

  it.each([
    [
      { linspace: ['1 uS', '1 V', 3] },
      'axes.a: got "1 uS" and "1 V", expected two ends of one dimension; give both a unit of the same quantity, or none',
    ],
    [
      { linspace: [1, '1 V', 3] },
      'axes.a: got 1 and "1 V", expected two ends of one dimension; give both a unit of the same quantity, or none',
    ],
    [
      { logspace: [0, 1, 3] },
      'axes.a: got 0 to 1, expected ends on one side of 0 on a log scale; move the end, or write linspace',
    ],
    [{ linspace: ['uS', 1, 3] }, 'axes.a: got "uS", expected a number, or a number with a unit'],
  ])('refuses %s', (axis, message) => {
    expect(messageOf(() => points({ axes: { a: axis } }))).toBe(message);
  });
});

describe('a grid', () => {
  it('has every value with every other, the last axis fastest, and seeds faster still', () => {
    const found = all({ axes: { a: [1, 2], b: ['x', 'y'] }, seeds: [5, 3] });
    expect(found.map(({ point, seed }) => JSON.stringify([point.a, point.b, seed]))).toEqual([
      '[1,"x",5]',
      '[1,"x",3]',
      '[1,"y",5]',
      '[1,"y",3]',
      '[2,"x",5]',
      '[2,"x",3]',
      '[2,"y",5]',
      '[2,"y",3]',
    ]);
  });

  it('lets zipped axes step together', () => {
    const found = all({ axes: { a: [1, 2], b: ['x', 'y', 'z'], c: [10, 20] }, zip: [['a', 'c']] });
    expect(found.map(({ point }) => point)).toEqual([
      { a: 1, b: 'x', c: 10 },
      { a: 1, b: 'y', c: 10 },
      { a: 1, b: 'z', c: 10 },
      { a: 2, b: 'x', c: 20 },
      { a: 2, b: 'y', c: 20 },
      { a: 2, b: 'z', c: 20 },
    ]);
  });

  it('leaves out what a condition refuses, by axes and by other values of the experiment', () => {
    const where = ['a < b', 'training.epochs >= 40 and b != 3'];
    expect(all({ axes: { a: [1, 2], b: [1, 2, 3] }, where }).map(({ point }) => point)).toEqual([{ a: 1, b: 2 }]);
  });

  it('counts what conditions leave out, and reads units and mappings in them', () => {
    const axes = { g: ['10 uS', '20 uS'], c: ['none', { bits: 6 }, { bits: 8 }] };
    const few = points({ axes, where: ['g < 15 uS'], seeds: 3 });
    expect([few.asked, few.leftOut(), few.count(), few.most]).toEqual([6, 3, 9, 18]);
    const bits = all({ axes: { c: [{ bits: 6 }, { bits: 8 }] }, where: ['c.bits > 7'] });
    expect(bits.map(({ point }) => point)).toEqual([{ c: { bits: 8 } }]);
    expect(all({ axes, where: ['c.bits > 7'] })).toHaveLength(2);
    expect(messageOf(() => all({ axes: { c: ['adc.yaml'] }, where: ['c.bits > 7'] }))).toBe(
      'where[0]: in "c.bits > 7" c.bits is within the axis c, whose value "adc.yaml" does not show it; write a condition of c itself',
    );
  });

  it('takes the seed of the experiment, so many from it, or from one to another', () => {
    const seeds = (asked: object) => points({ axes: { a: [1] }, ...asked }).seeds;
    expect([seeds({}), seeds({ seeds: 3 }), seeds({ seeds: { from: 2, to: 4 } })]).toEqual([[7], [7, 8, 9], [2, 3, 4]]);
  });
});

describe('a Latin hypercube', () => {
  const axes = {
    a: { linspace: [0, 1] },
    b: { logspace: ['1 nS', '1000 nS'] },
    c: ['x', 'y'],
    d: { linspace: [0, 10] },
  };

  it('has one point in every slice of every range, and every value of a list as often', () => {
    const found = all({ axes, latinHypercube: 20, zip: [['a', 'd']] });
    expect(found).toHaveLength(20);
    const slices = (numbers: number[]) => numbers.map((x) => Math.floor(x * 20)).sort((a, b) => a - b);
    const every = Array.from({ length: 20 }, (_, i) => i);
    expect(slices(found.map(({ point }) => Number(point.a)))).toEqual(every);
    expect(slices(found.map(({ point }) => Math.log10(parseFloat(point.b as string)) / 3))).toEqual(every);
    expect(found.filter(({ point }) => point.c === 'x')).toHaveLength(10);
    // Zipped axes have one place.
    for (const { point } of found) expect(Number(point.d)).toBeCloseTo(10 * Number(point.a), 3);
  });

  it('has no point twice, where whole numbers and lists leave few', () => {
    const few = { a: { linspace: [2, 5], integer: true }, c: ['x', 'y'] };
    const found = all({ axes: few, latinHypercube: 50 });
    expect(new Set(found.map(({ point }) => JSON.stringify(point))).size).toBe(found.length);
    expect(found.length).toBeLessThanOrEqual(8);
  });

  it('is the same for the same seed alone', () => {
    const of = (seed: number) => all({ axes, latinHypercube: { points: 10, seed } });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });
});
