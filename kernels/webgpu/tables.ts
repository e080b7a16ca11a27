import { normalTable } from '../../src/random.js';
import { gapScale, ladder, log2Table } from '../jumps.js';

/** Tables at the head of every read-only buffer: normal deviates, and what jumps look up. */
const tables = { normal: normalTable, log2: log2Table, gapScale, ladder } as const;

const lengths = Object.entries(tables).map(([name, values]) => [name, values.length] as const);

/** Place of each table, in words. */
const places = lengths.map(([name], i) => [name, lengths.slice(0, i).reduce((sum, [, n]) => sum + n, 0)] as const);

export const tableWords = lengths.reduce((sum, [, length]) => sum + length, 0);

export const tableConstants = places
  .map(([name, place]) => `const ${name.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}_TABLE = ${place}u;`)
  .join('\n');

/** All tables behind one another. */
export function tableBits(): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(tableWords);
  for (const [i, values] of Object.values(tables).entries()) {
    bits.set(new Uint32Array(values.buffer, values.byteOffset, values.length), places[i]![1]);
  }
  return bits;
}
