import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { MhoError, RunError, UsageError } from '../errors.js';
import { adapterName, findAdapter, wasFound } from '../../kernels/webgpu/adapter.js';
import { gpuDevice, type GpuDevice } from '../../kernels/webgpu/device.js';
import { deviations } from '../../kernels/webgpu/probe.js';
import { keepTunings } from '../../kernels/webgpu/tuning.js';
import { findTensorflow, loadTensorflow, tensorflowFound } from '../../kernels/composed/tensorflow.js';
import { backends, type Backend } from '../../kernels/register.js';
import { registerCrossbarRead } from './crossbar-read.js';
import { registerDrift } from './drift.js';
import { registerOnlineSgd } from './online-sgd.js';
import { registerPulseUpdate } from './pulse-update.js';
import { tuningCache } from './tuning-cache.js';
import { webgpuPackage, webgpuPackageIsThere } from './webgpu-package.js';

/** Registers every op of Mho with tfjs, on every backend that has it; calling it again changes nothing. */
export function registerOps(): void {
  registerOnlineSgd();
  registerPulseUpdate();
  registerCrossbarRead();
  registerDrift();
}

/** A backend, and why it was taken. */
export interface ChosenBackend {
  readonly backend: Backend;
  readonly reason: string;
}

/**
 * The backend that a name stands for: `auto` is a hardware GPU where there is one whose results have the bits of the
 * other backends', else WASM.
 * @throws RunError where webgpu or tensorflow is told and there is none
 */
export async function chooseBackend(name: Backend | 'auto'): Promise<ChosenBackend> {
  if (name !== 'auto') return { backend: name, reason: await reasonFor(name) };
  const found = await findAdapter();
  if (!wasFound(found)) return { backend: 'wasm', reason: `auto: ${found.what}` };
  const adapter = adapterName(found.facts);
  if (found.facts.software) return { backend: 'wasm', reason: `auto: ${adapter} is no hardware GPU` };
  const obstacle = await obstacleOf();
  if (obstacle === undefined) return { backend: 'webgpu', reason: `auto: ${adapter}` };
  return { backend: 'wasm', reason: `auto: ${adapter} ${obstacle}` };
}

/** What speaks against a hardware GPU; nobody asked for it, so what fails on it is a reason and no error. */
async function obstacleOf(): Promise<string | undefined> {
  if (!webgpuPackageIsThere()) return `needs the optional package ${webgpuPackage}, which is missing`;
  try {
    const different = await deviations(await gpuDevice());
    return different.length === 0 ? undefined : `computes other bits, in ${different.join(', ')}`;
  } catch (error) {
    if (!(error instanceof MhoError)) throw error;
    return `cannot be used: ${error.parts.what}`;
  }
}

async function reasonFor(backend: Backend): Promise<string> {
  if (backend === 'tensorflow') return reasonForTensorflow();
  if (backend !== 'webgpu') return 'as told';
  const found = await findAdapter();
  if (!wasFound(found)) throw new RunError({ where: 'webgpu', ...found });
  return `as told: ${adapterName(found.facts)}${found.facts.software ? ', computed on the processor' : ''}`;
}

function reasonForTensorflow(): string {
  const found = findTensorflow();
  if (!tensorflowFound(found)) throw new RunError({ where: 'tensorflow', ...found });
  return `as told: ${found.name} ${found.version}`;
}

/**
 * Makes a backend tfjs's active one, with Mho's ops registered.
 * @throws RunError where it cannot be started: for webgpu, where there is no adapter or its packages are missing;
 * for tensorflow, where its package is missing
 */
export function useBackend(backend: Backend): Promise<void> {
  // One after the other: tfjs gives up the start of a backend while another one is asked for.
  const turn = lastStart.then(() => startBackend(backend));
  lastStart = turn.catch(() => undefined);
  return turn;
}

let lastStart: Promise<void> = Promise.resolve();

async function startBackend(backend: Backend): Promise<void> {
  if (!backends.includes(backend)) {
    const what = `got the backend ${JSON.stringify(backend)}, expected ${backends.join(', ')}`;
    throw new UsageError({ where: 'useBackend', what });
  }
  registerOps();
  // tfjs advises its native binding at the cpu backend's first use, unless in production mode; here `cpu` is the reference
  // and chosen on purpose.
  tf.env().set('PROD', true);
  if (backend === 'wasm') await importWasmBackend();
  if (backend === 'webgpu') {
    const cache = tuningCache(process.env);
    if (cache) keepTunings(cache);
    await importWebgpuBackend();
  }
  if (backend === 'tensorflow') await loadTensorflow();
  if (!(await tf.setBackend(backend))) {
    throw new RunError({
      where: 'backend',
      what: `tfjs could not start its ${backend} backend`,
      remedy: 'try --backend cpu',
    });
  }
  await tf.ready();
}

async function importWasmBackend(): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if ('wasm' in tf.engine().registry) return;
  const binary = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm');
  setWasmPaths(path.dirname(binary) + path.sep);
}

/** The device that tfjs's backend was made with. */
let usedDevice: GpuDevice | undefined;

/** tfjs's backend on the device that the kernels have; made anew where that is another one. */
async function importWebgpuBackend(): Promise<void> {
  const gpu = await gpuDevice();
  if (gpu === usedDevice) return;
  offerGpu(gpu.gpu);
  const { WebGPUBackend } = await importTfjsWebgpu();
  // The package registers a backend on a device of its own.
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(gpu.device, gpu.adapterInfo));
  usedDevice = gpu;
}

/** tfjs asks for `navigator.gpu`, which Node does not have. */
function offerGpu(gpu: GPU): void {
  const place = globalThis as { navigator?: object };
  if (place.navigator === undefined) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  if (!('gpu' in place.navigator!)) Object.defineProperty(place.navigator!, 'gpu', { value: gpu, configurable: true });
}

async function importTfjsWebgpu() {
  try {
    return await import('@tensorflow/tfjs-backend-webgpu');
  } catch (error) {
    const what = 'the optional package @tensorflow/tfjs-backend-webgpu could not be loaded';
    const remedy = 'run `npm install @tensorflow/tfjs-backend-webgpu`, or use --backend wasm';
    throw new RunError({ where: 'webgpu', what, remedy }, { cause: error });
  }
}
