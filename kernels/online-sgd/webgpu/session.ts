import type { DriftLosses } from '../../../src/crossbar/drift.js';
import type { CrossbarState } from '../../../src/crossbar/program.js';
import { validateLosses } from '../../drift/contract.js';
import { driftShader, drifting, lossWords } from '../../drift/webgpu/kernel.js';
import { write } from '../../webgpu/arena.js';
import { createBuffer, finished, readBack, usage, withErrors } from '../../webgpu/buffers.js';
import type { GpuDevice } from '../../webgpu/device.js';
import { givenBuffer, sourcesOf, stateOfArrays, withGiven } from '../../webgpu/one-crossbar.js';
import type { Shader } from '../../webgpu/shader.js';
import { disposedError, elementOf, lengthOf, ordersOf } from '../calls.js';
import { validateSamples } from '../validation.js';
import type { OnlineSgdSession, Orders, Prediction, Replica, Samples, SamplesHandle } from '../contract.js';
import { LayoutChoice } from './layout-choice.js';
import { layoutKey } from './layout-key.js';
import { entriesOf, trainingDispatches, type Layout } from './layout.js';
import { orderWords } from './orders.js';
import { SubmissionPace, predictGroup } from './predict.js';
import { classesOf, groupsOf, type ReplicaGroup } from './replica-group.js';
import { sampleWords } from './samples.js';
import type { OnlineSgdEntry } from './shader.js';

interface LoadedSamples {
  readonly buffer: GPUBuffer;
  readonly count: number;
}

/** Where a replica lives, and which of its layers have drifted. */
interface Resident {
  readonly group: ReplicaGroup;
  readonly place: number;
  readonly drifted: boolean[];
}

