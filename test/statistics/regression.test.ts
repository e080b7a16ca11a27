import { describe, expect, it } from 'vitest';
import { fold, keyOf, normal, uniform } from '../../src/random.js';
import { fitLine, lineVariance, predictLine } from '../../src/statistics/regression.js';

describe('a line', () => {
  // F. Anscombe, Graphs in Statistical Analysis, 1973, data set 1.
  const xs = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const ys = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  const anscombe = xs.map((x, i) => ({ x, y: ys[i]!, weight: 1 }));

  it("is that of Anscombe's first set", () => {
    const line = fitLine(anscombe);
    expect(line.intercept).toBeCloseTo(3.0001, 4);
    expect(line.slope).toBeCloseTo(0.5001, 4);
    expect(line.residual).toBeCloseTo(1.2366, 4);
  });

  it('is surer in the middle than beyond the data', () => {
    const line = fitLine(anscombe);
    expect(predictLine(line, 9).mean).toBeCloseTo(7.501, 3);
    expect(lineVariance(line, 9)).toBeCloseTo(((1.2366 ** 2 / 11) * 9) / 7, 3);
    expect(lineVariance(line, 30)).toBeGreaterThan(4 * lineVariance(line, 9));
  });

  it('leaves out what weighs nothing', () => {
    const line = fitLine([...anscombe.map((pair) => ({ ...pair, weight: 1 })), { x: 100, y: -100, weight: 0 }]);
    expect(line.slope).toBeCloseTo(0.5001, 4);
  });

  it('of one x alone is flat, and of two pairs is none', () => {
    expect(fitLine([1, 2, 6].map((y) => ({ x: 1, y, weight: 1 })))).toMatchObject({ slope: 0, intercept: 3 });
    expect(() => fitLine(anscombe.slice(0, 2))).toThrow('expected 3 or more');
  });

  it('foretells new values with the error that it states', () => {
    let squares = 0;
    const trials = 2000;
    for (let trial = 0; trial < trials; trial++) {
      const key = fold(keyOf(3, 'initialWeights'), trial);
      const pair = (i: number) => {
        const x = uniform(key, 2 * i);
        return { x, y: 1 + 2 * x + 0.1 * normal(key, 2 * i + 1), weight: 1 };
      };
      const line = fitLine(Array.from({ length: 12 }, (_, i) => pair(i)));
      const { x, y } = pair(20);
      const { mean, variance } = predictLine(line, x);
      squares += (y - mean) ** 2 / variance / trials;
    }
    // 1 within three standard errors, and rather more careful than bold.
    expect(squares).toBeGreaterThan(0.85);
    expect(squares).toBeLessThan(1.1);
  });
});
