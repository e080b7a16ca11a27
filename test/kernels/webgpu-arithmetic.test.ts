import { afterAll, describe, expect, it } from 'vitest';
import { bits, fold, keyOf, normal, uniform } from '../../src/random.js';
import { exp32, f32, sigmoid32 } from '../../kernels/arithmetic.js';
import { gap } from '../../kernels/jumps.js';
import { Arena } from '../../kernels/webgpu/arena.js';
import { readBack } from '../../kernels/webgpu/buffers.js';
import { commonWgsl } from '../../kernels/webgpu/common.wgsl.js';
import { gpuDevice } from '../../kernels/webgpu/device.js';
import { givenBuffer } from '../../kernels/webgpu/one-crossbar.js';
import { deviations } from '../../kernels/webgpu/probe.js';
import { compileShader } from '../../kernels/webgpu/shader.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import { expectSameBits } from '../helpers/kernels.js';

/** What shaders are made of: numbers and their arithmetic. */

describe.skipIf(!hasGpu)(`WGSL twins of kernels/arithmetic.ts and src/random.ts (${gpuTitle})`, () => {
  // Whole workgroups: a write beyond the end would be moved to the last element.
  const n = 64 * 320;
  const source = keyOf(1, 'sampleOrder');
  const draw = (stream: number, i: number): number => bits(fold(source, stream), i);
  /** Floats of all sizes between 2^-100 and 2^100, either sign. */
  const anyFloat = (stream: number, i: number): number => {
    const word = draw(stream, i);
    return f32(((word & 1) * 2 - 1) * 2 ** ((word % 200) - 100) * (1 + uniform(fold(source, stream + 50), i)));
  };
  const entry = (body: string): string => `
@compute @workgroup_size(64) fn check(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let a = bitcast<f32>(given[2u * i]);
  let b = bitcast<f32>(given[2u * i + 1u]);
  ${body}
}`;

  async function onGpu(body: string, inputs: Float32Array): Promise<Float32Array> {
    const gpu = await gpuDevice();
    const shader = await compileShader(gpu, 'check', commonWgsl + entry(body), ['check'] as const);
    const arena = new Arena();
    arena.room(n);
    const placed = arena.build(gpu);
    const bound = shader.bind({ ...placed, given: givenBuffer(gpu, 'inputs', inputs) }, {});
    shader.submit([{ entry: 'check', bound, groups: [Math.ceil(n / 64)] }]);
    const [values] = await readBack(gpu, [{ buffer: placed.heap, at: 0, count: n }]);
    placed.dispose();
    return values!;
  }

  const pairs = (a: (i: number) => number, b: (i: number) => number): Float32Array =>
    Float32Array.from({ length: 2 * n }, (_, k) => (k % 2 === 0 ? a : b)(k >> 1));
  const argument = (i: number): number => f32(240 * uniform(fold(source, 9), i) - 120);

  it.each<[string, string, Float32Array, (a: number, b: number) => number]>([
    [
      'quotients',
      'divide(a, b)',
      pairs(
        (i) => anyFloat(1, i),
        (i) => f32(0.5 + uniform(fold(source, 2), i)),
      ),
      (a, b) => f32(a / b),
    ],
    [
      'quotients of any size',
      'divide(a, b)',
      pairs(
        (i) => f32(anyFloat(3, i) * 2 ** -20),
        (i) => f32(2 ** -20 * anyFloat(4, i) ** 0.2 || 1),
      ),
      (a, b) => f32(a / b),
    ],
    [
      'roots',
      'square_root(a)',
      pairs(
        (i) => Math.abs(anyFloat(5, i)),
        () => 0,
      ),
      (a) => f32(Math.sqrt(a)),
    ],
    ['exp32', 'exp32(a)', pairs(argument, () => 0), exp32],
    ['sigmoid32', 'sigmoid32(a)', pairs(argument, () => 0), sigmoid32],
    [
      'a product and a sum, not fused',
      'mul(a, b) + a',
      pairs(
        (i) => anyFloat(6, i),
        (i) => uniform(source, i),
      ),
      (a, b) => f32(f32(a * b) + a),
    ],
  ])('%s', async (_, call, inputs, host) => {
    const values = await onGpu(`store(i, ${call});`, inputs);
    expectSameBits(
      { values },
      { values: Float32Array.from({ length: n }, (_, i) => host(inputs[2 * i]!, inputs[2 * i + 1]!)) },
    );
  });

  it.each<[string, string, (i: number) => number]>([
    ['normal deviates', 'normal_of(vec2u(7u, i), 3u * i)', (i) => normal({ a: 7, b: i }, 3 * i)],
    ['uniform numbers', 'uniform_of(fold(vec2u(7u, 9u), i), i)', (i) => uniform(fold({ a: 7, b: 9 }, i), i)],
    ['gaps of jumps', 'gap_of(vec2u(3u, 5u), i, i % 257u)', (i) => gap({ a: 3, b: 5 }, i, i % 257)],
  ])('%s', async (_, call, host) => {
    const values = await onGpu(`store(i, ${call} + 0.0 * (a + b));`, new Float32Array(2 * n));
    expectSameBits({ values }, { values: Float32Array.from({ length: n }, (_, i) => host(i)) });
  });
});

describe.skipIf(!hasGpu)(`the probe (${gpuTitle})`, () => {
  it('finds nothing here, and names what differs', async () => {
    const gpu = await gpuDevice();
    expect(await deviations(gpu)).toEqual([]);
    const wrong = { name: 'a wrong sum', wgsl: 'a + b', host: (a: number, b: number) => f32(a - b) };
    const right = { name: 'a right sum', wgsl: 'a + b', host: (a: number, b: number) => f32(a + b) };
    expect(await deviations(gpu, [right, wrong])).toEqual(['a wrong sum']);
  });
});

afterAll(async () => {
  if (hasGpu) (await gpuDevice()).device.destroy();
});
