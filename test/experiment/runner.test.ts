import { describe, expect, it } from 'vitest';
import { makeRecord, retentionFile } from '../../src/experiment/record.js';
import { runTraining, type RunEvent, type RunOutcome, type Trainable } from '../../src/experiment/runner.js';
import { loadExperiment } from '../../src/experiment/loader.js';

/** A trainer whose accuracy is told beforehand and whose chunks end where the test says: what a run makes of it. */
class ScriptedTrainer implements Trainable {
  readonly backend = 'cpu';
  readonly samplesPerEpoch = 100;
  private samples = 0;
  private epoch = 0;

  constructor(
    private readonly correct: readonly number[],
    private readonly atChunk: (samples: number) => void = () => undefined,
  ) {}

  async trainEpoch({ onProgress, signal }: Parameters<Trainable['trainEpoch']>[0]): Promise<void> {
    for (const done of [50, 100]) {
      await Promise.resolve();
      signal?.throwIfAborted();
      this.samples += 50;
      onProgress?.(done);
      this.atChunk(this.samples);
    }
    this.epoch++;
  }

  evaluate() {
    const correct = this.correct[this.epoch]!;
    return Promise.resolve({ accuracy: correct / 10, correct, count: 10, loss: 0.5, confusion: new Uint32Array(4) });
  }

  hold({ time }: { time: number }) {
    this.epoch++;
    return Promise.resolve(time > 10 ? 0.25 : 0.5);
  }

  snapshot() {
    return Promise.resolve([]);
  }

  counters() {
    return { epoch: this.epoch, samples: this.samples };
  }
}

describe('a run', () => {
  it('evaluates before the first epoch and after each, and tells of all of it in order', async () => {
    const events: RunEvent[] = [];
    const outcome = await runTraining(new ScriptedTrainer([1, 9, 7]), {
      epochs: 2,
      observe: (event) => events.push(event),
    });
    expect(events.map((event) => (event.type === 'epoch' ? `epoch ${event.metrics.epoch}` : event.type))).toEqual([
      'start',
      'epoch 0',
      'progress',
      'progress',
      'epoch 1',
      'progress',
      'progress',
      'epoch 2',
      'end',
    ]);
    expect(outcome).toMatchObject({ status: 'complete', samples: 200, evaluation: { correct: 7 } });
    expect(outcome.metrics.map(({ samples, accuracy }) => [samples, accuracy])).toEqual([
      [0, 0.1],
      [100, 0.9],
      [200, 0.7],
    ]);
    expect(outcome.metrics.map(({ samplesPerSecond }) => samplesPerSecond === null)).toEqual([true, false, false]);
  });

  it('stops at the next chunk border when it is interrupted, and keeps what was reached', async () => {
    const controller = new AbortController();
    const trainer = new ScriptedTrainer([1, 9, 7], (samples) => {
      if (samples === 150) controller.abort();
    });
    const outcome = await runTraining(trainer, { epochs: 2, signal: controller.signal });
    expect(outcome).toMatchObject({ status: 'interrupted', samples: 150, evaluation: { correct: 9 } });
    expect(outcome.metrics.map(({ epoch }) => epoch)).toEqual([0, 1]);
  });

  it('trains and evaluates nothing when it was interrupted before', async () => {
    const outcome = await runTraining(new ScriptedTrainer([1]), { epochs: 1, signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ status: 'interrupted', samples: 0, metrics: [], evaluation: undefined });
  });

  it('is complete when the interrupt comes after the last chunk', async () => {
    const controller = new AbortController();
    const trainer = new ScriptedTrainer([1, 9], (samples) => {
      if (samples === 100) controller.abort();
    });
    expect((await runTraining(trainer, { epochs: 1, signal: controller.signal })).status).toBe('complete');
  });

  it('evaluates after each hold, and ends with what the last one left', async () => {
    const hold = [
      { temperature: 373, time: 10 },
      { temperature: 400, time: 90 },
    ];
    const events: RunEvent[] = [];
    const outcome = await runTraining(new ScriptedTrainer([1, 9, 8, 6]), {
      ...{ epochs: 1, hold },
      observe: (event) => events.push(event),
    });
    expect(events.map(({ type }) => type).slice(-4)).toEqual(['epoch', 'hold', 'hold', 'end']);
    expect(outcome.metrics.map(({ accuracy }) => accuracy)).toEqual([0.1, 0.9]);
    const counts = { count: 10, loss: 0.5 };
    expect(outcome.holds).toEqual([
      { phase: 1, ...hold[0], elapsed: 10, accuracy: 0.8, correct: 8, ...counts, retained: 0.5 },
      { phase: 2, ...hold[1], elapsed: 100, accuracy: 0.6, correct: 6, ...counts, retained: 0.25 },
    ]);
    expect(outcome).toMatchObject({ status: 'complete', evaluation: { correct: 6 } });
  });

  it('holds nothing more when it is interrupted, and nothing at all when training was', async () => {
    const hold = [1, 2].map((time) => ({ temperature: 373, time }));
    const controller = new AbortController();
    const outcome = await runTraining(new ScriptedTrainer([1, 9, 8, 6]), {
      ...{ epochs: 1, hold, signal: controller.signal },
      observe: ({ type }) => {
        if (type === 'hold') controller.abort();
      },
    });
    expect(outcome).toMatchObject({ status: 'interrupted', holds: [{ phase: 1 }], evaluation: { correct: 8 } });
    const early = await runTraining(new ScriptedTrainer([1]), { epochs: 1, hold, signal: AbortSignal.abort() });
    expect(early).toMatchObject({ status: 'interrupted', holds: [] });
  });

  it('passes a failure on', async () => {
    const trainer = new ScriptedTrainer([1, 9], () => {
      throw new RangeError('kernel');
    });
    await expect(runTraining(trainer, { epochs: 1 })).rejects.toThrow(new RangeError('kernel'));
  });
});

