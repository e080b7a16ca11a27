import { RunError } from '../../src/errors.js';
import { createBuffer, usage } from './buffers.js';
import { write } from './arena.js';
import { firstLine, type GpuDevice } from './device.js';
import { fingerprint } from './tuning.js';
import { callFields, callSize, type CallField } from './prelude.wgsl.js';

/** Buffers of a dispatch; those that it does not need may be left out. */
export interface Bindings {
  readonly heap: GPUBuffer;
  readonly data: GPUBuffer;
  readonly given?: GPUBuffer | undefined;
  readonly list?: GPUBuffer | undefined;
}

export type CallWords = Partial<Record<Exclude<CallField, 'zero'>, number>>;

export interface Dispatch<Entry extends string> {
  readonly entry: Entry;
  readonly group: GPUBindGroup;
  readonly groups: readonly [x: number, y?: number];
}

/** A compiled shader with a pipeline for each of its entry points. */
export class Shader<Entry extends string> {
  constructor(
    readonly gpu: GpuDevice,
    private readonly layout: GPUBindGroupLayout,
    private readonly pipelines: ReadonlyMap<string, GPUComputePipeline>,
    private readonly nothing: GPUBuffer,
    /** Fingerprint of its code. */
    readonly code: string,
  ) {}

  /** Buffers and words that dispatches are given; the words lie in a buffer of their own, which the group keeps. */
  bind({ heap, data, given = this.nothing, list = this.nothing }: Bindings, words: CallWords): GPUBindGroup {
    const call = createBuffer(this.gpu, 'words of a call', callSize, usage.uniform);
    const values = Uint32Array.from(callFields, (name) => (name === 'zero' ? 0 : (words[name] ?? 0)));
    write(this.gpu, call, 0, values);
    const entries = [call, heap, data, given, list].map((buffer, binding) => ({ binding, resource: { buffer } }));
    return this.gpu.device.createBindGroup({ layout: this.layout, entries });
  }

  /** Submits dispatches, each of which sees what those before it wrote. */
  submit(dispatches: Iterable<Dispatch<Entry>>): void {
    this.gpu.requireAlive();
    const encoder = this.gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { entry, group, groups } of dispatches) {
      pass.setPipeline(this.pipelines.get(entry)!);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...groups);
    }
    pass.end();
    this.gpu.device.queue.submit([encoder.finish()]);
  }
}

/** Workgroups for a number of threads; beyond the largest grid each thread takes several turns. */
export function groupsFor(threads: number, groupSize: number): number {
  return Math.max(1, Math.min(Math.ceil(threads / groupSize), 65_535));
}

/**
 * Compiles a shader and waits for what the driver says of it.
 * @param name - as messages name it
 * @throws RunError with line and column where the driver refuses it
 */
export async function compileShader<Entry extends string>(
  gpu: GpuDevice,
  name: string,
  code: string,
  entries: readonly Entry[],
): Promise<Shader<Entry>> {
  gpu.requireAlive();
  const { device } = gpu;
  device.pushErrorScope('validation');
  const { module, layout, pipelineLayout } = moduleOf(device, name, code);
  const [{ messages }] = await Promise.all([module.getCompilationInfo(), device.popErrorScope()]);
  const wrong = messages.find(({ type }) => type === 'error');
  if (wrong) throw shaderError(name, code, wrong);
  const pipelines = await Promise.all(
    entries.map((entryPoint) => device.createComputePipelineAsync(pipeline(pipelineLayout, module, entryPoint))),
  ).catch((error: unknown) => {
    gpu.requireAlive();
    const what = `the driver made no pipeline of ${name}: ${firstLine(String(error))}`;
    throw new RunError({ where: 'webgpu', what, remedy: 'update the driver, or use --backend wasm' }, { cause: error });
  });
  return shaderOf(gpu, layout, { code, entries, pipelines });
}

/** The same for callers that cannot wait: what the driver refuses shows in the next call. */
function shaderAtOnce<Entry extends string>(
  gpu: GpuDevice,
  name: string,
  code: string,
  entries: readonly Entry[],
): Shader<Entry> {
  const { module, layout, pipelineLayout } = moduleOf(gpu.device, name, code);
  const pipelines = entries.map((entry) => gpu.device.createComputePipeline(pipeline(pipelineLayout, module, entry)));
  return shaderOf(gpu, layout, { code, entries, pipelines });
}

function moduleOf(device: GPUDevice, name: string, code: string) {
  const module = device.createShaderModule({ code, label: name });
  const layout = bindGroupLayout(device);
  return { module, layout, pipelineLayout: device.createPipelineLayout({ bindGroupLayouts: [layout] }) };
}

function pipeline(
  layout: GPUPipelineLayout,
  module: GPUShaderModule,
  entryPoint: string,
): GPUComputePipelineDescriptor {
  return { layout, compute: { module, entryPoint }, label: entryPoint };
}

function shaderOf<Entry extends string>(
  gpu: GpuDevice,
  layout: GPUBindGroupLayout,
  made: {
    readonly code: string;
    readonly entries: readonly Entry[];
    readonly pipelines: readonly GPUComputePipeline[];
  },
): Shader<Entry> {
  const pipelines = new Map(made.entries.map((entry, i) => [entry as string, made.pipelines[i]!]));
  const nothing = createBuffer(gpu, 'an empty list', 16, usage.storage);
  return new Shader<Entry>(gpu, layout, pipelines, nothing, fingerprint(made.code));
}

function shaderError(name: string, code: string, { lineNum, linePos, message }: GPUCompilationMessage): RunError {
  const line = code.split('\n')[lineNum - 1]?.trim() ?? '';
  const what = `line ${lineNum}, column ${linePos}: ${firstLine(message)} in ${JSON.stringify(line)}`;
  const remedy = 'this is a bug of Mho or of the driver: use --backend wasm';
  return new RunError({ where: `webgpu: shader ${name}`, what, remedy });
}

function bindGroupLayout(device: GPUDevice): GPUBindGroupLayout {
  const types: GPUBufferBindingType[] = [
    'uniform',
    'storage',
    'read-only-storage',
    'read-only-storage',
    'read-only-storage',
  ];
  const entries = types.map((type, binding) => ({ binding, visibility: 0x4, buffer: { type } }));
  return device.createBindGroupLayout({ entries });
}

/** A shader that is compiled once for each device. */
export class LazyShader<Entry extends string> {
  private readonly compiled = new WeakMap<GPUDevice, Promise<Shader<Entry>>>();
  private readonly ready = new WeakMap<GPUDevice, Shader<Entry>>();

  constructor(
    private readonly name: string,
    private readonly code: string,
    private readonly entries: readonly Entry[],
  ) {}

  async on(gpu: GpuDevice): Promise<Shader<Entry>> {
    let shader = this.compiled.get(gpu.device);
    if (!shader) {
      shader = compileShader(gpu, this.name, this.code, this.entries);
      this.compiled.set(gpu.device, shader);
    }
    const done = await shader;
    this.ready.set(gpu.device, done);
    return done;
  }

  /** For callers that cannot wait. */
  at(gpu: GpuDevice): Shader<Entry> {
    const known = this.ready.get(gpu.device);
    if (known) return known;
    const shader = shaderAtOnce(gpu, this.name, this.code, this.entries);
    this.ready.set(gpu.device, shader);
    return shader;
  }
}
