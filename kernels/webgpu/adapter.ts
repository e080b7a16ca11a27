import { vulkanDriverListed } from './vulkan.js';

/** The GPU that was found: a browser's own, or in Node that of Dawn (the optional package `webgpu`). */
export interface FoundAdapter {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
  readonly facts: AdapterFacts;
}

export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  /** Name and driver, as the driver tells them. */
  readonly description: string;
  /** Computed on the processor: right, and slow. */
  readonly software: boolean;
}

/** Why there is none, and what to do about it. */
export interface NoAdapter {
  readonly what: string;
  readonly remedy: string;
}

export type AdapterSearch = FoundAdapter | NoAdapter;

export function wasFound(search: AdapterSearch): search is FoundAdapter {
  return 'adapter' in search;
}

let search: Promise<AdapterSearch> | undefined;

/** Looks for an adapter, a hardware GPU before a software one; what was found holds until it is forgotten. */
export function findAdapter(): Promise<AdapterSearch> {
  search ??= lookForAdapter();
  return search;
}

/** Lets the next search look again: a device is made from an adapter only once, and a driver may come back. */
export function forgetAdapter(): void {
  search = undefined;
}

/** Lets the next search ask the drivers anew: an instance keeps to those that it met first. */
export function forgetDriver(): void {
  search = instance = undefined;
}

async function lookForAdapter(): Promise<AdapterSearch> {
  const source = await gpuOfThisPlace();
  if (!('gpu' in source)) return source;
  const adapter = await source.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    forgetDriver();
    return noDriver('no adapter was offered');
  }
  return { gpu: source.gpu, adapter, facts: factsOf(adapter) };
}

async function gpuOfThisPlace(): Promise<{ readonly gpu: GPU } | NoAdapter> {
  const own = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  if (own) return { gpu: own };
  if (isLinux() && !vulkanDriverListed(process.env)) return noDriver('no Vulkan driver is installed');
  return dawn();
}

/** Instances live as long as the process: adapters and devices of one that was collected are lost. */
const instances: GPU[] = [];
let instance: GPU | undefined;

async function dawn(): Promise<{ readonly gpu: GPU } | NoAdapter> {
  if (instance) return { gpu: instance };
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    instance = create([]);
    instances.push(instance);
    return { gpu: instance };
  } catch (error) {
    const what = `the optional package webgpu ${failureOf(error)}`;
    return { what, remedy: 'run `npm install webgpu @tensorflow/tfjs-backend-webgpu`, or use --backend wasm' };
  }
}

function failureOf(error: unknown): string {
  if ((error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND') return 'is not installed';
  const reason = error instanceof Error ? error.message.split('\n', 1)[0]! : String(error);
  return `could not be loaded (${reason})`;
}

function noDriver(reason: string): NoAdapter {
  const remedy = `install the driver of the GPU${isLinux() ? ' with its Vulkan part (`vulkaninfo` lists it)' : ''}, or use --backend wasm`;
  return { what: `${reason}, so there is no WebGPU`, remedy };
}

function factsOf({ info }: GPUAdapter): AdapterFacts {
  const { vendor, architecture, device, description } = info;
  const named = /swiftshader|llvmpipe|lavapipe|basic render/i.test(
    [vendor, architecture, device, description].join(' '),
  );
  return { vendor, architecture, device, description, software: info.isFallbackAdapter || named };
}

/** A driver's line for people: its description, or what else it says of itself. */
export function adapterName({ vendor, architecture, device, description }: AdapterFacts): string {
  return description || device || architecture || vendor || 'unnamed adapter';
}

function isLinux(): boolean {
  return (globalThis as { process?: { platform?: string } }).process?.platform === 'linux';
}
