import { spawnSync } from 'node:child_process';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeWeights, finalWeights } from '../../src/experiment/export-run.js';
import { encodeNpy, encodeNpz } from '../../src/experiment/npz.js';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../../src/experiment/safetensors.js';
import { messageOf, Scratch } from './scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

const tensors = {
  'layer0.weights': { shape: [2, 3], data: Float32Array.of(0.1, -2, 3.5, Infinity, -0, 1e-40) },
  'layer0.g_plus': { shape: [3], data: Float32Array.of(1e-9, 2e-9, 3e-9) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
} satisfies Record<string, NamedTensor>;

/** Reads an NPY file by its specification. */
function decodeNpy(bytes: Uint8Array): { header: string; start: number; data: Float32Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  expect([...bytes.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const start = 10 + view.getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  const data = Float32Array.from({ length: (bytes.length - start) / 4 }, (_, i) =>
    view.getFloat32(start + 4 * i, true),
  );
  return { header, start, data };
}

describe('NPY', () => {
  it.each([
    ['layer0.weights', '(2, 3)'],
    ['layer0.g_plus', '(3,)'],
    ['empty', '(0, 4)'],
  ] as const)('%s: magic, header, aligned data', (name, shape) => {
    const { header, start, data } = decodeNpy(encodeNpy(tensors[name]));
    expect(header.trimEnd()).toBe(`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`);
    expect(header.endsWith('\n')).toBe(true);
    expect(start % 64).toBe(0);
    expect(data).toEqual(tensors[name].data);
  });
});

describe('NPZ', () => {
  it('is a zip of one NPY an array, the same bytes for the same arrays', () => {
    const files = unzipSync(encodeNpz(tensors));
    expect(Object.keys(files)).toEqual(Object.keys(tensors).map((name) => `${name}.npy`));
    expect(decodeNpy(files['layer0.weights.npy']!).data).toEqual(tensors['layer0.weights'].data);
    expect(encodeNpz(tensors)).toEqual(encodeNpz(structuredClone(tensors)));
  });

  const numpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;
  it.skipIf(!numpy)('is read by numpy, every float as it was (skipped without python3 and numpy)', () => {
    const file = scratch.write('weights.npz', encodeNpz(tensors));
    const script = `
import numpy, json, sys
arrays = numpy.load(sys.argv[1])
print(json.dumps({k: [list(arrays[k].shape), str(arrays[k].dtype), arrays[k].tobytes().hex()] for k in arrays.files}))`;
    const { stdout, stderr } = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const hex = (data: Float32Array): string =>
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
    const expected = Object.entries(tensors).map(([name, { shape, data }]) => [name, [shape, 'float32', hex(data)]]);
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(expected));
  });
});

describe('the final weights of a run', () => {
  const metadata = { experiment: 'x', seed: '1' };

  it('are found in its folder, and go back and forth unchanged', () => {
    scratch.write('run/final.safetensors', encodeSafetensors({ tensors, metadata }));
    const weights = finalWeights(scratch.path('run'));
    expect(weights.tensors).toEqual(tensors);
    expect(decodeSafetensors(encodeWeights(weights, 'safetensors'), 'x')).toEqual({ tensors, metadata });
    expect(encodeWeights(weights, 'npz')).toEqual(encodeNpz(tensors));
  });

  it('are said to be those of a run that did not come to its end', () => {
    scratch.write('run/final.safetensors', encodeSafetensors({ tensors, metadata }));
    const unfinished = (record: string) => {
      scratch.write('run/run.json', record);
      return finalWeights(scratch.path('run')).unfinished;
    };
    const record = { status: 'interrupted', epochs: 1, samples: 700 };
    expect(unfinished(JSON.stringify(record))).toMatch(
      /run: the run was interrupted after 1 whole epoch, 700 samples: its weights are those of then$/,
    );
    expect(unfinished(JSON.stringify({ ...record, status: 'failed', epochs: 2 }))).toContain(
      'failed after 2 whole epochs',
    );
    expect(unfinished(JSON.stringify({ ...record, status: 'complete' }))).toBeUndefined();
    expect(unfinished('{')).toBeUndefined();
  });

  it('are missed where there are none', () => {
    expect(messageOf(() => finalWeights(scratch.folder))).toContain(
      'holds no final.safetensors, expected a run folder',
    );
    expect(messageOf(() => finalWeights(scratch.path('nowhere')))).toContain('there is no such run folder');
    const damaged = scratch.write('cut.safetensors', encodeSafetensors({ tensors, metadata }).subarray(0, 30));
    expect(messageOf(() => finalWeights(damaged))).toContain('cut.safetensors');
  });
});
