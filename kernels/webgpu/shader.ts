import { RunError } from '../../src/errors.js';
import { createBuffer, lasting, usage } from './buffers.js';
import { write } from './arena.js';
import { firstLine, lossIsKnown, unanswered, type GpuDevice } from './device.js';
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

/** Buffers and words that dispatches are given; the words are written where the dispatches are submitted. */
export interface Bound {
  readonly group: GPUBindGroup;
  readonly words: Uint32Array<ArrayBuffer>;
}

export interface Dispatch<Entry extends string> {
  readonly entry: Entry;
  readonly bound: Bound;
  readonly groups: readonly [x: number, y?: number];
}

/** What a shader is made of on a device. */
interface ShaderParts {
  readonly name: string;
  readonly module: GPUShaderModule;
  readonly layout: GPUBindGroupLayout;
  readonly pipelineLayout: GPUPipelineLayout;
  /** Fingerprint of its code. */
  readonly code: string;
}

/** Bytes between the words of two calls in the buffer of words: where an offset may lie on every adapter. */
const slotSize = 256;
/** Calls whose words one submission holds. */
const slotCount = 64;

/** A compiled shader, with a pipeline for each entry point that was made ready or submitted. */
export class Shader<Entry extends string> {
  private readonly pipelines = new Map<Entry, GPUComputePipeline>();
  private readonly making = new Map<Entry, Promise<void>>();
  private readonly nothing: GPUBuffer;
  /** Of the calls of a submission; the next one writes over them, since the queue keeps the order. */
  private readonly words: GPUBuffer;

  constructor(
    readonly gpu: GpuDevice,
    private readonly parts: ShaderParts,
  ) {
    const create = (purpose: string, bytes: number, its: number): GPUBuffer =>
      lasting(() => createBuffer(gpu, purpose, bytes, its));
    this.nothing = create('an empty list', 16, usage.storage);
    this.words = create('words of calls', slotCount * slotSize, usage.uniform);
  }

  /** Fingerprint of the code. */
  get code(): string {
    return this.parts.code;
  }

  /**
   * Makes pipelines, which takes drivers their time, so that submitting does not.
   * @throws RunError where the driver makes none
   */
  async ready(entries: readonly Entry[]): Promise<void> {
    await Promise.all(
      entries.map((entry) => {
        const made = this.making.get(entry) ?? this.make(entry);
        this.making.set(entry, made);
        return made;
      }),
    );
  }

  private async make(entry: Entry): Promise<void> {
    const { device } = this.gpu;
    const made = await device.createComputePipelineAsync(this.descriptorOf(entry)).catch(async (error: unknown) => {
      await lossIsKnown(this.gpu);
      this.gpu.requireAlive();
      const what = `the driver made no pipeline of ${this.parts.name}: ${firstLine(String(error))}`;
      const remedy = 'update the driver, or use --backend wasm';
      throw new RunError({ where: 'webgpu', what, remedy }, { cause: error });
    });
    this.pipelines.set(entry, made);
  }

  /** The pipeline of an entry; one that was not made ready is made at once, and what the driver refuses shows later. */
  private pipelineOf(entry: Entry): GPUComputePipeline {
    const known = this.pipelines.get(entry);
    if (known) return known;
    const made = this.gpu.device.createComputePipeline(this.descriptorOf(entry));
    this.pipelines.set(entry, made);
    return made;
  }

  private descriptorOf(entryPoint: Entry): GPUComputePipelineDescriptor {
    const { module, pipelineLayout: layout } = this.parts;
    return { layout, compute: { module, entryPoint }, label: entryPoint };
  }

  bind({ heap, data, given = this.nothing, list = this.nothing }: Bindings, words: CallWords): Bound {
    const call = { buffer: this.words, size: callSize };
    const resources = [call, ...[heap, data, given, list].map((buffer) => ({ buffer }))];
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    return {
      group: this.gpu.device.createBindGroup({ layout: this.parts.layout, entries }),
      words: Uint32Array.from(callFields, (name) => (name === 'zero' ? 0 : (words[name] ?? 0))),
    };
  }

  /** Submits dispatches, each of which sees what those before it wrote. */
  submit(dispatches: Iterable<Dispatch<Entry>>): void {
    this.gpu.requireAlive();
    const { queue } = this.gpu.device;
    let [encoder, pass] = this.beginPass();
    const end = (): void => {
      pass.end();
      queue.submit([encoder.finish()]);
    };
    const slots = new Map<Bound, number>();
    for (const { entry, bound, groups } of dispatches) {
      if (slots.size === slotCount && !slots.has(bound)) {
        end();
        slots.clear();
        [encoder, pass] = this.beginPass();
      }
      let offset = slots.get(bound);
      if (offset === undefined) {
        offset = slots.size * slotSize;
        slots.set(bound, offset);
        write(this.gpu, this.words, offset / 4, bound.words);
      }
      pass.setPipeline(this.pipelineOf(entry));
      pass.setBindGroup(0, bound.group, [offset]);
      pass.dispatchWorkgroups(...groups);
    }
    end();
  }

  private beginPass(): [GPUCommandEncoder, GPUComputePassEncoder] {
    const encoder = this.gpu.device.createCommandEncoder();
    return [encoder, encoder.beginComputePass()];
  }
}

/** Workgroups for a number of threads; beyond the largest grid each thread takes several turns. */
export function groupsFor(threads: number, groupSize: number): number {
  return Math.max(1, Math.min(Math.ceil(threads / groupSize), 65_535));
}

/**
 * Compiles a shader and waits for what the driver says of it.
 * @param name - as messages name it
 * @param entries - those that are made ready
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
  const shader = partsOf(device, name, code);
  const [{ messages }] = await Promise.all([shader.module.getCompilationInfo(), device.popErrorScope()]).catch(
    (error: unknown) => unanswered(gpu, `the shader ${name} was not compiled`, error),
  );
  const wrong = messages.find(({ type }) => type === 'error');
  if (wrong) throw shaderError(name, code, wrong);
  const compiled = new Shader<Entry>(gpu, shader);
  await compiled.ready(entries);
  return compiled;
}

function partsOf(device: GPUDevice, name: string, code: string): ShaderParts {
  const module = device.createShaderModule({ code, label: name });
  const layout = bindGroupLayout(device);
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  return { name, module, layout, pipelineLayout, code: fingerprint(code) };
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
  const entries = types.map((type, binding) => {
    const hasDynamicOffset = type === 'uniform';
    return { binding, visibility: 0x4, buffer: { type, hasDynamicOffset } };
  });
  return device.createBindGroupLayout({ entries });
}

/** A shader that is compiled once for each device. */
export class LazyShader<Entry extends string> {
  private readonly compiled = new WeakMap<GPUDevice, Promise<Shader<Entry>>>();
  private readonly ready = new WeakMap<GPUDevice, Shader<Entry>>();

  /** @param entries - those that every use needs; others are made ready by who submits them */
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

  /** For callers that cannot wait: what the driver refuses shows in the next call. */
  at(gpu: GpuDevice): Shader<Entry> {
    const known = this.ready.get(gpu.device);
    if (known) return known;
    const shader = new Shader<Entry>(gpu, partsOf(gpu.device, this.name, this.code));
    this.ready.set(gpu.device, shader);
    return shader;
  }
}
