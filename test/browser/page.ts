import { openOnGpu } from '../../kernels/online-sgd/webgpu/kernel.js';
import { layouts, type Layout } from '../../kernels/online-sgd/webgpu/layout.js';
import { gpuDevice } from '../../kernels/webgpu/device.js';
import { deviations } from '../../kernels/webgpu/probe.js';
import { kernels } from '../../kernels/register.js';
import type { OnlineSgdSession } from '../../kernels/online-sgd/contract.js';
import { firstStep, networkOf, order, samples } from './network.js';

/** What a page does: it trains two replicas on a backend, and hands over what came out as plain numbers. */

export type PageBackend = Layout | 'wasm';

export interface Trained {
  /** By replica and layer: the words of the cells. */
  readonly cells: readonly number[][];
  /** The words of the outputs of the first replica, after training. */
  readonly outputs: readonly number[];
}

const wordsOf = (values: Float32Array): number[] => [
  ...new Uint32Array(values.buffer, values.byteOffset, values.length),
];

export async function trainedBy(session: OnlineSgdSession): Promise<Trained> {
  const handle = await session.load(samples());
  await session.train(handle, order(), firstStep);
  const states = [...(await session.states(0)), ...(await session.states(1))];
  const cells = states.flatMap(({ plus, minus, columns }) => [plus, minus, columns].map(wordsOf));
  const outputs = wordsOf(await session.predict(handle, 0, 3));
  session.dispose();
  return { cells, outputs };
}

const replicas = () => [networkOf(1), networkOf(2)];

async function train(backend: PageBackend): Promise<Trained> {
  if (backend === 'wasm') return trainedBy(await kernels.wasm.OnlineSgd.open(replicas()));
  return trainedBy(await openOnGpu(replicas(), backend));
}

async function adapter(): Promise<{ name: string; deviations: string[] }> {
  const gpu = await gpuDevice();
  const { vendor, architecture, description } = gpu.facts;
  return { name: [vendor, architecture, description].join(' ').trim(), deviations: await deviations(gpu) };
}

/** What tests call in the page. */
export const page = { train, adapter, layouts };

(globalThis as { mho?: typeof page }).mho = page;
