import { describe, expect, it } from 'vitest';
import { best, rungSizes } from '../../../src/experiment/calibrate/halving.js';

describe('successive halving', () => {
  it.each([
    [27, 1 / 3, 4, [27, 9, 3, 1]],
    [6, 1 / 3, 2, [6, 2]],
    [10, 0.5, 4, [10, 5, 3, 2]],
    [9, 1, 3, [9, 9, 9]],
    [2, 0.1, 3, [2, 1, 1]],
    [5, 0.5, 1, [5]],
  ])('of %s, keeping %s over %s rungs', (count, keep, rungs, sizes) => {
    expect(rungSizes(count, keep, rungs)).toEqual(sizes);
  });

  it('keeps the lowest costs, in the order that they came', () => {
    const items = [{ c: 3 }, { c: 1 }, { c: 2 }, { c: 1 }];
    expect(best(items, ({ c }) => c, 2)).toEqual([items[1], items[3]]);
    expect(best(items, ({ c }) => c, 3)).toEqual([items[1], items[2], items[3]]);
    expect(best([], () => 0, 3)).toEqual([]);
  });
});
