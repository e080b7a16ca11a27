import { expect, it } from 'vitest';
import { loadSweep, shippedSweeps } from '../../../src/experiment/sweep/load.js';

const names = [...shippedSweeps().keys()];

it('there are sweeps of every question', () => {
  expect(names.length).toBeGreaterThanOrEqual(8);
});

it.each(names)('%s loads, and has as many trials as minutes allow', (name) => {
  const { config, points } = loadSweep(name);
  expect(config.name).toBe(name);
  expect(points.count()).toBeGreaterThan(10);
  expect(points.count()).toBeLessThanOrEqual(130);
});
