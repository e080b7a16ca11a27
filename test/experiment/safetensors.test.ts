import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunError } from '../../src/errors.js';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../../src/experiment/safetensors.js';

const example: TensorFile = {
  tensors: {
    'layer0.weights': { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-9, -1e9) },
    'layer1.g_plus': { shape: [1, 1], data: Float32Array.of(5e-6) },
  },
  metadata: { experiment: 'wse2-orhd', note: 'gMax: 1 µS' },
};

describe('safetensors', () => {
  it('follows the format: header length, JSON header, aligned data without gaps', () => {
    const bytes = encodeSafetensors(example);
    const view = new DataView(bytes.buffer);
    const length = Number(view.getBigUint64(0, true));
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(header).toEqual({
      __metadata__: example.metadata,
      'layer0.weights': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      'layer1.g_plus': { dtype: 'F32', shape: [1, 1], data_offsets: [24, 28] },
    });
    expect(length % 8).toBe(0);
    expect(bytes.length).toBe(8 + length + 28);
    expect(view.getFloat32(8 + length + 8, true)).toBe(3.5);
  });

  it('reads back what was written, bit for bit', () => {
    const tensor = fc.float32Array({ maxLength: 30 });
    const names = fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__' && name !== '__proto__');
    const property = fc.property(fc.dictionary(names, tensor), (arrays) => {
      const tensors = Object.fromEntries(
        Object.entries(arrays).map(([name, data]) => [name, { shape: [data.length], data }]),
      );
      expect(decodeSafetensors(encodeSafetensors({ tensors, metadata: {} }), 'f')).toEqual({ tensors, metadata: {} });
    });
    fc.assert(property, { seed: 1, numRuns: 100 });
  });

  it('reads bytes that do not start at a multiple of four', () => {
    const bytes = encodeSafetensors(example);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(decodeSafetensors(shifted.subarray(1), 'f')).toEqual(example);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    [
      'a file cut short',
      (bytes) => bytes.subarray(0, bytes.length - 1),
      /^f: tensor layer1\.g_plus spans bytes 24 to 28/,
    ],
    [
      'a file cut within its header',
      (bytes) => bytes.subarray(0, 20),
      /^f: got 20 bytes, expected at least a whole header/,
    ],
    ['an empty file', () => new Uint8Array(0), /^f: got 0 bytes/],
    ['other text', () => new TextEncoder().encode('\u0004\0\0\0\0\0\0\0abcd'), /^f: its header is not a JSON object/],
  ])('refuses %s', (_, damage, message) => {
    const bytes = damage(encodeSafetensors(example));
    expect(() => decodeSafetensors(bytes, 'f')).toThrow(RunError);
    expect(() => decodeSafetensors(bytes, 'f')).toThrow(message);
  });
});
