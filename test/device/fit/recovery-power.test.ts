import { describe, expect, it } from 'vitest';
import { covered, patience, uS } from './intervals.js';
import { powerTruth } from './synthetic.js';

describe('known parameters are within their 95 % intervals in at least 90 of 100 draws', () => {
  it(
    'of a power law',
    () => {
      const [low, high, states] = [10 * uS, 100 * uS, { ltp: 40, ltd: 30 }];
      const gamma = { ltp: 1.5, ltd: 0.7 };
      const truth = powerTruth({
        ...{ bounds: [low, high], gamma, states, pulses: { ltp: 60, ltd: 35 }, start: { ltp: 15 * uS, ltd: 95 * uS } },
        ...{ startSpread: 0.3 * uS, programming: 0.2 * uS, read: 0.2 * uS },
      });
      const hits = covered(
        truth,
        {
          ...{ gMin: low, gMax: high, 'ltp.gamma': gamma.ltp, 'ltd.gamma': gamma.ltd },
          ...{ 'ltp.states': states.ltp, 'ltd.states': states.ltd },
        },
        'power',
        20,
      );
      for (const [name, count] of Object.entries(hits)) expect(count, name).toBeGreaterThanOrEqual(90);
    },
    patience,
  );
});
