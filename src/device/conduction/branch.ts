import { z } from 'zod';
import { positiveQuantity } from '../quantity.js';
import { logFowlerNordheim } from './fowler-nordheim.js';
import { logHopping } from './hopping.js';
import { logPower } from './space-charge.js';

/** Up to which voltage a law holds; the last one's holds on. */
const upTo = { upTo: positiveQuantity('voltage').optional() };

const segmentSchema = z.discriminatedUnion('law', [
  z.strictObject({ law: z.literal('power'), slope: z.number().min(0.1).max(20), ...upTo }),
  /** Slope of ln(I/V) against √V [1/√V]. */
  z.strictObject({ law: z.literal('hopping'), slope: z.number().min(0).max(50), ...upTo }),
  /** Slope of −ln(I/V²) against 1/V. */
  z.strictObject({ law: z.literal('fowler-nordheim'), scale: positiveQuantity('voltage'), ...upTo }),
]);

type Segment = z.output<typeof segmentSchema>;

/** How a cell in one state conducts: laws that follow one another without a jump, and one current that fixes them all. */
export const branchSchema = z.strictObject({
  /** Where the current is known. */
  at: positiveQuantity('voltage'),
  current: positiveQuantity('current'),
  segments: z
    .array(segmentSchema)
    .min(1)
    .superRefine((segments, context) => {
      segments.slice(0, -1).forEach(({ upTo: end }, i) => {
        const before = segments[i - 1]?.upTo ?? 0;
        if (end !== undefined && end > before) return;
        const message = 'expected upTo, above that of the law before it; only the last law holds on';
        context.addIssue({ code: 'custom', path: [i, 'upTo'], message });
      });
    }),
});

export type BranchConfig = z.output<typeof branchSchema>;

/** Current [A] at a voltage [V] of either sign. */
export type Conduction = (voltage: number) => number;

/** Compiles a branch: the same law in both polarities, continuous where one segment follows another. */
export function compileBranch({ at, current, segments }: BranchConfig): Conduction {
  const offsets = continuous(segments);
  const shape = (voltage: number): number => {
    const k = segmentAt(segments, voltage);
    return offsets[k]! + logShape(segments[k]!, voltage);
  };
  const scale = Math.log(current) - shape(at);
  return (voltage) => (voltage === 0 ? 0 : Math.sign(voltage) * Math.exp(scale + shape(Math.abs(voltage))));
}

/** What is added to each segment's logarithm so that it begins where the one before it ends. */
function continuous(segments: readonly Segment[]): number[] {
  const offsets = [0];
  for (let k = 1; k < segments.length; k++) {
    const edge = segments[k - 1]!.upTo!;
    offsets.push(offsets[k - 1]! + logShape(segments[k - 1]!, edge) - logShape(segments[k]!, edge));
  }
  return offsets;
}

function segmentAt(segments: readonly Segment[], voltage: number): number {
  const k = segments.findIndex(({ upTo: end }) => end === undefined || voltage <= end);
  return k < 0 ? segments.length - 1 : k;
}

function logShape(segment: Segment, voltage: number): number {
  switch (segment.law) {
    case 'power':
      return logPower(voltage, segment.slope);
    case 'hopping':
      return logHopping(voltage, segment.slope);
    case 'fowler-nordheim':
      return logFowlerNordheim(voltage, segment.scale);
  }
}
