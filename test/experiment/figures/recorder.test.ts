import { afterEach, describe, expect, it, vi } from 'vitest';
import { runTraining, type RunOutcome } from '../../../src/experiment/runner.js';
import { deviceSchema } from '../../../src/device/registry.js';
import { conditionsSchema } from '../../../src/training/conditions.js';
import { trainingSchema } from '../../../src/training/schema.js';
import { Trainer } from '../../../src/training/trainer.js';
import type { TrainingSpec } from '../../../src/training/training-spec.js';
import { tinyDataset, tinySpec } from '../../training/tiny.js';
import { recorded } from './recorded.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Two epochs of 400 samples on cells whose every read is another. */
const noisy = (change: Partial<TrainingSpec> = {}): TrainingSpec =>
  tinySpec({
    device: deviceSchema.parse({ model: 'linear', gMin: '1 nS', gMax: '10 nS', states: 60, readNoise: 0.05 }),
    training: trainingSchema.parse({ learningRate: 0.1, epochs: 2, order: 'shuffle' }),
    ...change,
  });

const everything = { evaluateAt: [0, 1, 150, 400, 401, 799, 800], evaluateEvery: 130, weightMaps: [150, 400] };

/** All that a run came to but its times. */
function withoutTimes({ metrics, layers, evaluation, samples, status }: RunOutcome) {
  const judged = metrics.map(({ epoch, accuracy, correct, loss }) => ({ epoch, accuracy, correct, loss }));
  return { judged, layers, evaluation, samples, status };
}

async function unrecorded(spec: TrainingSpec): Promise<RunOutcome> {
  const trainer = await Trainer.create(spec);
  try {
    return await runTraining(trainer, { epochs: spec.training.epochs });
  } finally {
    trainer.dispose();
  }
}

