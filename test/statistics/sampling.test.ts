import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/random.js';
import { correlationOf, covariance } from '../../src/statistics/linear-algebra.js';
import { lowest } from '../../src/statistics/pattern-search.js';
import { drawEnsemble, latinHypercube, resample, spreadOut } from '../../src/statistics/sampling.js';

const key = keyOf(1, 'calibration');

describe('a Latin hypercube', () => {
  it('has one point in every slice of every dimension, the same for the same key', () => {
    const points = latinHypercube(key, 17, 3);
    for (let j = 0; j < 3; j++) {
      const slices = points.map((point) => Math.floor(point[j]! * 17)).sort((a, b) => a - b);
      expect(slices).toEqual(Array.from({ length: 17 }, (_, i) => i));
    }
    expect(latinHypercube(key, 17, 3)).toEqual(points);
    expect(latinHypercube(keyOf(2, 'calibration'), 17, 3)).not.toEqual(points);
  });
});

describe('an ensemble', () => {
  it('draws from a narrow, slanted normal distribution with its moments', () => {
    const [sd, r] = [0.05, 0.95];
    const density = ([x, y]: Float64Array): number => {
      const [u, v] = [(x! - 0.5) / sd, (y! - 0.4) / sd];
      return (-0.5 * (u * u - 2 * r * u * v + v * v)) / (1 - r * r);
    };
    const starts = latinHypercube(key, 40, 2).map((point) => point.map((x) => 0.4 + 0.1 * x));
    const points = drawEnsemble(key, density, starts, { walkers: 40, burnIn: 200, steps: 2000, thin: 5 });
    expect(points).toHaveLength(40 * 400);
    const mean = (j: number): number => points.reduce((sum, point) => sum + point[j]!, 0) / points.length;
    expect(mean(0)).toBeCloseTo(0.5, 2);
    expect(mean(1)).toBeCloseTo(0.4, 2);
    const cov = covariance(points);
    expect(Math.sqrt(cov[0]![0]!) / sd).toBeGreaterThan(0.9);
    expect(Math.sqrt(cov[0]![0]!) / sd).toBeLessThan(1.1);
    expect(correlationOf(cov)[0]![1]).toBeCloseTo(r, 1);
  });

  it('fills a box evenly where nothing is more likely, and never leaves it', () => {
    const points = drawEnsemble(key, () => 0, latinHypercube(key, 40, 1), {
      walkers: 40,
      burnIn: 100,
      steps: 1000,
      thin: 2,
    });
    expect(points.every(([x]) => x! >= 0 && x! <= 1)).toBe(true);
    expect(Math.sqrt(12 * covariance(points)[0]![0]!)).toBeCloseTo(1, 1);
  });
});

describe('points', () => {
  const line = [0, 0.1, 0.5, 0.9].map((x) => Float64Array.of(x));

  it('are taken as often as they weigh', () => {
    const chosen = resample(key, line, [Math.log(1), -Infinity, Math.log(3), -Infinity], 400);
    const count = (x: number): number => chosen.filter(([y]) => y === x).length;
    expect([count(0), count(0.1), count(0.5), count(0.9)]).toEqual([100, 0, 300, 0]);
  });

  it('are spread out from each other and from those that are taken', () => {
    const chosen = spreadOut(line, [Float64Array.of(0.05)], 2).map(([x]) => x);
    expect(chosen).toEqual([0.9, 0.5]);
    expect(spreadOut(line, [], 9)).toHaveLength(4);
  });
});

describe('a pattern search', () => {
  it('finds the bottom of a curved valley', () => {
    const valley = ([x, y]: Float64Array): number => (1 - x!) ** 2 + 10 * (y! - x! ** 2) ** 2;
    const [x, y] = lowest(valley, [-1, 1], { step: 0.5, least: 1e-5 });
    expect(x).toBeCloseTo(1, 2);
    expect(y).toBeCloseTo(1, 2);
  });

  it('stays out of where the cost is infinite', () => {
    const [x] = lowest(([at]) => (at! < 0.3 ? Infinity : at!), [0.8], { step: 0.5, least: 1e-4 });
    expect(x).toBeCloseTo(0.3, 3);
  });
});
