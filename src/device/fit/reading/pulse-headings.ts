import { UsageError } from '../../../errors.js';
import type { RampTable } from './table.js';

/** Numbers of the pulses that columns of values are read after, where rows are ramps, and where each stands. */
export interface PulseHeadings {
  readonly numbers: readonly number[];
  readonly at: (k: number) => string;
}

/**
 * By a line that counts the columns, or by names `P0`, `P5` … Undefined where they say nothing.
 * @throws UsageError where names count and do not ascend
 */
export function pulseHeadings({ file, names, counting }: RampTable, values: readonly number[]) {
  const numbers = values.map((i) => {
    if (counting?.header === true) return counting.numbers[i - (counting.corner ? 1 : 0)] ?? NaN;
    const told = /^(?:p|pulse|n)[ _-]?(\d+)$/i.exec(names[i]!)?.[1];
    return told === undefined ? NaN : Number(told);
  });
  if (!numbers.every((count) => count >= 0)) return undefined;
  const line = counting?.header === true ? `:${counting.line}` : '';
  const name = (i: number): string => (names[i]!.startsWith('column ') ? '' : ` (${names[i]!})`);
  const at = (k: number): string => `${file}${line}: column ${values[k]! + 1}${name(values[k]!)}`;
  const odd = numbers.findIndex((count, k) => k > 0 && count <= numbers[k - 1]!);
  if (odd >= 0) {
    // A line of numbers may be of anything.
    if (counting?.header === true) return undefined;
    const what = `pulse ${numbers[odd]} comes after pulse ${numbers[odd - 1]}, expected pulses in their order`;
    throw new UsageError({ where: at(odd), what, remedy: 'sort the columns by their pulses, or name them otherwise' });
  }
  return { numbers, at } satisfies PulseHeadings;
}

/** Whether each heading of values is a pulse, `P0`, `pulse 1` …: rows are ramps then, whatever tells their cell or their cycle. */
export function namesPulses({ names }: RampTable, values: readonly number[]): boolean {
  return values.length > 2 && values.every((i) => /^(?:p|pulse)[ _-]?\d+$/i.test(names[i]!));
}
