import { describe, expect, it } from 'vitest';
import type { Ramp } from '../../../src/device/fit/ramps.js';
import { sortRamps } from '../../../src/device/fit/sort-ramps.js';
import { messageOf } from '../../experiment/scratch.js';

const ramp = (name: string, ...values: number[]): Ramp => ({ name, file: 'r.csv', device: 0, values });
const [up, down] = [ramp('a', 1, 2, 3), ramp('b', 3, 2, 1)];

describe('ramps are sorted by where they go', () => {
  it('with a warning where a direction has one ramp', () => {
    const { set, warnings } = sortRamps([{ ramps: [down, up, up], branch: undefined }]);
    expect([set.ltp.length, set.ltd.length]).toEqual([2, 1]);
    expect(warnings).toEqual([
      'r.csv: b is the only LTD ramp: no intervals, no spread over ramps, and models are told apart by held-out pulses',
    ]);
  });

  it('and refused where their file says otherwise, or a direction is missing', () => {
    expect(messageOf(() => sortRamps([{ ramps: [down], branch: 'ltp' }]))).toContain('b goes down, expected LTP ramps');
    expect(messageOf(() => sortRamps([{ ramps: [up], branch: 'ltd' }]))).toContain('a goes up, expected LTD ramps');
    expect(messageOf(() => sortRamps([{ ramps: [up], branch: undefined }]))).toContain('with --reset');
    expect(messageOf(() => sortRamps([{ ramps: [down], branch: undefined }]))).toContain('depression alone');
  });
});
