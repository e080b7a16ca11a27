import { describe, expect, it } from 'vitest';
import { partsOf, rowOf } from '../../bench/threads/threads.js';
import type { Window } from '../../bench/threads/windows.js';

const windows: Window[] = Array.from({ length: 128 }, (_, i) => ({
  ...{ step: 10 * i, one: 8, two: i < 4 ? 4 : 8 },
  ...{ always: 5, copies: 10 },
}));

describe('two threads beside one', () => {
  it('has rows that begin where training does, each as long as all before it', () => {
    const parts = partsOf(windows);
    expect(parts.map((part) => part.length)).toEqual([4, 4, 8, 16, 32, 64]);
    expect(parts.flat()).toEqual(windows);
    expect(partsOf(windows.slice(0, 40)).map((part) => part.length)).toEqual([2, 2, 4, 8, 16, 8]);
  });

  it('takes gains by the time of all windows, and of two copies for twice the samples', () => {
    const { from, to, samplesPerSecond, gain, quartiles } = rowOf(windows.slice(0, 8), { perWindow: 10 });
    expect([from, to, samplesPerSecond]).toEqual([0, 80, 1250]);
    expect(gain.two).toBeCloseTo(64 / 48);
    expect(gain).toMatchObject({ always: 1.6, copies: 1.6 });
    expect(quartiles.two).toEqual([1, 2, 2]);
  });
});
