import { adapterName, findAdapter, wasFound, type AdapterFacts } from '../../kernels/webgpu/adapter.js';
import { gpuDevice, type GpuDevice } from '../../kernels/webgpu/device.js';
import { deviations } from '../../kernels/webgpu/probe.js';
import { wasmKernelsRun } from '../../kernels/wasm/memory.js';
import { findTensorflow, loadTensorflow, tensorflowFound } from '../../kernels/composed/tensorflow.js';
import type { Backend } from '../../kernels/register.js';
import { MhoError } from '../errors.js';
import { webgpuPackage, webgpuPackageIsThere } from './webgpu-package.js';

/** Whether a backend can be used here, and where not, what to do about it. */
export interface BackendState {
  readonly name: Backend;
  readonly ready: boolean;
  readonly what: string;
  readonly remedy?: string | undefined;
  readonly gpu?: GpuState | undefined;
}

export interface GpuState extends AdapterFacts {
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
  /** Expressions whose bits differ from the other backends'; none on a GPU that gives the same results. */
  readonly deviations: readonly string[];
}

/** Limits that decide what fits. */
const shownLimits = [
  ...(['maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage'] as const),
  ...(['maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupsPerDimension'] as const),
  'maxComputeWorkgroupStorageSize' as const,
];

/** Looks at every backend. */
export async function diagnoseBackends(): Promise<BackendState[]> {
  const wasm = wasmKernelsRun();
  return [
    { name: 'cpu', ready: true, what: 'the scalar reference, for tests' },
    {
      ...{ name: 'wasm', ready: wasm, what: wasm ? 'WebAssembly SIMD' : 'this engine has no WebAssembly SIMD' },
      remedy: wasm ? undefined : 'use Node 20.19 or later',
    },
    await diagnoseWebgpu(),
    await diagnoseTensorflow(),
  ];
}

async function diagnoseWebgpu(): Promise<BackendState> {
  const found = await findAdapter();
  if (!wasFound(found)) return { name: 'webgpu', ready: false, ...found };
  if (!webgpuPackageIsThere()) {
    const what = `${adapterName(found.facts)}, but the optional package ${webgpuPackage} is missing`;
    return { name: 'webgpu', ready: false, what, remedy: `run \`npm install ${webgpuPackage}\`` };
  }
  try {
    const gpu = await gpuState(await gpuDevice());
    return { name: 'webgpu', ready: true, what: describe(gpu), gpu };
  } catch (error) {
    if (!(error instanceof MhoError)) throw error;
    return { name: 'webgpu', ready: false, what: error.parts.what, remedy: error.parts.remedy };
  }
}

async function diagnoseTensorflow(): Promise<BackendState> {
  const found = findTensorflow();
  if (!tensorflowFound(found)) return { name: 'tensorflow', ready: false, ...found };
  try {
    const { name, version } = await loadTensorflow();
    return { name: 'tensorflow', ready: true, what: `${name} ${version}, kernels of its ops` };
  } catch (error) {
    if (!(error instanceof MhoError)) throw error;
    return { name: 'tensorflow', ready: false, what: error.parts.what, remedy: error.parts.remedy };
  }
}

async function gpuState(gpu: GpuDevice): Promise<GpuState> {
  const limits = Object.fromEntries(shownLimits.map((name) => [name, gpu.device.limits[name]]));
  const features = [...gpu.device.features].sort();
  return { ...gpu.facts, limits, features, deviations: await deviations(gpu) };
}

function describe(gpu: GpuState): string {
  const kind = gpu.software ? 'computed on the processor' : 'hardware';
  const names = [gpu.vendor, gpu.architecture].filter((name) => name !== '').join(' ');
  return `${adapterName(gpu)}${names === '' ? '' : ` (${names})`}, ${kind}`;
}
