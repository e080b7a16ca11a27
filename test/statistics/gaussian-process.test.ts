import { describe, expect, it } from 'vitest';
import { fold, keyOf, normal, uniform } from '../../src/random.js';
import { Surface, type Observation } from '../../src/statistics/gaussian-process.js';
import { latinHypercube, type Point } from '../../src/statistics/sampling.js';

const smooth = (at: Point): number => 2 - 1.5 * at[0]! + Math.sin(2 * at[1]!) * at[0]!;

function observed(trial: number, count: number, noise: number): Observation[] {
  const key = fold(keyOf(7, 'initialWeights'), trial);
  return latinHypercube(key, count, 2).map((at, i) => {
    return { at, value: smooth(at) + noise * normal(key, i), variance: noise ** 2 };
  });
}

describe('a surface', () => {
  it('goes through values without noise and knows them', () => {
    const observations = observed(0, 15, 0);
    const surface = new Surface(observations);
    for (const { at, value } of observations) {
      expect(surface.at(at).mean).toBeCloseTo(value, 2);
      expect(surface.at(at).variance).toBeLessThan(1e-3);
    }
    const between = Float64Array.of(0.5, 0.5);
    expect(surface.at(between).mean).toBeCloseTo(smooth(between), 1);
  });

  it('is less sure where nothing was seen', () => {
    const corner = observed(0, 30, 0.05).filter(({ at }) => at[0]! < 0.5 && at[1]! < 0.5);
    const surface = new Surface(corner);
    expect(surface.at(Float64Array.of(1, 1)).variance).toBeGreaterThan(
      10 * surface.at(Float64Array.of(0.2, 0.2)).variance,
    );
  });

  it('states the error that it has, over many draws', () => {
    let [squares, left, count] = [0, 0, 0];
    for (let trial = 0; trial < 40; trial++) {
      const surface = new Surface(observed(trial, 16, 0.05));
      const key = fold(keyOf(8, 'initialWeights'), trial);
      for (let i = 0; i < 20; i++) {
        const at = Float64Array.of(uniform(key, 2 * i), uniform(key, 2 * i + 1));
        const { mean, variance } = surface.at(at);
        squares += (smooth(at) - mean) ** 2 / variance;
        count++;
      }
      left += surface.leftOut().reduce((sum, { residual, sd }) => sum + (residual / sd) ** 2, 0) / 16 / 40;
    }
    // Points of one trial share its surface: about 40 independent ones.
    expect(squares / count).toBeGreaterThan(0.5);
    expect(squares / count).toBeLessThan(1.5);
    expect(left).toBeGreaterThan(0.7);
    expect(left).toBeLessThan(1.3);
  });

  it('foretells what is left out as a surface through the others does', () => {
    const observations = observed(1, 20, 0.05);
    const left = new Surface(observations).leftOut();
    const rms = (of: readonly number[]): number => Math.sqrt(of.reduce((sum, x) => sum + x * x, 0) / of.length);
    const differences = observations.map(({ at, value }, i) => {
      const others = new Surface(observations.filter((_, k) => k !== i));
      return value - others.at(at).mean - left[i]!.residual;
    });
    // The shape is fitted anew without each, so they differ a little.
    expect(rms(differences)).toBeLessThan(0.35 * rms(left.map(({ residual }) => residual)));
  });

  it('takes a value of another instrument for less than one of its own', () => {
    const own = observed(2, 12, 0.02);
    const at = Float64Array.of(0.5, 0.5);
    const without = new Surface(own).at(at);
    const added = (instrument?: Observation['instrument']): number => {
      return new Surface([...own, { at, value: without.mean + 0.3, variance: 1e-4, instrument }]).at(at).mean;
    };
    expect(added({ name: 0, variance: 0.09 }) - without.mean).toBeLessThan(0.5 * (added() - without.mean));
  });
});
