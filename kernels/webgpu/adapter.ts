import type * as fs from 'node:fs';

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

/** Looks for an adapter, a hardware GPU before a software one; once in a process. */
export function findAdapter(): Promise<AdapterSearch> {
  search ??= lookForAdapter();
  return search;
}

/** Lets the next search look again; a device is made from an adapter only once. */
export function forgetAdapter(): void {
  search = undefined;
}

async function lookForAdapter(): Promise<AdapterSearch> {
  const source = await gpuOfThisPlace();
  if (!('gpu' in source)) return source;
  const adapter = await source.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return noDriver('no adapter was offered');
  return { gpu: source.gpu, adapter, facts: factsOf(adapter) };
}

async function gpuOfThisPlace(): Promise<{ readonly gpu: GPU } | NoAdapter> {
  const own = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  if (own) return { gpu: own };
  // Dawn complains on stderr where there is no driver: it is asked only where there may be one.
  if (!vulkanDriverListed()) return noDriver('no Vulkan driver is installed');
  return dawn();
}

/** The instance lives as long as the process: adapters and devices of one that was collected are lost. */
let instance: GPU | undefined;

async function dawn(): Promise<{ readonly gpu: GPU } | NoAdapter> {
  if (instance) return { gpu: instance };
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    instance = create([]);
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

const driverFolders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

/** Whether the Vulkan loader has a driver to load; other systems than Linux bring their own. */
function vulkanDriverListed(): boolean {
  if (!isLinux()) return true;
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES, XDG_DATA_DIRS = '', HOME } = process.env;
  if ([VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES].some((files) => files !== undefined && files !== ''))
    return true;
  const user = HOME === undefined ? [] : [`${HOME}/.local/share/vulkan/icd.d`];
  const data = XDG_DATA_DIRS.split(':').filter((folder) => folder !== '');
  const folders = [...driverFolders, ...user, ...data.map((folder) => `${folder}/vulkan/icd.d`)];
  return folders.some(holdsFiles);
}

function isLinux(): boolean {
  return (globalThis as { process?: { platform?: string } }).process?.platform === 'linux';
}

function holdsFiles(folder: string): boolean {
  const { existsSync, readdirSync }: typeof fs = process.getBuiltinModule('node:fs');
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.json'));
}
