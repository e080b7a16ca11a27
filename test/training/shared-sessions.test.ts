import { describe, expect, it, vi } from 'vitest';
import type { OnlineSgdSession } from '../../kernels/online-sgd/contract.js';
import { kernels } from '../../kernels/register.js';
import { RunError } from '../../src/errors.js';
import { deviceSchema } from '../../src/device/registry.js';
import { SharedSessions, type OpenSessions } from '../../src/training/shared-sessions.js';
import { inputSchema, trainingSchema } from '../../src/training/schema.js';
import { Trainer } from '../../src/training/trainer.js';
import type { TrainingSpec } from '../../src/training/training-spec.js';
import { everySample, replicaOf, samplesOf } from '../helpers/kernels.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import { tinyDataset, tinySpec } from './tiny.js';

/** Runs that differ in all that replicas may: seeds, devices, rates; their orders and subsets follow from the seeds. */
const changes: Partial<TrainingSpec>[] = [
  { seed: 7 },
  { seed: 8, device: deviceSchema.parse({ model: 'linear', gMin: '1 nS', gMax: '10 nS', states: 40 }) },
  { seed: 2 ** 40, training: trainingSchema.parse({ learningRate: 0.3, epochs: 1, order: 'shuffle' }) },
];

function specOf(change: Partial<TrainingSpec>): TrainingSpec {
  const training = trainingSchema.parse({ learningRate: 0.1, epochs: 1, order: 'shuffle' });
  return tinySpec({ training, inputs: inputSchema.parse({ trainSubset: { count: 60 } }), ...change });
}

/** What a run trains, as it would alone: two epochs, an evaluation after each. */
async function run(spec: TrainingSpec, signal?: AbortSignal) {
  const trainer = await Trainer.create(spec);
  try {
    const evaluations = [await trainer.evaluate()];
    for (let epoch = 0; epoch < 2; epoch++) {
      await trainer.trainEpoch({ signal });
      evaluations.push(await trainer.evaluate());
    }
    return { evaluations, layers: await trainer.snapshot() };
  } finally {
    trainer.dispose();
  }
}

/** The same runs at once on one session. */
function together(specs: readonly TrainingSpec[], openAll?: OpenSessions) {
  const sessions = new SharedSessions(specs.length, openAll);
  return Promise.all(
    specs.map((spec, i) =>
      run({ ...spec, open: (replica) => sessions.open(i, replica) }).finally(() => {
        sessions.leave(i);
      }),
    ),
  );
}

