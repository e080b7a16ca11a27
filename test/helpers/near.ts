import { expect } from 'vitest';
import { nudgedKernels } from './nudged.js';
import type { KernelSet } from '../../kernels/register.js';

/** Arrays under names. */
export type Outputs = Readonly<Record<string, Float32Array>>;

/** Of max(1, |x|). */
export const tolerance = 1e-5;
/** Nudges that a tie has to fall to both sides in: each turns it with a chance of about one in two. */
const nudges = 16;

/** Values that lie apart from the reference's: how many, of how many. */
export interface Apart {
  readonly apart: number;
  readonly all: number;
  /** Of max(1, |x|), the largest distance; 0 where none lies apart. */
  readonly farthest: number;
}

/**
 * Expects results whose sums have another order than the reference's. All are finite numbers. Each is the reference's to the
 * tolerance, or a tie of its case has turned: then it lies, to the tolerance, within what the reference itself gives of
 * cells that are moved by 1e-6. So a tie may turn a value by the level, the pulse or the refresh that it turns
 * there, and no value where there is no tie.
 * @param run - gives the outputs of a set of kernels
 */
export async function expectNear(
  actual: Outputs,
  expected: Outputs,
  reference: KernelSet,
  run: (set: KernelSet) => Promise<Outputs>,
): Promise<Apart> {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  const all = Object.values(expected).reduce((sum, values) => sum + values.length, 0);
  const apart = outside(actual, [expected]);
  expect(apart.filter(({ got }) => !Number.isFinite(got))).toEqual([]);
  if (apart.length === 0) return { apart: 0, all, farthest: 0 };
  const turned: Outputs[] = [];
  for (let n = 0; n < nudges; n++) turned.push(await run({ ...reference, ...nudgedKernels(reference, n) }));
  expect(outside(actual, [expected, ...turned]).slice(0, 5)).toEqual([]);
  const distance = ({ got, low }: Stray): number => Math.abs(got - low) / Math.max(1, Math.abs(low));
  return { apart: apart.length, all, farthest: Math.max(...apart.map(distance)) };
}

interface Stray {
  readonly where: string;
  readonly got: number;
  readonly low: number;
  readonly high: number;
}

/** Values that lie outside all that is allowed. */
function outside(actual: Outputs, allowed: readonly Outputs[]): Stray[] {
  return Object.entries(actual).flatMap(([name, values]) => {
    const spans = allowed.map((outputs) => outputs[name]!);
    expect(spans.map((span) => span.length)).toEqual(spans.map(() => values.length));
    return [...values].flatMap((got, i) => {
      const here = spans.map((span) => span[i]!);
      const [low, high] = [Math.min(...here), Math.max(...here)];
      const slack = tolerance * Math.max(1, Math.abs(low), Math.abs(high));
      return got >= low - slack && got <= high + slack ? [] : [{ where: `${name}[${i}]`, got, low, high }];
    });
  });
}
