import { blockHead } from '../table.js';
import { tableConstants } from './tables.js';
import { descriptorSize, wordConstants } from './words.js';

/** Names of the 32-bit words that each dispatch is given; the first is a zero that the compiler does not know. */
export const callFields = [
  ...(['zero', 'first', 'layers', 'count', 'step', 'listFrom', 'outputs'] as const),
  ...(['vectors', 'vectorSize', 'progress', 'programs', 'replica'] as const),
] as const;
export type CallField = (typeof callFields)[number];

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Bytes: a whole number of 16. */
export const callSize = Math.ceil(callFields.length / 4) * 16;

/**
 * Buffers that every shader has, and how it reads them. `heap` is all that changes: cells and vectors; `data` all that does
 * not: tables, descriptors, parameters of cells; `given` is what a call brings: samples, a request, losses; `list` the
 * order of samples.
 */
export const preludeWgsl = /* wgsl */ `
struct Call { ${callFields.map((name) => `${snakeCase(name)}: u32`).join(', ')}, }
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read_write> heap: array<u32>;
@group(0) @binding(2) var<storage, read> data: array<u32>;
@group(0) @binding(3) var<storage, read> given: array<u32>;
@group(0) @binding(4) var<storage, read> list: array<u32>;

${tableConstants}
${wordConstants}
const DESCRIPTOR_SIZE = ${descriptorSize}u;

const IDEAL = 0u;
const DIFFERENTIAL_PAIR = 1u;
const ONE_SIDED_PAIR = 2u;
const OFFSET = 3u;
const STOCHASTIC = 0u;
const FRACTIONAL = 1u;
const ROUND = 2u;
const AFFINE = 1u;
const CURVE = 2u;
const TABLE = 3u;
const BLOCK_HEAD = ${blockHead}u;

/// A word of the read-only buffer as a float, and two as a key.
fn real(at: u32) -> f32 { return bitcast<f32>(data[at]); }
fn key_at(at: u32) -> vec2u { return vec2u(data[at], data[at + 1u]); }
fn load(at: u32) -> f32 { return bitcast<f32>(heap[at]); }
fn store(at: u32, x: f32) { heap[at] = bitcast<u32>(x); }
`;

/** Numbers that stand for names in descriptors. */
export const codings = { ideal: 0, 'differential-pair': 1, 'one-sided-pair': 2, offset: 3 } as const;
export const policies = { stochastic: 0, fractional: 1, round: 2 } as const;
export const kinds = { ideal: 0, affine: 1, curve: 2, table: 3 } as const;
