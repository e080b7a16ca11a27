import { describe, expect, it } from 'vitest';
import { bounds, covered, patience, states } from './hard-intervals.js';

describe('cells that hard bounds stop: known parameters are within their intervals, in at least 90 of 100 draws', () => {
  it.each([0.01])(
    'linear, σ %s of the range',
    (cycleToCycle) => {
      const cell = { ...bounds, up: { c0: 1 / 40, c1: 0 }, down: { c0: -1 / 40, c1: 0 }, cycleToCycle };
      const hits = covered('linear', cell, states);
      for (const [name, count] of Object.entries(hits)) expect(count, name).toBeGreaterThanOrEqual(90);
    },
    patience,
  );

  it.each([0.01, 0.03])(
    'soft bounds, σ %s of the range',
    (cycleToCycle) => {
      const cell = { ...bounds, up: { c0: 0.05, c1: 0.05 }, down: { c0: 0, c1: 0.05 }, cycleToCycle };
      const hits = covered('soft-bounds', cell, states);
      for (const [name, count] of Object.entries(hits)) expect(count, name).toBeGreaterThanOrEqual(90);
    },
    patience,
  );
});
