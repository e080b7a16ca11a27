import { afterEach, describe, expect, it, vi } from 'vitest';
import { kernels } from '../../kernels/register.js';
import { Pace } from '../../src/training/pace.js';
import { trainingSchema } from '../../src/training/schema.js';
import { SharedSessions } from '../../src/training/shared-sessions.js';
import { Trainer } from '../../src/training/trainer.js';
import type { TrainingSpec } from '../../src/training/training-spec.js';
import { tinySpec } from './tiny.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const epochs = 3;

/** A clock on which a sample takes 2 ms, and as on a busy machine some time goes by at each look at it. */
function virtualClock(): { passes(milliseconds: number): void } {
  let [time, looks] = [0, 0];
  vi.spyOn(performance, 'now').mockImplementation(() => (time += (7 * looks++) % 5));
  return { passes: (milliseconds) => void (time += milliseconds) };
}

/** What runs that share a session train: the samples of each call of the kernel. */
async function callsOf(runs: number, pausesOf: (run: number) => number[] = () => []): Promise<number[]> {
  const calls: number[] = [];
  const clock = virtualClock();
  const sessions = new SharedSessions(runs, async (replicas) => {
    const session = await kernels.wasm.OnlineSgd.open(replicas);
    const { train } = session;
    vi.spyOn(session, 'train').mockImplementation((handle, orders, firstStep) => {
      const { length } = [orders].flat().find((order) => order !== undefined)!;
      calls.push(length);
      clock.passes(2 * length);
      return train(handle, orders, firstStep);
    });
    return session;
  });
  const training = trainingSchema.parse({ learningRate: 0.1, epochs, order: 'shuffle' });
  const run = async (i: number, spec: TrainingSpec): Promise<void> => {
    const trainer = await Trainer.create({ ...spec, open: (replica) => sessions.open(i, replica) });
    for (let epoch = 0; epoch < epochs; epoch++) await trainer.trainEpoch({ pauses: pausesOf(i) });
    sessions.leave(i);
  };
  await Promise.all(Array.from({ length: runs }, (_, i) => run(i, tinySpec({ training, seed: i + 1 }))));
  vi.restoreAllMocks();
  return calls;
}

describe('the pace of training', () => {
  it('makes as many calls of the kernel for runs that train together as for one', async () => {
    const alone = await callsOf(1);
    expect(alone.reduce((sum, samples) => sum + samples)).toBe(epochs * 400);
    // 1200 samples of 2 ms in chunks of 0.1 s, of which the first is of one sample; an epoch's end is no border.
    expect(alone.length).toBeGreaterThanOrEqual(24);
    expect(alone.length).toBeLessThanOrEqual(30);
    for (const runs of [4, 16]) {
      const together = await callsOf(runs);
      expect(together.reduce((sum, samples) => sum + samples)).toBe(epochs * 400);
      expect(Math.abs(together.length - alone.length)).toBeLessThanOrEqual(2);
    }
  });

  it('makes one call more for each place at which some of them are looked at', async () => {
    const alone = await callsOf(1);
    const places = [15, 70, 111, 333];
    const together = await callsOf(16, (run) => [places[run % 4]!]);
    expect(together.length).toBeLessThanOrEqual(alone.length + 2 + epochs * places.length);
  });

  it('gives everybody on the way to a border that border, and times what is done at once but once', async () => {
    let time = 0;
    const pace = new Pace(() => time);
    expect(pace.samplesFrom(0)).toBe(1);
    expect(pace.samplesFrom(0)).toBe(1);
    const ends: (() => void)[] = [];
    const work = () => pace.timed(() => new Promise<void>((resolve) => ends.push(resolve)), 5);
    const both = [work(), work()];
    time = 20;
    for (const end of ends) end();
    await Promise.all(both);
    // 10 samples took 20 ms: 50 take 0.1 s.
    expect(pace.samplesFrom(1)).toBe(50);
    expect(pace.samplesFrom(45)).toBe(6);
    expect(pace.samplesFrom(51)).toBe(50);
    await expect(pace.timed(() => Promise.reject(new Error('lost')), 100)).rejects.toThrow('lost');
    expect(pace.samplesFrom(101)).toBe(50);
  });
});