describe('the run record', () => {
  const recordOf = (outcome: RunOutcome) => {
    const { config } = loadExperiment('configs/experiments/wse2-orhd.yaml');
    const versions = { mho: '1', node: '20', tfjs: '4', optional: {} };
    const platform = { os: 'Linux', arch: 'x64', cpu: 'c', cores: 2 };
    const startedAt = new Date(0);
    const finishedAt = new Date(1500);
    const environment = { versions, commit: null, platform };
    return makeRecord(outcome, {
      chosen: { backend: 'wasm', reason: 'as told' },
      config,
      files: [],
      environment,
      commandLine: ['mho'],
      startedAt,
      finishedAt,
    });
  };

  it('tells the accuracy after the last hold from the one before the first', async () => {
    const hold = [{ temperature: 373, time: 20 }];
    const outcome = await runTraining(new ScriptedTrainer([1, 9, 6]), { epochs: 1, hold });
    const expected = { accuracy: 0.6, accuracyBeforeHold: 0.9, retained: 0.25, bestAccuracy: 0.9, bestEpoch: 1 };
    expect(recordOf(outcome)).toMatchObject(expected);
    expect(retentionFile(outcome)).toMatchObject({ trained: { accuracy: 0.9, correct: 9 }, holds: outcome.holds });
  });

  it('sums a run up: last, first and earliest best accuracy', async () => {
    const outcome = await runTraining(new ScriptedTrainer([1, 9, 9, 7]), { epochs: 3 });
    const record = recordOf(outcome);
    expect(record).toMatchObject({
      ...{
        experiment: 'wse2-orhd',
        status: 'complete',
        seed: 1,
        backend: 'cpu',
        epochs: 3,
        samples: 300,
        seconds: 1.5,
      },
      ...{ accuracyBeforeHold: null, retained: null },
      ...{ initialAccuracy: 0.1, accuracy: 0.7, evaluatedAtSamples: 300, bestAccuracy: 0.9, bestEpoch: 1 },
    });
  });
});
