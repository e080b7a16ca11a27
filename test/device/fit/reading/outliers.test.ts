import { describe, expect, it } from 'vitest';
import { readRamps } from '../../../../src/device/fit/reading/read-ramps.js';
import { fold, keyOf, normal } from '../../../../src/random.js';

/** Columns of saturating ramps, in µS; `change` puts mistakes in. */
function table(noise: number, change: (ramp: number, k: number, g: number) => number, digits = 2): string {
  const lines = Array.from({ length: 41 }, (_, k) =>
    [0, 1, 2, 3, 4, 5]
      .map((ramp) => {
        const g = 20 + 80 * (1 - Math.exp(-k / 15)) + noise * normal(fold(keyOf(5, 'cycleToCycle'), ramp), k);
        return change(ramp, k, g).toFixed(digits);
      })
      .join(','),
  );
  return `a,b,c,d,e,f\n${lines.join('\n')}\n`;
}

const warningsOf = (text: string): readonly string[] =>
  readRamps(text, 'r.csv', 0, { skipBad: false, unit: 'uS', ramps: 'columns' }).warnings.filter((text) =>
    text.includes('beside'),
  );

describe('a value that leaves its ramp and comes back', () => {
  it.each([1.5, 2, 0.5, 0.1])('is warned of by its place: times %s', (factor) => {
    const [warning, ...others] = warningsOf(table(0.2, (ramp, k, g) => (ramp === 2 && k === 12 ? factor * g : g)));
    expect(warning).toMatch(/^r\.csv:14: column 3 \(c\): .* lies off both values beside it/);
    expect(others).toEqual([]);
  });

  it('is refused where it lies one and a half ranges off', () => {
    const text = table(0.2, (ramp, k, g) => (ramp === 2 && k === 12 ? 6 * g : g));
    expect(() => warningsOf(text)).toThrow('r.csv:14: column 3 (c)');
  });

  it.each([
    ['of noise', 0.2, 2],
    ['of much noise', 6, 2],
    ['of whole numbers', 0.2, 0],
  ])('is none %s', (_, noise, digits) => {
    expect(warningsOf(table(noise, (__, ___, g) => g, digits))).toEqual([]);
  });

  it('is told three times, and then how many more', () => {
    const warnings = warningsOf(table(0.2, (ramp, k, g) => (k === 12 + ramp ? 1.6 * g : g)));
    expect(warnings).toHaveLength(4);
    expect(warnings[3]).toBe('r.csv: 3 more values lie so far off those beside them');
  });
});
