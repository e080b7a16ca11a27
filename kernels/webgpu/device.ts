import { RunError } from '../../src/errors.js';
import { adapterName, findAdapter, forgetAdapter, forgetDriver, wasFound, type AdapterFacts } from './adapter.js';

/** A device with what belongs to it: its limits are asked for as large as the adapter has them. */
export interface GpuDevice {
  readonly device: GPUDevice;
  /** What adapters are asked of. */
  readonly gpu: GPU;
  readonly adapterInfo: GPUAdapterInfo;
  readonly facts: AdapterFacts;
  /** Bytes of the largest buffer that a kernel can be given. */
  readonly largestBuffer: number;
  /** @throws RunError once the device was lost, or failed */
  requireAlive(): void;
  /** Gives the device up: every later call ends with this error, and the next device is another one. */
  fail(error: RunError): void;
}

/** The device is gone, through no fault of the work that it was given: another one may do it. */
export class DeviceLostError extends RunError {}

const where = 'webgpu';

const lossRemedy = 'run again: the same seed gives the same network; if it happens again, use --backend wasm';

/** Milliseconds in which a driver tells the loss that made a call fail, which fails first. */
const untilToldOfLoss = 200;

export const memoryRemedy = 'use a smaller network, fewer replicas or samples at once, or --backend wasm';

/** Limits that kernels profit from; all others stay at WebGPU's defaults, which every adapter has. */
const wantedLimits = ['maxStorageBufferBindingSize', 'maxBufferSize', 'maxComputeWorkgroupStorageSize'] as const;

let current: Promise<GpuDevice> | undefined;
let opened: GpuDevice | undefined;
/** The device that was made last, whose end alone asks for another. */
let latest: GPUDevice | undefined;

/**
 * The process's GPU device, made at the first call and again after it was lost.
 * @throws RunError where there is no adapter, or it gives no device
 */
export function gpuDevice(): Promise<GpuDevice> {
  if (current) return current;
  const opening = openDevice();
  current = opening;
  opening.then(
    (gpu) => (opened = gpu),
    () => {
      if (current === opening) current = undefined;
    },
  );
  return opening;
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
  // An adapter makes one device; another one is asked of a fresh adapter, and where there was none, there may be one by then.
  const found = await findAdapter().finally(forgetAdapter);
  if (!wasFound(found)) throw new RunError({ where, ...found });
  const { gpu, adapter, facts } = found;
  const device = await adapter.requestDevice(descriptorFor(adapter)).catch((error: unknown) => {
    forgetDriver();
    const what = `the adapter ${adapterName(facts)} gave no device: ${String(error)}`;
    throw new RunError({ where, what, remedy: 'update its driver, or use --backend wasm' }, { cause: error });
  });
  latest = device;
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const largestBuffer = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  return { device, gpu, adapterInfo: adapter.info, facts, largestBuffer, ...watchLoss(device, adapterName(facts)) };
}

function descriptorFor(adapter: GPUAdapter): GPUDeviceDescriptor {
  const requiredLimits = Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]]));
  // tfjs times its programs where it can, and asks for the feature itself where it makes the device.
  const requiredFeatures: GPUFeatureName[] = adapter.features.has('timestamp-query') ? ['timestamp-query'] : [];
  return { requiredLimits, requiredFeatures };
}

/** Hears of the device's end, and of errors that no scope catches. */
function watchLoss(device: GPUDevice, adapter: string): Pick<GpuDevice, 'requireAlive' | 'fail'> {
  let failure: RunError | undefined;
  const fail = (error: RunError): void => {
    failure ??= error;
    if (latest === device) current = latest = undefined;
    // What failed is not used again: its memory is for the one that comes after it.
    device.destroy();
  };
  void device.lost.then(({ reason, message }) => {
    const why = message === '' ? reason : `${reason}, ${firstLine(message)}`;
    fail(new DeviceLostError({ where, what: `the GPU device was lost: ${why} (${adapter})`, remedy: lossRemedy }));
  });
  device.addEventListener('uncapturederror', ({ error }) => {
    const what = firstLine(error.message);
    // In Node the class has no name of its own before Dawn is loaded.
    const ranOut = error.constructor.name === 'GPUOutOfMemoryError';
    const refusal = 'this is a bug of Mho or of the driver: use --backend wasm';
    fail(
      ranOut
        ? new RunError({ where, what: `out of memory: ${what} (${adapter})`, remedy: memoryRemedy })
        : new RunError({ where, what: `the GPU refused a command: ${what} (${adapter})`, remedy: refusal }),
    );
  });
  const requireAlive = (): void => {
    if (failure) throw failure;
  };
  return { requireAlive, fail };
}

/** Waits until a driver has had the time to tell of a loss. */
export async function lossIsKnown({ device }: GpuDevice): Promise<void> {
  await Promise.race([device.lost, new Promise((resolve) => setTimeout(resolve, untilToldOfLoss))]);
}

/**
 * A device did not answer what it answers unless it is lost. It is given up, whether or not it has told so yet.
 * @param failed - what it did not do
 * @throws RunError always: a DeviceLostError, or why the device failed before
 */
export async function unanswered(gpu: GpuDevice, failed: string, cause: unknown): Promise<never> {
  await lossIsKnown(gpu);
  gpu.requireAlive();
  const what = `the GPU device was lost: ${failed}: ${firstLine(String(cause))} (${adapterName(gpu.facts)})`;
  const error = new DeviceLostError({ where, what, remedy: lossRemedy }, { cause });
  gpu.fail(error);
  throw error;
}

export function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!;
}
