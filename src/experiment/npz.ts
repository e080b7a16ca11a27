import { zipSync } from 'fflate';
import type { NamedTensor } from './safetensors.js';

/** The part of the NPY header in front of its text: magic, version 1.0, two bytes of length. */
const preamble = 10;

/** Headers end on a multiple of this, so that data are aligned where a file is mapped. */
const alignment = 64;

/**
 * Writes one array as NPY 1.0: little-endian float32 in row-major order.
 * @see numpy.lib.format
 */
export function encodeNpy({ shape, data }: NamedTensor): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((preamble + text.length + 1) / alignment) * alignment;
  const header = `${text.padEnd(start - preamble - 1)}\n`;
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(preamble - 2, header.length, true);
  bytes.set(new TextEncoder().encode(header), preamble);
  data.forEach((value, i) => {
    view.setFloat32(start + 4 * i, value, true);
  });
  return bytes;
}

/**
 * Writes arrays by name as numpy's `savez` does: a zip file, not compressed, of one NPY file each. Equal arrays make
 * equal files: the time in them is the first that zip knows.
 */
export function encodeNpz(tensors: Readonly<Record<string, NamedTensor>>): Uint8Array {
  const files = Object.entries(tensors).map(([name, tensor]) => [`${name}.npy`, encodeNpy(tensor)] as const);
  return zipSync(Object.fromEntries(files), { level: 0, mtime: new Date(1980, 0, 1) });
}
