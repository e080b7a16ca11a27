import { bits, fold, keyOf, normal, uniform } from '../../src/random.js';
import { exp32, f32 } from '../arithmetic.js';
import { Arena } from './arena.js';
import { readBack } from './buffers.js';
import { commonWgsl } from './common.wgsl.js';
import type { GpuDevice } from './device.js';
import { withGiven } from './one-crossbar.js';
import { compileShader } from './shader.js';

/** An expression of a and b, both floats, and of the whole number i, and what the host makes of it. */
export interface ProbedExpression {
  readonly name: string;
  readonly wgsl: string;
  readonly host: (a: number, b: number, i: number) => number;
}

/** What kernels are made of: where these have the host's bits, the kernels have. */
const expressions: readonly ProbedExpression[] = [
  { name: 'a product and a sum', wgsl: 'mul(a, b) + a', host: (a, b) => f32(f32(a * b) + a) },
  { name: 'a difference times a sum', wgsl: 'mul(a - b, a + b)', host: (a, b) => f32(f32(a - b) * f32(a + b)) },
  { name: 'sums in their order', wgsl: '(a + b) - a', host: (a, b) => f32(f32(a + b) - a) },
  { name: 'quotients', wgsl: 'divide(a, b)', host: (a, b) => f32(a / b) },
  { name: 'roots', wgsl: 'square_root(abs(a))', host: (a) => f32(Math.sqrt(Math.abs(a))) },
  { name: 'exponentials', wgsl: 'exp32(mul(b, 40.0))', host: (_, b) => exp32(f32(b * 40)) },
  { name: 'uniform numbers', wgsl: 'uniform_of(fold(vec2u(7u, 9u), i), i)', host: (_a, _b, i) => uniform(seven(i), i) },
  { name: 'normal deviates', wgsl: 'normal_of(fold(vec2u(7u, 9u), i), i)', host: (_a, _b, i) => normal(seven(i), i) },
];

const seven = (i: number) => fold({ a: 7, b: 9 }, i);
const groupSize = 64;
const inputs = 32 * groupSize;

/**
 * Compares a GPU's arithmetic with the host's over 2048 inputs: drivers may fuse, reorder or flush what WGSL lets them.
 * @returns names of the expressions whose bits differ; none on a GPU whose results are those of the other backends
 */
export async function deviations(gpu: GpuDevice, probed = expressions): Promise<string[]> {
  const lines = probed.map(({ wgsl }, k) => `store(${k * inputs}u + i, ${wgsl});`);
  const shader = await compileShader(gpu, 'the probe', commonWgsl + probeWgsl(lines), ['probe'] as const);
  const arena = new Arena();
  arena.room(inputs * probed.length);
  const placed = arena.build(gpu);
  const given = pairs();
  withGiven(gpu, 'inputs', given, (buffer) => {
    const bound = shader.bind({ ...placed, given: buffer }, {});
    shader.submit([{ entry: 'probe', bound, groups: [inputs / groupSize] }]);
  });
  const parts = probed.map((_, k) => ({ buffer: placed.heap, at: k * inputs, count: inputs }));
  const results = await readBack(gpu, parts).finally(() => {
    placed.dispose();
  });
  const differs = ({ host }: ProbedExpression, k: number): boolean =>
    results[k]!.some((value, i) => !Object.is(value, host(given[2 * i]!, given[2 * i + 1]!, i)));
  return probed.filter(differs).map(({ name }) => name);
}

function probeWgsl(lines: readonly string[]): string {
  return /* wgsl */ `
@compute @workgroup_size(${groupSize})
fn probe(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let a = bitcast<f32>(given[2u * i]);
  let b = bitcast<f32>(given[2u * i + 1u]);
  ${lines.join('\n  ')}
}`;
}

/** a of either sign and of sizes 2^-20 … 2^20, b from −2 to 2. */
function pairs(): Float32Array {
  const key = keyOf(1, 'sampleOrder');
  const values = new Float32Array(2 * inputs);
  for (let i = 0; i < inputs; i++) {
    const word = bits(key, i);
    values[2 * i] = (word & 1 ? 1 : -1) * 2 ** (((word >>> 8) % 41) - 20) * (1 + uniform(key, i));
    values[2 * i + 1] = 4 * uniform(fold(key, 1), i) - 2 || 1;
  }
  return values;
}