/** Replicas resident on the GPU. Calls are worked off one after the other. */
export class WebgpuSession implements OnlineSgdSession {
  private readonly groups: readonly ReplicaGroup[];
  private readonly residents: readonly Resident[];
  private readonly samples: LoadedSamples[] = [];
  private readonly choice: LayoutChoice;
  private readonly pace = new SubmissionPace();
  private order: { readonly buffer: GPUBuffer; readonly capacity: number } | undefined;
  private disposed = false;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly gpu: GpuDevice,
    private readonly shader: Shader<OnlineSgdEntry>,
    private readonly replicas: readonly Replica[],
    layout: Layout | undefined,
  ) {
    const placed = replicas.map((replica) => ({ ...replica, states: replica.states.map(sourcesOf) }));
    const groups = groupsOf(gpu, shader, placed, 'training and prediction');
    this.groups = groups;
    const places = groups.flatMap((group) => Array.from({ length: group.count }, (_, place) => ({ group, place })));
    this.residents = places.map((where, r) => ({
      ...where,
      drifted: replicas[r]!.states.map(({ traps }) => traps !== undefined),
    }));
    this.choice = new LayoutChoice(layoutKey(gpu.facts, shader.code, replicas), layout);
  }

  /** @throws RunError where memory runs out, with the size asked for */
  static open(
    gpu: GpuDevice,
    shader: Shader<OnlineSgdEntry>,
    replicas: readonly Replica[],
    layout?: Layout,
  ): Promise<WebgpuSession> {
    return withErrors(gpu, 'the networks', () => new WebgpuSession(gpu, shader, replicas, layout));
  }

  load(samples: Samples): Promise<SamplesHandle> {
    return this.inTurn(async () => {
      const { program } = this.replicas[0]!;
      validateSamples(samples, program);
      const words = sampleWords(samples, program.bias);
      const buffer = await withErrors(this.gpu, 'the samples', () => givenBuffer(this.gpu, 'the samples', words));
      return this.samples.push({ buffer, count: samples.count }) - 1;
    });
  }

  train(handle: SamplesHandle, orders: Orders, firstStep: number): Promise<void> {
    return this.inTurn(async () => {
      const samples = elementOf(this.samples, handle, 'samples handle');
      const each = ordersOf(orders, firstStep, { replicas: this.replicas.length, samples: samples.count });
      const [length, words] = [lengthOf(orders), orderWords(each)];
      write(this.gpu, await this.orderBuffer(words.length), 0, words);
      for (let from = 0; from < length;) {
        const { layout, samples: count, timed } = this.choice.next(length - from, firstStep + from);
        await this.shader.ready(entriesOf[layout]);
        // What was submitted before is not this piece's time.
        if (timed) await finished(this.gpu);
        const started = performance.now();
        for (const group of this.groups) this.submit(group, samples, layout, { from, count, step: firstStep + from });
        if (timed) {
          await finished(this.gpu);
          this.choice.took(layout, count, (performance.now() - started) / 1000);
        }
        from += count;
      }
      await finished(this.gpu);
    });
  }

  private submit(
    group: ReplicaGroup,
    { buffer: given }: LoadedSamples,
    layout: Layout,
    { from, count, step }: { readonly from: number; readonly count: number; readonly step: number },
  ): void {
    const { offset, size } = group.progress;
    const { heap } = group.placed;
    if (layout !== 'alone') this.gpu.device.queue.writeBuffer(heap, offset, new Uint8Array(size));
    const list = this.order!.buffer;
    const words = { ...group.words, replica: this.firstOf(group), count, step, listFrom: from };
    const bound = this.shader.bind({ ...group.placed, given, list }, words);
    const columns = this.replicas[0]!.program.layers[0]!.crossbar.cols;
    this.shader.submit(trainingDispatches(layout, bound, { replicas: group.count, samples: count, columns }));
  }

  /** The session's number of a group's first replica. */
  private firstOf(group: ReplicaGroup): number {
    return this.residents.findIndex((resident) => resident.group === group);
  }

  private async orderBuffer(words: number): Promise<GPUBuffer> {
    if (this.order && words <= this.order.capacity) return this.order.buffer;
    this.order?.buffer.destroy();
    this.order = undefined;
    const purpose = 'the order of samples';
    const create = (): GPUBuffer => createBuffer(this.gpu, purpose, 4 * words, usage.storage);
    const buffer = await withErrors(this.gpu, purpose, create);
    this.order = { buffer, capacity: words };
    return buffer;
  }

  async predict(handle: SamplesHandle, replica: number, stream: number, signal?: AbortSignal): Promise<Float32Array> {
    const [outputs] = await this.predictEach(handle, [{ replica, stream, signal }]);
    return outputs!;
  }

  predictEach(handle: SamplesHandle, asked: readonly Prediction[]): Promise<Float32Array[]> {
    return this.inTurn(async () => {
      for (const { replica } of asked) elementOf(this.replicas, replica, 'replica');
      const { buffer: given, count } = elementOf(this.samples, handle, 'samples handle');
      const goOn = (): void => {
        if (asked.every(({ signal }) => signal?.aborted)) asked[0]?.signal?.throwIfAborted();
      };
      await this.shader.ready(['predict']);
      const outputs = new Array<Float32Array>(asked.length);
      for (const group of this.groups) {
        const own = asked.flatMap(({ replica, stream }, i) => {
          const { group: its, place } = this.residents[replica]!;
          return its === group ? [{ i, place, stream }] : [];
        });
        const call = { given, count, classes: classesOf(this.replicas[0]!.program), asked: own, goOn };
        const predicted = await predictGroup(this.shader, group, this.pace, call);
        own.forEach(({ i }, n) => (outputs[i] = predicted[n]!));
      }
      return outputs;
    });
  }

  drift(replica: number, layer: number, losses: DriftLosses): Promise<void> {
    return this.inTurn(async () => {
      const { program } = elementOf(this.replicas, replica, 'replica');
      const { crossbar } = elementOf(program.layers, layer, 'layer');
      validateLosses(crossbar, losses, 'OnlineSgd: drift');
      const { group, place, drifted } = this.residents[replica]!;
      const shader = await driftShader.on(this.gpu);
      await withErrors(this.gpu, 'losses', () => {
        withGiven(this.gpu, 'losses', lossWords(losses), (given) => {
          const bound = shader.bind({ ...group.placed, given }, { first: group.descriptorOf(place, layer) });
          shader.submit(drifting(bound, crossbar));
        });
      });
      drifted[layer] = true;
      await finished(this.gpu);
    });
  }

  states(replica: number): Promise<CrossbarState[]> {
    return this.inTurn(async () => {
      elementOf(this.replicas, replica, 'replica');
      const { group, place, drifted } = this.residents[replica]!;
      const parts = group.stateParts(place, drifted);
      const arrays = await readBack(this.gpu, parts.flat());
      return group.crossbars[place]!.map((places, l) =>
        stateOfArrays(places, arrays.splice(0, parts[l]!.length), drifted[l]!),
      );
    });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    // What was called before still has its turn.
    void this.last.finally(() => {
      for (const { placed } of this.groups) placed.dispose();
      for (const { buffer } of this.samples) buffer.destroy();
      this.order?.buffer.destroy();
    });
  }

  /** Runs a call once those before it have ended, however they ended. */
  private inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.disposed) return Promise.reject(disposedError());
    const call = this.last.then(() => {
      this.gpu.requireAlive();
      return work();
    });
    this.last = call.catch(() => undefined);
    return call;
  }
}
