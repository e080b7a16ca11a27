import { RunError } from '../../src/errors.js';
import { adapterName, findAdapter, forgetAdapter, wasFound, type AdapterFacts } from './adapter.js';

/** A device with what belongs to it: its limits are asked for as large as the adapter has them. */
export interface GpuDevice {
  readonly device: GPUDevice;
  /** What adapters are asked of. */
  readonly gpu: GPU;
  readonly adapterInfo: GPUAdapterInfo;
  readonly facts: AdapterFacts;
  /** Bytes of the largest buffer that a kernel can be given. */
  readonly largestBuffer: number;
  /** @throws RunError once the device was lost */
  requireAlive(): void;
}

/** The device is gone, through no fault of the work that it was given: another one may do it. */
export class DeviceLostError extends RunError {}

const where = 'webgpu';

export const memoryRemedy = 'use a smaller network, fewer replicas or samples at once, or --backend wasm';

/** Limits that kernels profit from; all others stay at WebGPU's defaults, which every adapter has. */
const wantedLimits = ['maxStorageBufferBindingSize', 'maxBufferSize', 'maxComputeWorkgroupStorageSize'] as const;

let current: Promise<GpuDevice> | undefined;
let opened: GpuDevice | undefined;

/**
 * The process's GPU device, made at the first call and again after it was lost.
 * @throws RunError where there is no adapter, or it gives no device
 */
export function gpuDevice(): Promise<GpuDevice> {
  current ??= openDevice();
  current.then(
    (gpu) => (opened = gpu),
    () => (current = undefined),
  );
  return current;
}

/**
 * The device that was made before, for callers that cannot wait.
 * @throws RunError where none was made, or it was lost
 */
export function openedDevice(): GpuDevice {
  if (!opened)
    throw new RunError({ where, what: 'no GPU device was opened', remedy: "call `await useBackend('webgpu')`" });
  opened.requireAlive();
  return opened;
}

async function openDevice(): Promise<GpuDevice> {
  const found = await findAdapter();
  if (!wasFound(found)) throw new RunError({ where, ...found });
  const { gpu, adapter, facts } = found;
  // An adapter makes one device; another one is asked of a fresh adapter.
  forgetAdapter();
  const device = await adapter.requestDevice(descriptorFor(adapter)).catch((error: unknown) => {
    const what = `the adapter ${adapterName(facts)} gave no device: ${String(error)}`;
    throw new RunError({ where, what, remedy: 'update its driver, or use --backend wasm' }, { cause: error });
  });
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const largestBuffer = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  return { device, gpu, adapterInfo: adapter.info, facts, largestBuffer, requireAlive: watchLoss(device, facts) };
}

function descriptorFor(adapter: GPUAdapter): GPUDeviceDescriptor {
  const requiredLimits = Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]]));
  // tfjs times its programs where it can, and asks for the feature itself where it makes the device.
  const requiredFeatures: GPUFeatureName[] = adapter.features.has('timestamp-query') ? ['timestamp-query'] : [];
  return { requiredLimits, requiredFeatures };
}

/** Hears of the device's end, and of errors that no scope catches. */
function watchLoss(device: GPUDevice, facts: AdapterFacts): () => void {
  let failure: RunError | undefined;
  const fail = (Kind: typeof RunError, what: string, remedy: string): void => {
    failure ??= new Kind({ where, what: `${what} (${adapterName(facts)})`, remedy });
    current = undefined;
  };
  void device.lost.then(({ reason, message }) => {
    const remedy = 'run again: the same seed gives the same network; if it happens again, use --backend wasm';
    fail(
      DeviceLostError,
      `the GPU device was lost: ${reason}${message === '' ? '' : `, ${firstLine(message)}`}`,
      remedy,
    );
  });
  device.addEventListener('uncapturederror', (event) => {
    const { message } = event.error;
    // In Node the class has no name of its own before Dawn is loaded.
    if (event.error.constructor.name === 'GPUOutOfMemoryError') {
      fail(RunError, `out of memory: ${firstLine(message)}`, memoryRemedy);
      return;
    }
    fail(
      RunError,
      `the GPU refused a command: ${firstLine(message)}`,
      'this is a bug of Mho or of the driver: use --backend wasm',
    );
  });
  return () => {
    if (failure) throw failure;
  };
}

export function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!;
}
