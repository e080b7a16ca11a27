import * as tf from '@tensorflow/tfjs';
import { UsageError } from '../errors.js';
import { backends, type Backend } from '../../kernels/register.js';

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
  backendName: Backend,
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
  const what = `tfjs's active backend is ${JSON.stringify(name)}, expected ${backends.join(' or ')}`;
  throw new UsageError({ where, what, remedy: "call `await useBackend('wasm')` first" });
}
