import { RunError } from '../../src/errors.js';
import { firstLine, memoryRemedy, unanswered, type GpuDevice } from './device.js';

/** Words that a buffer begins with, from the host or from another buffer. */
export type Source = Float32Array | GPUBuffer;

/** What the work that is under way asked for. */
interface UnderWay {
  readonly made: GPUBuffer[];
  /** What is said of memory; undefined where it is nobody's to wait for: running out is then the device's own failure. */
  readonly answers: Promise<RunError | undefined>[] | undefined;
}

let underWay: UnderWay | undefined;

/**
 * A zeroed buffer.
 * @param purpose - as messages name it
 * @throws RunError where the adapter has no buffers of this size. Memory that runs out shows in {@link withErrors}, and
 * outside of it in the next call.
 */
export function createBuffer(gpu: GpuDevice, purpose: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
  gpu.requireAlive();
  const { device, largestBuffer } = gpu;
  const size = Math.max(Math.ceil(bytes / 4) * 4, 4);
  const limit = `the adapter's limit for a buffer is ${largestBuffer} bytes`;
  if (size > largestBuffer) throw outOfMemory(`${purpose}, ${size} bytes; ${limit}`);
  // A scope of its own: drivers' messages rarely say what was asked for.
  device.pushErrorScope('out-of-memory');
  const buffer = device.createBuffer({ size, usage, label: purpose });
  const answer = device.popErrorScope().then(
    (error) => (error ? outOfMemory(`${purpose}, ${size} bytes, more than the GPU has left; ${limit}`) : undefined),
    // The device was lost, which is told by itself.
    () => undefined,
  );
  underWay?.made.push(buffer);
  if (underWay?.answers) underWay.answers.push(answer);
  else {
    void answer.then((error) => {
      if (error) gpu.fail(error);
    });
  }
  return buffer;
}

function outOfMemory(what: string): RunError {
  return new RunError({ where: 'webgpu', what: `out of memory: ${what}`, remedy: memoryRemedy });
}

/** Does work that asks for buffers; those that it had made are destroyed where it throws. */
export function allOrNothing<T>(work: () => T): T {
  const made: GPUBuffer[] = [];
  try {
    return during({ made, answers: underWay?.answers }, work);
  } catch (error) {
    destroyAll(made);
    throw error;
  } finally {
    underWay?.made.push(...made);
  }
}

/** Does work whose buffers outlive what is under way, however that ends. */
export function lasting<T>(work: () => T): T {
  return during(undefined, work);
}

function during<T>(asked: UnderWay | undefined, work: () => T): T {
  const outer = underWay;
  underWay = asked;
  try {
    return work();
  } finally {
    underWay = outer;
  }
}

function destroyAll(buffers: readonly GPUBuffer[]): void {
  for (const buffer of buffers) buffer.destroy();
}

/**
 * Runs commands and waits for what the device says of them. Buffers that they made are destroyed where they fail.
 * @throws RunError where memory ran out, a command was refused, or the device was lost
 */
export async function withErrors<T>(gpu: GpuDevice, purpose: string, work: () => T): Promise<T> {
  gpu.requireAlive();
  const { device } = gpu;
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  const asked = { made: [] as GPUBuffer[], answers: [] as Promise<RunError | undefined>[] };
  try {
    let result: T;
    let scopes: Promise<[GPUError | null, GPUError | null]>;
    try {
      result = during(asked, work);
    } finally {
      scopes = Promise.all([device.popErrorScope(), device.popErrorScope()]);
      // Where the work throws, nobody waits for them.
      scopes.catch(() => undefined);
    }
    const [refused, exhausted] = await scopes.catch((error: unknown) => unanswered(gpu, purpose, error));
    const shortage = (await Promise.all(asked.answers)).find((error) => error !== undefined);
    gpu.requireAlive();
    if (shortage) throw shortage;
    if (exhausted) throw outOfMemory(`${purpose}: ${firstLine(exhausted.message)}`);
    if (refused) throw refusal(purpose, refused);
    return result;
  } catch (error) {
    destroyAll(asked.made);
    throw error;
  }
}

function refusal(purpose: string, { message }: GPUError): RunError {
  const what = `the GPU refused ${purpose}: ${firstLine(message)}`;
  return new RunError({ where: 'webgpu', what, remedy: 'this is a bug of Mho or of the driver: use --backend wasm' });
}

const { COPY_SRC, COPY_DST, STORAGE, UNIFORM, MAP_READ } = {
  ...{ MAP_READ: 0x1, COPY_SRC: 0x4, COPY_DST: 0x8, UNIFORM: 0x40, STORAGE: 0x80 },
};

/** Numbers of WebGPU's own names, which Node has no constants of before Dawn is loaded. */
export const usage = {
  storage: STORAGE | COPY_SRC | COPY_DST,
  uniform: UNIFORM | COPY_DST,
  readBack: MAP_READ | COPY_DST,
} as const;

export function isBuffer(source: Source): source is GPUBuffer {
  return !(source instanceof Float32Array);
}

/** A part of a buffer that is to be read back: words. */
export interface Part {
  readonly buffer: GPUBuffer;
  readonly at: number;
  readonly count: number;
}

/**
 * Copies parts of buffers to the host, behind everything that was submitted.
 * @throws RunError where the device was lost meanwhile, or memory ran out
 */
export async function readBack(gpu: GpuDevice, parts: readonly Part[]): Promise<Float32Array[]> {
  const words = parts.reduce((sum, { count }) => sum + count, 0);
  const staging = await withErrors(gpu, 'results', () => {
    const buffer = createBuffer(gpu, 'results', 4 * words, usage.readBack);
    copyParts(gpu, parts, buffer, 0);
    return buffer;
  });
  return split(await readStaging(gpu, staging), parts);
}

/** Submits copies of parts, one behind the other, into a buffer from one of its words on. */
export function copyParts({ device }: GpuDevice, parts: readonly Part[], into: GPUBuffer, from: number): void {
  const encoder = device.createCommandEncoder();
  let to = from;
  for (const { buffer, at, count } of parts) {
    if (count > 0) encoder.copyBufferToBuffer(buffer, 4 * at, into, 4 * to, 4 * count);
    to += count;
  }
  device.queue.submit([encoder.finish()]);
}

/**
 * What lies in a buffer that the host can read, once everything is done that was submitted; it is destroyed.
 * @throws RunError where the device was lost meanwhile
 */
export async function readStaging(gpu: GpuDevice, staging: GPUBuffer): Promise<Float32Array> {
  try {
    await staging.mapAsync(0x1);
    const values = new Float32Array(staging.getMappedRange().slice(0));
    staging.unmap();
    return values;
  } catch (error) {
    return await unanswered(gpu, 'results could not be read back', error);
  } finally {
    staging.destroy();
  }
}

function split(values: Float32Array, parts: readonly Part[]): Float32Array[] {
  let from = 0;
  return parts.map(({ count }) => values.slice(from, (from += count)));
}

/** Waits until everything that was submitted is done. */
export async function finished(gpu: GpuDevice): Promise<void> {
  await gpu.device.queue
    .onSubmittedWorkDone()
    .catch((error: unknown) => unanswered(gpu, 'it did not end its work', error));
  gpu.requireAlive();
}