describe('recording', () => {
  it.each(['wasm', 'cpu'] as const)('changes no bit of the training or of its evaluations on %s', async (backend) => {
    const spec = noisy({ backend });
    const [bare, { outcome }] = [await unrecorded(spec), await recorded(spec, everything)];
    expect(withoutTimes(outcome)).toEqual(withoutTimes(bare));
  });

  it('comes to the same bits however an epoch is cut into chunks, and on either backend', async () => {
    const runs = [await recorded(noisy(), everything), await recorded(noisy({ backend: 'cpu' }), everything)];
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 5000));
    runs.push(await recorded(noisy(), everything));
    const [first, ...others] = runs.map(({ recorder }) => ({ points: recorder.points, stages: recorder.stages }));
    for (const other of others) expect(other).toEqual(first);
  });

  it('evaluates at the counts that were asked for, and before training and after every epoch', async () => {
    const { recorder } = await recorded(noisy(), everything);
    const counts = [0, 1, 130, 150, 260, 390, 400, 401, 520, 650, 780, 799, 800];
    expect(recorder.points.map(({ samples }) => samples)).toEqual(counts);
    expect(recorder.stages.map(({ samples }) => samples)).toEqual([0, 150, 400, 800]);
  });

  it('draws the read noise of an evaluation from its count of samples alone', async () => {
    const at = async (record: unknown) => {
      const { recorder } = await recorded(noisy(), record);
      return recorder.points.find(({ samples }) => samples === 260)?.evaluation.loss;
    };
    const loss = await at(everything);
    expect(loss).toBeGreaterThan(0);
    expect(await at({ evaluateAt: [260] })).toBe(loss);
  });

  it('sees at 0 the untrained network', async () => {
    const { recorder } = await recorded(noisy(), everything);
    const trainer = await Trainer.create(noisy());
    const [{ accuracy, correct, count, loss, confusion }, [layer]] = [
      await trainer.evaluate(),
      await trainer.snapshot(),
    ];
    trainer.dispose();
    expect(recorder.points[0]).toEqual({ samples: 0, evaluation: { accuracy, correct, count, loss } });
    expect(recorder.stages[0]).toEqual({ samples: 0, layer, confusion });
  });

  it('sees at 150 the network that was trained on 150 samples and no more', async () => {
    // Inputs that do not depend on the other training images.
    const change = {
      inputs: { inputs: 'unit' },
      training: trainingSchema.parse({ learningRate: 0.1, epochs: 1 }),
    } as const;
    const { codes, labels } = tinyDataset.train;
    const train = { codes: codes.slice(0, 150 * tinyDataset.features), labels: labels.slice(0, 150), count: 150 };
    const cut = await unrecorded(tinySpec({ ...change, dataset: { ...tinyDataset, train } }));
    const { recorder } = await recorded(tinySpec(change), { weightMaps: [150] });
    expect(recorder.stages[1]).toMatchObject({ samples: 150, layer: { weights: cut.layers[0]!.weights } });
    expect(recorder.points[1]!.evaluation.correct).toBe(cut.evaluation!.correct);
    expect(recorder.stages[2]!.layer.weights).not.toEqual(cut.layers[0]!.weights);
  });

  it('keeps the start and the end alone of `weightMaps: true`, and nothing unless asked', async () => {
    const maps = await recorded(noisy(), { weightMaps: true });
    expect(maps.recorder.stages.map(({ samples }) => samples)).toEqual([0, 800]);
    const none = await recorded(noisy(), {});
    expect(none.recorder.stages).toEqual([]);
    expect(none.recorder.points.map(({ samples }) => samples)).toEqual([0, 400, 800]);
  });

  it('keeps the end of training and what is left after a hold apart', async () => {
    const device = deviceSchema.parse({
      ...{ model: 'linear', gMin: '1 nS', gMax: '10 nS', states: 60 },
      retention: { model: 'arrhenius', activationEnergy: '1 eV', attemptFrequency: '1e12 Hz' },
    });
    const phases = [100, 200].map((time) => ({ temperature: '100 degC', time: `${time} s` }));
    const conditions = conditionsSchema.parse({ hold: phases });
    const { hold } = conditions;
    const spec = noisy({ device, conditions });
    const { recorder, outcome } = await recorded(spec, { weightMaps: true, histograms: true }, { hold });
    const bare = await recorded(spec, { weightMaps: true });
    expect(recorder.stages.map(({ samples, held }) => [samples, held])).toEqual([
      [0, undefined],
      [800, undefined],
      [800, 300],
    ]);
    expect(recorder.stages[1]!.layer).toEqual(bare.outcome.layers[0]);
    expect(recorder.stages[2]!.layer).toEqual(outcome.layers[0]);
    expect(recorder.stages[2]!.layer.weights).not.toEqual(recorder.stages[1]!.layer.weights);
    expect(recorder.histograms.map(({ held }) => held)).toEqual([undefined, undefined, undefined, 300]);
  });

  it('keeps what an interrupted run reached, its last weights without a confusion matrix', async () => {
    const controller = new AbortController();
    const run = await recorded(
      noisy(),
      { evaluateAt: [150, 300], weightMaps: [150, 700] },
      {
        signal: controller.signal,
        observe: (event) => {
          if (event.type === 'progress' && event.epoch === 1 && event.samplesDone >= 150) controller.abort();
        },
      },
    );
    expect(run.outcome).toMatchObject({ status: 'interrupted', samples: 150 });
    // The stop at which it was interrupted was reached: it is kept.
    expect(run.recorder.points.map(({ samples }) => samples)).toEqual([0, 150]);
    expect(run.recorder.stages.map(({ samples }) => samples)).toEqual([0, 150]);
  });

  it('adds the end of a run that was cut between two stops', async () => {
    // On a slow clock chunks are short.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 5000));
    const controller = new AbortController();
    const run = await recorded(
      noisy(),
      { weightMaps: [150] },
      {
        signal: controller.signal,
        observe: (event) => {
          if (event.type === 'progress' && event.samplesDone > 150) controller.abort();
        },
      },
    );
    const { samples } = run.outcome;
    expect(samples).toBe(151);
    expect(run.recorder.stages.at(-1)).toEqual({ samples, layer: run.outcome.layers[0], confusion: undefined });
  });

  it('keeps nothing where a run was interrupted before it began, but the weights that there are', async () => {
    const run = await recorded(noisy(), everything, { signal: AbortSignal.abort() });
    expect(run.recorder.points).toEqual([]);
    expect(run.recorder.stages).toMatchObject([{ samples: 0, confusion: undefined }]);
  });

  it('stops the clock of training', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const trainer = await Trainer.create(noisy());
    const visitor = {
      stopsBetween: () => [150, 300],
      visit: () => {
        now += 10_000;
        return Promise.resolve();
      },
    };
    const outcome = await runTraining(trainer, { epochs: 1, visitor });
    trainer.dispose();
    expect(now).toBe(40_000);
    expect(outcome.trainSeconds).toBe(0);
  });
});
