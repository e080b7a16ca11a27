import { describe, expect, it } from 'vitest';
import { covered, exponentialCell, labels, patience, states } from './hard-intervals.js';

describe('cells that hard bounds stop: known parameters are within their intervals, in at least 90 of 100 draws', () => {
  it.each([0.003, 0.01, 0.03])(
    'exponential, σ %s of the range',
    (sigma) => {
      const hits = covered('exponential', exponentialCell(sigma), { ...labels, ...states });
      for (const [name, count] of Object.entries(hits)) expect(count, name).toBeGreaterThanOrEqual(90);
    },
    patience,
  );
});
