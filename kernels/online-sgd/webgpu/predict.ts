import { copyParts, createBuffer, finished, readStaging, usage, withErrors } from '../../webgpu/buffers.js';
import type { GpuDevice } from '../../webgpu/device.js';
import { givenBuffer } from '../../webgpu/one-crossbar.js';
import type { Shader } from '../../webgpu/shader.js';
import type { ReplicaGroup } from './replica-group.js';
import type { OnlineSgdEntry } from './shader.js';

/** A replica of a group, and the stream of its noise. */
export interface Asked {
  readonly place: number;
  readonly stream: number;
}

/** What a group's replicas are asked for. */
export interface PredictionCall {
  /** The samples as shaders read them. */
  readonly given: GPUBuffer;
  readonly count: number;
  readonly classes: number;
  readonly asked: readonly Asked[];
  /** Asked between submissions: throws where nobody waits for the result any more. */
  readonly goOn: () => void;
}

/** Bytes of outputs that are read back at once. */
const stagingBytes = 64 * 2 ** 20;

/** Predicts replicas of a group, with one read of all outputs. @returns outputs as asked, shape [count, classes] each */
export async function predictGroup(
  shader: Shader<OnlineSgdEntry>,
  group: ReplicaGroup,
  pace: SubmissionPace,
  { asked, ...call }: PredictionCall,
): Promise<Float32Array[]> {
  const { count, classes } = call;
  const bytes = Math.min(stagingBytes, shader.gpu.largestBuffer);
  const fitting = Math.floor(bytes / (4 * Math.max(count, 1) * classes));
  const outputs: Float32Array[] = [];
  while (outputs.length < asked.length) {
    const together = Math.max(1, Math.min(fitting, pace.size, group.slots));
    const next = asked.slice(outputs.length, outputs.length + together);
    outputs.push(...(await predictTogether(shader, group, pace, { ...call, asked: next })));
  }
  return outputs;
}

/** Replicas that lie side by side in every dispatch; the samples are cut where a submission would take too long. */
async function predictTogether(
  shader: Shader<OnlineSgdEntry>,
  group: ReplicaGroup,
  pace: SubmissionPace,
  { given, count, classes, asked, goOn }: PredictionCall,
): Promise<Float32Array[]> {
  const { gpu } = shader;
  const [list, staging] = await withErrors(
    gpu,
    'predictions',
    () =>
      [
        givenBuffer(
          gpu,
          'replicas to predict',
          Uint32Array.from(asked.flatMap(({ place, stream }) => [place, stream])),
        ),
        createBuffer(gpu, 'predictions', 4 * asked.length * count * classes, usage.readBack),
      ] as const,
  );
  try {
    const pieces: { readonly from: number; readonly samples: number }[] = [];
    for (let from = 0; from < count; from += pieces.at(-1)!.samples) {
      goOn();
      const most = Math.floor(Math.min(pace.size, group.slots) / asked.length);
      const samples = Math.min(Math.max(most, 1), count - from);
      const bound = shader.bind({ ...group.placed, given, list }, { ...group.predictionWords, listFrom: from });
      shader.submit([{ entry: 'predict', bound, groups: [samples, asked.length] }]);
      const outputs = group.outputs(samples * asked.length * classes);
      copyParts(gpu, [outputs], staging, from * asked.length * classes);
      pieces.push({ from, samples });
      await pace.submitted(gpu, samples * asked.length);
    }
    return byReplica(await readStaging(gpu, staging), pieces, { count, classes, replicas: asked.length });
  } finally {
    list.destroy();
    staging.destroy();
  }
}

/** Outputs as dispatches leave them, [piece][replica][sample], as each replica's own. */
function byReplica(
  values: Float32Array,
  pieces: readonly { readonly from: number; readonly samples: number }[],
  { count, classes, replicas }: { readonly count: number; readonly classes: number; readonly replicas: number },
): Float32Array[] {
  return Array.from({ length: replicas }, (_, r) => {
    const own = new Float32Array(count * classes);
    for (const { from, samples } of pieces) {
      const at = (from * replicas + r * samples) * classes;
      own.set(values.subarray(at, at + samples * classes), from * classes);
    }
    return own;
  });
}

/** Seconds that a submission aims at: long enough for a GPU to be at work meanwhile, short enough to be stopped. */
const submissionSeconds = 0.05;

/** How much is submitted at once, by how long it took before. */
export class SubmissionPace {
  /** Samples of replicas. */
  size = 256;
  private last = 0;
  private before: Promise<void> = Promise.resolve();

  /**
   * Waits until the submission before this one is done: while one is worked on another lies ready, and no more than
   * these two are left to be done where the work is to end.
   * @throws RunError where the device was lost
   */
  async submitted(gpu: GpuDevice, size: number): Promise<void> {
    const [before, started] = [this.before, performance.now()];
    this.before = finished(gpu).then(() => {
      const now = performance.now();
      this.took(size, (now - Math.max(started, this.last)) / 1000);
      this.last = now;
    });
    // Who waits for it next hears of it; perhaps nobody does.
    this.before.catch(() => undefined);
    await before;
  }

  private took(size: number, seconds: number): void {
    const wanted = (size * submissionSeconds) / Math.max(seconds, 1e-4);
    this.size = Math.max(1, Math.round(Math.min(wanted, 4 * this.size)));
  }
}
