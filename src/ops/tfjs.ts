import * as tf from '@tensorflow/tfjs';
import { UsageError } from '../errors.js';
import { openedDevice, type GpuDevice } from '../../kernels/webgpu/device.js';
import { backends, type Backend, type ReadableBackend } from '../../kernels/register.js';

/** What a kernel gets: its inputs' values by name, and its attributes. */
export interface KernelCall<Attributes> {
  readonly values: (name: string) => Float32Array | Int32Array;
  readonly has: (name: string) => boolean;
  readonly shape: (name: string) => readonly number[];
  readonly attributes: Attributes;
}

export interface KernelResult {
  readonly values: Float32Array;
  readonly shape: number[];
}

/**
 * Registers one kernel with tfjs, for one backend. tfjs types attributes as plain JSON values and backends as opaque;
 * the casts for both stand here and nowhere else.
 */
export function registerTfjsKernel<Attributes extends object>(
  kernelName: string,
  backendName: ReadableBackend,
  compute: (call: KernelCall<Attributes>) => readonly KernelResult[],
): void {
  if (tf.getKernelsForBackend(backendName).some((kernel) => kernel.kernelName === kernelName)) return;
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const storage = backend as Pick<tf.KernelBackend, 'readSync' | 'write'>;
      const of = (name: string): tf.TensorInfo => {
        const input = inputs[name];
        if (!input) throw new UsageError({ where: kernelName, what: `the input ${name} is missing` });
        return input;
      };
      const results = compute({
        values: (name) => storage.readSync(of(name).dataId) as Float32Array | Int32Array,
        has: (name) => inputs[name] !== undefined,
        shape: (name) => of(name).shape,
        attributes: attrs as unknown as Attributes,
      });
      return results.map(({ values, shape }) => ({
        dataId: storage.write(values, shape, 'float32'),
        shape,
        dtype: 'float32' as const,
      }));
    },
  });
}

/** What a kernel on the GPU gets: copies of its inputs in buffers. */
export interface GpuKernelCall<Attributes> {
  readonly gpu: GpuDevice;
  readonly buffer: (name: string) => GPUBuffer;
  readonly has: (name: string) => boolean;
  readonly shape: (name: string) => readonly number[];
  readonly attributes: Attributes;
}

export interface GpuKernelResult {
  readonly buffer: GPUBuffer;
  readonly shape: number[];
}

/** The part of tfjs's webgpu backend that leads from tensors to buffers and back. */
interface GpuStorage {
  uploadToGPU(dataId: object): void;
  readToGPU(dataId: object): { readonly buffer: GPUBuffer; readonly tensorRef: tf.Tensor };
  createTensorFromGPUData(data: { buffer: GPUBuffer; zeroCopy: boolean }, shape: number[], dtype: 'float32'): tf.Tensor;
}

/** Registers one kernel with tfjs on its webgpu backend: results stay on the GPU. */
export function registerGpuKernel<Attributes extends object>(
  kernelName: string,
  compute: (call: GpuKernelCall<Attributes>) => readonly GpuKernelResult[],
): void {
  if (tf.getKernelsForBackend('webgpu').some((kernel) => kernel.kernelName === kernelName)) return;
  tf.registerKernel({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const storage = backend as GpuStorage;
      const copies: tf.Tensor[] = [];
      const results = compute({
        gpu: openedDevice(),
        buffer: (name) => {
          // The copy follows what tfjs has still to submit for this tensor, and submits it.
          storage.uploadToGPU(inputs[name]!.dataId);
          const { buffer, tensorRef } = storage.readToGPU(inputs[name]!.dataId);
          copies.push(tensorRef);
          return buffer;
        },
        has: (name) => inputs[name] !== undefined,
        shape: (name) => inputs[name]!.shape,
        attributes: attrs as unknown as Attributes,
      });
      for (const copy of copies) copy.dispose();
      return results.map(({ buffer, shape }) =>
        storage.createTensorFromGPUData({ buffer, zeroCopy: true }, shape, 'float32'),
      );
    },
  });
}

/** Runs a registered kernel on tfjs's active backend. */
export function runTfjsKernel(kernelName: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor[] {
  activeBackend(kernelName);
  return tf.engine().runKernel(kernelName, inputs, attributes as unknown as tf.NamedAttrMap) as unknown as tf.Tensor[];
}

/** tfjs's active backend, where Mho's kernels run on it. */
export function activeBackend(where: string): Backend {
  const name = tf.getBackend();
  const known = backends.find((backend) => backend === name);
  if (known) return known;
  const what = `tfjs's active backend is ${JSON.stringify(name)}, expected ${backends.join(', ')}`;
  throw new UsageError({ where, what, remedy: "call `await useBackend('wasm')` first" });
}
