import { RunError } from '../errors.js';

/** A tensor of single-precision values in row-major order; `data.length` is the product of `shape`. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a safetensors file holds: tensors by name, and free text beside them. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, NamedTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

/** The header's length is a little-endian 64-bit number; the header is padded so that the data are aligned to it. */
const lengthBytes = 8;

/**
 * Writes a safetensors file.
 * @see the safetensors format: 8 bytes of header length, the header as JSON, the data without gaps
 */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header = new TextEncoder().encode(headerText(tensors, metadata));
  const start = lengthBytes + Math.ceil(header.length / lengthBytes) * lengthBytes;
  const bytes = new Uint8Array(start + totalBytes(tensors)).fill(0x20, lengthBytes, start);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(start - lengthBytes), true);
  bytes.set(header, lengthBytes);
  let offset = start;
  for (const { data } of Object.values(tensors)) {
    data.forEach((value, i) => {
      view.setFloat32(offset + 4 * i, value, true);
    });
    offset += data.byteLength;
  }
  return bytes;
}

function headerText(tensors: TensorFile['tensors'], metadata: TensorFile['metadata']): string {
  let begin = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]): [string, HeaderEntry] => {
    const entry: HeaderEntry = { dtype: 'F32', shape, data_offsets: [begin, begin + data.byteLength] };
    begin += data.byteLength;
    return [name, entry];
  });
  return JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
}

function totalBytes(tensors: TensorFile['tensors']): number {
  return Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
}

/**
 * Reads a safetensors file of single-precision tensors.
 * @param where - the file's name, for errors
 * @throws RunError where the bytes are no such file
 */
export function decodeSafetensors(bytes: Uint8Array, where: string): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = lengthBytes + headerLength(view, where);
  const header = parseHeader(bytes.subarray(lengthBytes, start), where);
  const { __metadata__: metadata = {}, ...entries } = header as { __metadata__?: Record<string, string> };
  const tensors = Object.entries(entries as Record<string, HeaderEntry>).map(([name, entry]): [string, NamedTensor] => [
    name,
    readTensor(view, start, name, entry, where),
  ]);
  return { tensors: Object.fromEntries(tensors), metadata };
}

function headerLength(view: DataView, where: string): number {
  const length = view.byteLength < lengthBytes ? undefined : Number(view.getBigUint64(0, true));
  if (length === undefined || length > view.byteLength - lengthBytes) {
    throw damaged(where, `got ${view.byteLength} bytes, expected at least a whole header`);
  }
  return length;
}

function parseHeader(bytes: Uint8Array, where: string): object {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null) return header;
  } catch {
    // Said below: whatever the reason, it is not a header.
  }
  throw damaged(where, 'its header is not a JSON object');
}

function readTensor(view: DataView, start: number, name: string, entry: HeaderEntry, where: string): NamedTensor {
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32') throw damaged(where, `tensor ${name} has type ${dtype}, expected F32`);
  const [begin, end] = offsets;
  const length = shape.reduce((product, size) => product * size, 1);
  if (end - begin !== 4 * length || start + end > view.byteLength) {
    throw damaged(where, `tensor ${name} spans bytes ${begin} to ${end}, expected ${4 * length} within the file`);
  }
  const data = Float32Array.from({ length }, (_, i) => view.getFloat32(start + begin + 4 * i, true));
  return { shape, data };
}

function damaged(where: string, what: string): RunError {
  return new RunError({ where, what, remedy: 'it is cut short or is no safetensors file: write it again' });
}
