import { describe, expect, it } from 'vitest';
import type { Ramp } from '../../../../src/device/fit/ramps.js';
import { sortRamps } from '../../../../src/device/fit/reading/sort-ramps.js';
import { messageOf } from '../../../experiment/scratch.js';

const ramp = (name: string, ...values: number[]): Ramp => ({ name, file: 'r.csv', device: 0, values });
const [up, down] = [ramp('a', 1, 2, 3, 4, 5), ramp('b', 5, 4, 3, 2, 1)];

describe('ramps are sorted by where they go', () => {
  it('with a warning where a direction has one ramp', () => {
    const { set, warnings } = sortRamps([{ ramps: [down, up, up], branch: undefined }]);
    expect([set.ltp.length, set.ltd.length]).toEqual([2, 1]);
    expect(warnings).toEqual([
      'r.csv: b is the only LTD ramp: no intervals, no spread over ramps, and models are told apart by held-out pulses',
    ]);
  });

  it('with a warning where pulses are too few to bend', () => {
    const { warnings } = sortRamps([{ ramps: [down, down, up, ramp('c', 1, 4)], branch: undefined }]);
    expect(warnings).toEqual([]);
    const abrupt = ramp('d', 4, 1);
    expect(sortRamps([{ ramps: [up, up, abrupt, abrupt], branch: undefined }]).warnings).toEqual([
      'LTD ramps have at most 1 pulse, too few to show how the curve bends: its nonlinearity is arbitrary',
    ]);
  });

  it('and refused where SET and RESET are exchanged', () => {
    const [set, reset] = [
      { ramps: [{ ...down, file: 's.csv' }], branch: 'ltp' },
      { ramps: [{ ...up, file: 'q.csv' }], branch: 'ltd' },
    ] as const;
    expect(messageOf(() => sortRamps([set, reset]))).toBe(
      's.csv: b and all its other ramps go down, and those of q.csv up: SET and RESET are exchanged; ' +
        'name q.csv first and s.csv with --reset; resistances need --unit ohm instead',
    );
  });

  it('and refused where one lies far off the others', () => {
    const far = ramp('c', 1000, 2000, 3000);
    expect(messageOf(() => sortRamps([{ ramps: [up, up, far, down], branch: undefined }]))).toBe(
      'r.csv: got c at 2 kS and a at 3 S, expected ramps of one scale; ' +
        'name the unit of each column, or pick columns with --values',
    );
  });

  it('and refused where the branches are scales apart', () => {
    const reset = { ...ramp('b', 0.0052, 0.004, 0.003, 0.002, 0.001), file: 'q.csv' };
    expect(messageOf(() => sortRamps([{ ramps: [up, reset], branch: undefined }]))).toBe(
      'r.csv: LTP ramps go from 1 S to 5 S and LTD ramps (q.csv) from 1 mS to 5.2 mS, a factor of 980 apart: ' +
        'units mistaken?; name the unit in each file; --unit holds for all of them',
    );
  });

  it('and refused with the place where one leaves the scale of the others', () => {
    const places = [2, 3, 4, 5, 6].map((line) => `r.csv:${line}: column 3 (c)`);
    const of = (...values: number[]) => ({ ...ramp('c', ...values), places });
    for (const [odd, line] of [
      [of(1000, 2000, 3000, 4000, 5000), 2],
      [of(1, 2, 3, 4000, 5000), 5],
      [of(1, 2, 3000, 4000, 5000), 4],
    ] as const)
      expect(messageOf(() => sortRamps([{ ramps: [up, up, odd, down], branch: undefined }]))).toMatch(
        new RegExp(`^r\\.csv:${line}: column 3 \\(c\\): got c at `),
      );
  });

  it('and refused where their file says otherwise, or a direction is missing', () => {
    expect(messageOf(() => sortRamps([{ ramps: [down], branch: 'ltp' }]))).toContain('b goes down, expected LTP ramps');
    expect(messageOf(() => sortRamps([{ ramps: [up], branch: 'ltd' }]))).toContain('a goes up, expected LTD ramps');
    expect(messageOf(() => sortRamps([{ ramps: [up], branch: undefined }]))).toContain('with --reset');
    expect(messageOf(() => sortRamps([{ ramps: [down], branch: undefined }]))).toContain('depression alone');
  });
});
