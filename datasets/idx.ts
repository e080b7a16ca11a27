import { RunError } from '../src/errors.js';

/** An IDX file of unsigned bytes. */
export interface IdxArray {
  /** Sizes, slowest-moving first. */
  readonly dims: readonly number[];
  /** Elements in row-major order, a view of the bytes that were read: nothing is copied. */
  readonly data: Uint8Array;
}

/** IDX's code of the element type "unsigned byte", the third byte of the magic number. */
const unsignedByte = 0x08;

/**
 * Reads an IDX file: a magic number (0, 0, element type, number of dimensions), one big-endian 32-bit size per
 * dimension, then the elements.
 * @param where - the file's path, for errors
 * @param rank - number of dimensions expected: 3 for images, 1 for labels
 * @throws RunError where the magic number is another, or the file is shorter or longer than its sizes say
 * @see LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "FILE FORMATS"
 */
export function parseIdx(bytes: Uint8Array, where: string, rank: number): IdxArray {
  const header = 4 + 4 * rank;
  if (bytes.length < header) throw broken(where, `got ${bytes.length} bytes, expected a header of ${header}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const expected = (unsignedByte << 8) | rank;
  if (magic !== expected) throw broken(where, `got magic number ${hex(magic)}, expected ${hex(expected)}`);
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const size = header + dims.reduce((product, n) => product * n, 1);
  if (bytes.length !== size) throw broken(where, sizeMessage(bytes.length, size, dims));
  return { dims, data: bytes.subarray(header) };
}

function sizeMessage(got: number, expected: number, dims: readonly number[]): string {
  const kind = got < expected ? 'truncated' : 'trailing bytes';
  return `${kind}: got ${got} bytes, expected ${expected} for sizes [${dims.join(', ')}]`;
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}

function broken(where: string, what: string): RunError {
  return new RunError({ where, what, remedy: 'replace it with an intact, uncompressed IDX file of unsigned bytes' });
}
