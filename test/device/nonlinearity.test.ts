import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alphaOf,
  alphaOfLabel,
  labelOfAlpha,
  nonlinearitySchema,
  tabulatedAlphaOfLabel,
} from '../../src/device/nonlinearity.js';

const label = fc.double({ min: -9, max: 9, noNaN: true });

/** The normalised curve (1 − e^{−αx})/(1 − e^{−α}) over the number of pulses, x = P/Pmax. */
function curve(alpha: number, x: number): number {
  return Math.expm1(-alpha * x) / Math.expm1(-alpha);
}

/** The largest perpendicular distance of a curve from the diagonal over 0.07, by trying every place. */
function largestDistance(alpha: number): number {
  const places = 200_000;
  let largest = 0;
  for (let k = 1; k < places; k++) {
    largest = Math.max(largest, Math.abs(curve(alpha, k / places) - k / places) / Math.SQRT2);
  }
  return largest / 0.07;
}

describe('nonlinearity labels', () => {
  it.each([
    [0.4992, 2.4],
    [0.2003, 4.88],
  ])("NeuroSim's table: A/Pmax = %s has the label %s", (a, expected) => {
    // Half a unit of the last printed digit of a moves the label by less than 2e-3.
    expect(Math.abs(labelOfAlpha(1 / a) - expected)).toBeLessThan(2e-3);
    expect(Math.abs(1 / alphaOfLabel(expected) - a)).toBeLessThan(2e-4);
  });

  it.each([0.05, 0.5, 1, 2.003, 5, 12, 40])(
    'α = %s: the label is the largest distance from the diagonal over 0.07',
    (alpha) => {
      expect(Math.abs(labelOfAlpha(alpha) / largestDistance(alpha) - 1)).toBeLessThan(1e-6);
    },
  );

  it('go to α and back (1e-9 of the label)', () => {
    fc.assert(
      fc.property(label, (nl) => {
        expect(Math.abs(labelOfAlpha(alphaOfLabel(nl)) - nl)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(nl)));
      }),
    );
  });

  it('are odd in α, and α in them', () => {
    fc.assert(
      fc.property(label, (nl) => {
        expect(alphaOfLabel(-nl) + alphaOfLabel(nl)).toBe(0);
        expect(tabulatedAlphaOfLabel(-nl) + tabulatedAlphaOfLabel(nl)).toBe(0);
        expect(labelOfAlpha(-nl) + labelOfAlpha(nl)).toBe(0);
      }),
    );
  });

  it('rise with α', () => {
    const labels = Array.from({ length: 800 }, (_, k) => labelOfAlpha(k / 16));
    expect(labels.every((value, k) => k === 0 || value > labels[k - 1]!)).toBe(true);
  });

  it('are continuous where the series near 0 takes over (1e-7 of the value)', () => {
    const below = labelOfAlpha(0.99999e-4) / 0.99999e-4;
    const above = labelOfAlpha(1.00001e-4) / 1.00001e-4;
    expect(Math.abs(above / below - 1)).toBeLessThan(1e-7);
    expect(labelOfAlpha(0)).toBe(0);
    expect(alphaOfLabel(0)).toBe(0);
  });

  it('from the table are those of the bisection (1e-5 of α)', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 9, noNaN: true }), (nl) => {
        expect(Math.abs(tabulatedAlphaOfLabel(nl) / alphaOfLabel(nl) - 1)).toBeLessThan(1e-5);
      }),
      { numRuns: 300 },
    );
  });

  it('read from the table stop at its end', () => {
    expect(tabulatedAlphaOfLabel(9)).toBeCloseTo(alphaOfLabel(9), 10);
    expect(tabulatedAlphaOfLabel(30)).toBe(tabulatedAlphaOfLabel(9));
  });
});

describe('the three notations', () => {
  it('say the same', () => {
    const alpha = alphaOfLabel(2.4);
    expect(alphaOf({ label: 2.4 })).toBe(alpha);
    expect(alphaOf({ alpha })).toBe(alpha);
    expect(alphaOf({ a: 1 / alpha })).toBeCloseTo(alpha, 12);
  });

  it.each([[{ label: 9.5 }], [{ a: 0.01 }], [{ alpha: 21 }], [{ label: 2, a: 0.5 }], [{}], [2]])(
    'refuse %j',
    (written) => {
      expect(nonlinearitySchema.safeParse(written).success).toBe(false);
    },
  );
});