describe('runs that share a session', () => {
  it('have the bits that each has alone', async () => {
    const specs = changes.map(specOf);
    const alone = [];
    for (const spec of specs) alone.push(await run(spec));
    expect(await together(specs)).toEqual(alone);
    expect(await together(specs.slice(0, 2))).toEqual(alone.slice(0, 2));
    expect(await together(specs.slice(2))).toEqual(alone.slice(2));
  });

  it.skipIf(!hasGpu)(`have them on webgpu too (${gpuTitle})`, async () => {
    // A software driver takes its time: three test images.
    const { codes, labels } = tinyDataset.test;
    const test = { count: 3, labels: labels.slice(0, 3), codes: codes.slice(0, 3 * tinyDataset.features) };
    const dataset = { ...tinyDataset, test };
    const specs = changes.map((change) => specOf({ ...change, dataset }));
    const layers = async (runs: ReturnType<typeof together>) => (await runs).map((one) => one.layers);
    expect(await layers(together(specs.map((spec) => ({ ...spec, backend: 'webgpu' }))))).toEqual(
      await layers(together(specs)),
    );
  });

  it('load the samples once, and train in one call', async () => {
    const specs = changes.map(specOf);
    const calls: string[] = [];
    await together(specs, async (replicas) => {
      const session = await kernels.wasm.OnlineSgd.open(replicas);
      const { load, train } = session;
      vi.spyOn(session, 'load').mockImplementation((samples) => {
        calls.push(`load ${samples.count}`);
        return load(samples);
      });
      vi.spyOn(session, 'train').mockImplementation((handle, orders, firstStep) => {
        calls.push(`train ${orders.length} from ${firstStep}`);
        return train(handle, orders, firstStep);
      });
      return session;
    });
    expect(calls.slice(0, 2)).toEqual(['load 400', 'load 120']);
    // However many chunks there are, each is one call, of all three.
    const trained = calls.slice(2).map((call) => /^train 3 from (\d+)$/.exec(call)?.[1]);
    expect(trained).toEqual([...new Set(trained)]);
    expect(trained).toEqual(expect.arrayContaining(['0', '60']));
  });

  it('know whether what ended a run is what they share, or its own', async () => {
    const specs = changes.map(specOf);
    const failing = new SharedSessions(2, () => Promise.reject(new RunError({ where: 'webgpu', what: 'no room' })));
    const opened = [0, 1].map((place) => failing.open(place, replicaOf({ sizes: [9, 4], device: 'linear' }, 1)));
    expect(failing.failed).toBe(false);
    expect((await Promise.allSettled(opened)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(failing.failed).toBe(true);
    const sessions = new SharedSessions(2, async (replicas) => {
      const session = await kernels.wasm.OnlineSgd.open(replicas);
      return { ...session, train: () => Promise.reject(new RunError({ where: 'webgpu', what: 'refused' })) };
    });
    const trainers = await Promise.all(
      specs.slice(0, 2).map((spec, i) => Trainer.create({ ...spec, open: (replica) => sessions.open(i, replica) })),
    );
    await expect(trainers[0]!.trainEpoch({ signal: AbortSignal.abort(new Error('own')) })).rejects.toThrow('own');
    expect(sessions.failed).toBe(false);
    const trained = await Promise.allSettled(trainers.map((trainer) => trainer.trainEpoch()));
    expect(trained.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(sessions.failed).toBe(true);
    for (const trainer of trainers) trainer.dispose();
  });

  it('go on without one that has ended, which stays as it was', async () => {
    const [a, b] = [
      replicaOf({ sizes: [9, 4], device: 'linear' }, 1),
      replicaOf({ sizes: [9, 4], device: 'linear' }, 2),
    ];
    const samples = samplesOf({ kind: 'codes', count: 20, features: 9, classes: 4, background: 0 });
    const alone = async (replica: typeof a, count: number) => {
      const session = await kernels.wasm.OnlineSgd.open([replica]);
      await session.train(await session.load(samples), everySample(count), 0);
      return session.states(0);
    };
    const shared = new SharedSessions(2, (replicas) => kernels.wasm.OnlineSgd.open(replicas));
    const [one, other] = await Promise.all([shared.open(0, a), shared.open(1, b)]);
    await Promise.all([one.load(samples), other.load(samples)]);
    // Five samples are done for both; the other's rest waits for the one, which ends instead.
    const rest = other.train(0, everySample(20), 0);
    await one.train(0, everySample(5), 0);
    expect(await one.states(0)).toEqual(await alone(a, 5));
    shared.leave(0);
    await rest;
    expect(await other.states(0)).toEqual(await alone(b, 20));
    await expect(one.states(0)).rejects.toThrow('OnlineSgd: the session was disposed');
  });

  it('are each told what fails for all, and the session is disposed with the last of them', async () => {
    const failure = new RunError({ where: 'webgpu', what: 'out of memory' });
    const specs = changes.map(specOf);
    await expect(together(specs, () => Promise.reject(failure))).rejects.toBe(failure);
    let session: OnlineSgdSession | undefined;
    const dispose = vi.fn();
    const failing: OpenSessions = async (replicas) => {
      session = { ...(await kernels.wasm.OnlineSgd.open(replicas)), train: () => Promise.reject(failure), dispose };
      return session;
    };
    const sessions = new SharedSessions(3, failing);
    const ends = specs.map((spec, i) =>
      run({ ...spec, open: (replica) => sessions.open(i, replica) }).finally(() => {
        sessions.leave(i);
      }),
    );
    for (const end of await Promise.allSettled(ends))
      expect(end).toMatchObject({ status: 'rejected', reason: failure });
    expect(dispose).toHaveBeenCalledOnce();
  });

  it('do not wait for one that never opened a session', async () => {
    const sessions = new SharedSessions(2, (replicas) => kernels.wasm.OnlineSgd.open(replicas));
    const spec = specOf({});
    const end = run({ ...spec, open: (replica) => sessions.open(0, replica) });
    sessions.leave(1);
    expect(await end).toEqual(await run(spec));
  });

  it('refuse different samples', async () => {
    const sessions = new SharedSessions(2, (replicas) => kernels.wasm.OnlineSgd.open(replicas));
    const replica = replicaOf({ sizes: [9, 4], device: 'linear' }, 1);
    const samples = (seed: number) =>
      samplesOf({ kind: 'codes', count: 5, features: 9, classes: 4, background: 0, seed });
    const [a, b] = await Promise.all([sessions.open(0, replica), sessions.open(1, replica)]);
    await a.load(samples(1));
    await expect(b.load(samples(2))).rejects.toThrow('runs that train together were given different samples');
    await expect(b.states(1)).rejects.toThrow('got the replica 1');
  });
});
