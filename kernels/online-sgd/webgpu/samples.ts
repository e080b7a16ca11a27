import { f32 } from '../../arithmetic.js';
import type { Samples } from '../contract.js';

const headWords = 8;
const recordWords = 5;

/**
 * Samples as shaders read them: of each only the inputs that differ from the background, so that the others cost
 * nothing. A head (background, words of a mask, places of the parts); a record for each sample (its first pair, their
 * number, the largest |x| and the largest x among them, the label); masks of the rows that differ; pairs of row and value.
 * @param bias - whether a 1 is appended to every sample
 */
export function sampleWords(samples: Samples, bias: boolean): Uint32Array {
  const { count, features, labels } = samples;
  const rows = features + (bias ? 1 : 0);
  const maskWords = Math.ceil(rows / 32);
  const [records, masks] = [headWords, headWords + recordWords * count];
  const pairs = masks + maskWords * count;
  const { valueAt, isBackground, background } = readerOf(samples);
  const words = new Uint32Array(pairs + 2 * (countForeground(count * features, isBackground) + (bias ? count : 0)));
  const real = new Float32Array(words.buffer);
  real[0] = background;
  words.set([maskWords, records, masks, pairs], 1);
  let next = 0;
  for (let s = 0; s < count; s++) {
    const first = next;
    let largest = 0;
    let top = -Infinity;
    const take = (row: number, x: number): void => {
      words[pairs + 2 * next] = row;
      real[pairs + 2 * next + 1] = x;
      words[masks + s * maskWords + (row >> 5)]! |= 1 << (row & 31);
      largest = Math.max(largest, Math.abs(x));
      top = Math.max(top, x);
      next++;
    };
    for (let i = 0; i < features; i++) if (!isBackground(s * features + i)) take(i, valueAt(s * features + i));
    if (bias) take(features, 1);
    const record = records + recordWords * s;
    words.set([first, next - first], record);
    real.set([largest, top], record + 2);
    words[record + 4] = labels[s]!;
  }
  return words;
}

/** How the inputs of either kind are looked at, by their number among all of them. */
function readerOf(samples: Samples) {
  if (samples.kind === 'codes') {
    const { codes, values, background } = samples;
    return {
      valueAt: (at: number): number => values[codes[at]!]!,
      isBackground: (at: number): boolean => codes[at] === background,
      background: values[background]!,
    };
  }
  const { values } = samples;
  const background = f32(samples.background);
  return {
    valueAt: (at: number): number => values[at]!,
    isBackground: (at: number): boolean => values[at] === background,
    background,
  };
}

function countForeground(inputs: number, isBackground: (at: number) => boolean): number {
  let count = 0;
  for (let at = 0; at < inputs; at++) if (!isBackground(at)) count++;
  return count;
}
