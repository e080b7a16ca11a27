import type { RampTable } from './table.js';

/** Numbers of the pulses that columns of values are read after, where rows are ramps, and where each stands. */
export interface PulseHeadings {
  readonly numbers: readonly number[];
  readonly at: (k: number) => string;
}

/** By a line that counts the columns, or by names `P0`, `P5` … Undefined where they say nothing, or do not ascend. */
export function pulseHeadings({ file, names, counting }: RampTable, values: readonly number[]) {
  const numbers = values.map((i) => {
    if (counting?.header === true) return counting.numbers[i - (counting.corner ? 1 : 0)] ?? NaN;
    const told = /^(?:p|pulse|n)[ _-]?(\d+)$/i.exec(names[i]!)?.[1];
    return told === undefined ? NaN : Number(told);
  });
  const ascends = numbers.every((count, k) => count >= 0 && (k === 0 || count > numbers[k - 1]!));
  if (!ascends) return undefined;
  const line = counting?.header === true ? `:${counting.line}` : '';
  const name = (i: number): string => (names[i]!.startsWith('column ') ? '' : ` (${names[i]!})`);
  const at = (k: number): string => `${file}${line}: column ${values[k]! + 1}${name(values[k]!)}`;
  return { numbers, at } satisfies PulseHeadings;
}
