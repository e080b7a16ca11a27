import { afterEach, describe, expect, it, vi } from 'vitest';
import { lossesAfter } from '../../src/crossbar/drift.js';
import type { CrossbarState } from '../../src/crossbar/program.js';
import { RunError } from '../../src/errors.js';
import type { HostOnlineSgdSession, OpenOptions, Replica } from '../../kernels/online-sgd/contract.js';
import { Crew } from '../../kernels/online-sgd/wasm/crew.js';
import { Pace, type Mode } from '../../kernels/online-sgd/wasm/pace.js';
import { shareColumns } from '../../kernels/online-sgd/wasm/shares.js';
import { hostKernels } from '../../kernels/register.js';
import { sharedKernels, Team, whyNoThreads, type SharedExports } from '../../kernels/wasm/team.js';
import { networkOf, pairwiseChoices, titleOf, type Choice } from '../helpers/kernels-cases.js';
import {
  allConverters,
  arraysOf,
  everySample,
  expectSameBits,
  forgetful,
  replicaOf,
  samplesOf,
  type Network,
} from '../helpers/kernels.js';

const { cpu, wasm } = hostKernels;

/** Hidden layers of several blocks of 16 columns, one block that is not shared out, and a rest of a block. */
const shapes = [
  [18, 70, 10],
  [9, 33, 49, 5],
  [12, 40, 7, 65, 6],
] as const;

type Sizes = (typeof shapes)[number];

/** Pairs of every device, policy, coding, activation and path, on one of the shapes each. */
const cases = pairwiseChoices().map((choice, i) => {
  const { shape, ...others } = choice;
  const sizes = shapes[i % shapes.length]!;
  const threads = i % 2 === 0 ? 2 : 4;
  return { title: titleOf({ shape, ...others }).slice(shape.length + 2), choice, sizes, threads };
});

function networkLike(choice: Choice, sizes: Sizes): Network {
  return { ...networkOf(choice), sizes };
}

/** Trains across a step at which column sums are summed afresh. */
function outputsOf(session: HostOnlineSgdSession, choice: Choice, sizes: Sizes) {
  const { samples: kind, background } = choice;
  const samples = samplesOf({ kind, background, count: 12, features: sizes[0], classes: sizes.at(-1)! });
  const handle = session.load(samples);
  session.train(handle, everySample(samples.count), 1018);
  const outputs = { ...arraysOf(session.states(0)), predictions: session.predict(handle, 0, 5) };
  session.dispose();
  return outputs;
}

/** Has a team of two give up a thread that is silent for half a second, where it would wait for half a minute. */
function waitHalfASecond(team: Team): void {
  const { exports } = team as unknown as { readonly exports: SharedExports };
  exports.setTeam(team.address, 2, 1000, 5);
}

describe.skipIf(whyNoThreads() !== undefined)('OnlineSgd on several threads', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(cases)('has the bits of the reference on $threads, sizes $sizes: $title', ({ choice, sizes, threads }) => {
    const replica = replicaOf(networkLike(choice, sizes), 11);
    const expected = outputsOf(cpu.OnlineSgd.open([replica]), choice, sizes);
    const session = wasm.OnlineSgd.open([replica], { threads, pace: 'always' });
    expectSameBits(outputsOf(session, choice, sizes), expected);
    expect(session.threads!()).toEqual({ threads, share: 1 });
  });

  const wide: Network = { sizes: [9, 70, 4], device: 'noisy exponential', bias: true, learningRate: 1 };
  const samples = samplesOf({ kind: 'codes', count: 120, features: 9, classes: 4, background: -0.4 });

  function trained(
    replicas: readonly Replica[],
    options: OpenOptions,
    chunk: number = samples.count,
  ): CrossbarState[][] {
    const session = wasm.OnlineSgd.open(replicas, options);
    const handle = session.load(samples);
    const order = everySample(samples.count);
    for (let from = 0; from < order.length; from += chunk) session.train(handle, order.slice(from, from + chunk), from);
    const states = replicas.map((_, r) => session.states(r));
    session.dispose();
    return states;
  }

  // Up to 7 bits activations go from thread to thread as bytes, with both signs.
  it.each([
    [6, 4],
    [7, 7],
    [7, 8],
    [8, 7],
    [9, 10],
  ])('hands over activations behind converters of %i and %i bits', (read, written) => {
    const forwardInput = { bits: read, max: 0.9 };
    const converters = { ...allConverters, forwardInput, updateInput: { bits: written, max: 0.9 } };
    const replica = replicaOf({ ...wide, hidden: 'tanh', crossbar: { converters } }, 3);
    const [expected] = trained([replica], {});
    const [states] = trained([replica], { threads: 3, pace: 'always' });
    expectSameBits(arraysOf(states!), arraysOf(expected!));
  });

  it('hands over what is not a number, which ideal weights without bounds can come to', () => {
    const converters = { forwardInput: { bits: 7, max: 100 }, updateInput: { bits: 7, max: 100 } };
    const shape = { sizes: [9, 70, 4], hidden: 'identity', bias: true, learningRate: 0.1 } as const;
    const replica = replicaOf({ ...shape, device: 'ideal', crossbar: { converters } }, 3);
    // The last hidden unit is the sum of two infinities.
    for (let i = 0; i < 10; i++) replica.states[0]!.plus[i * 70 + 69] = i < 5 ? 3e38 : -3e38;
    const inputs = samplesOf({ kind: 'values', count: 20, features: 9, classes: 4, background: 0 });
    inputs.values.fill(100);
    const notNumbers = (options: OpenOptions): number[] => {
      const session = wasm.OnlineSgd.open([replica], options);
      session.train(session.load(inputs), everySample(20), 0);
      const states = session.states(0);
      session.dispose();
      return states.map(({ plus }) => plus.filter(Number.isNaN).length);
    };
    const alone = notNumbers({});
    expect(Math.min(...alone)).toBeGreaterThan(0);
    expect(notNumbers({ threads: 3, pace: 'always' })).toEqual(alone);
  });

  it.each([1, 7, 77])('gives the same bits in calls of %i samples', (chunk) => {
    const replica = replicaOf(wide, 3);
    const [expected] = trained([replica], {});
    const [states] = trained([replica], { threads: 3, pace: 'always' }, chunk);
    expectSameBits(arraysOf(states!), arraysOf(expected!));
  });

  it('trains several replicas, each as it would alone', () => {
    const replicas = [replicaOf(wide, 3), replicaOf({ ...wide, device: 'linear' }, 4)];
    trained(replicas, { threads: 2, pace: 'always' }).forEach((states, r) => {
      expectSameBits(arraysOf(states), arraysOf(trained([replicas[r]!], {})[0]!));
    });
  });

  it.each(['codes', 'values'] as const)('predicts many samples with the bits of one thread: %s', (kind) => {
    const network: Network = { ...wide, sizes: [21, 70, 33, 4], device: 'noisy exponential' };
    const replicas = [3, 4].map((seed) => replicaOf(network, seed));
    const many = samplesOf({ kind, count: 2630, features: 21, classes: 4, background: -0.4 });
    const predicted = (options: OpenOptions) => {
      const session = wasm.OnlineSgd.open(replicas, options);
      const handle = session.load(many);
      const before = session.predict(handle, 0, 5);
      session.train(handle, everySample(40), 0);
      const after = replicas.map((_, r) => session.predict(handle, r, 6));
      session.dispose();
      return { before, first: after[0]!, second: after[1]! };
    };
    const alone = predicted({});
    expect(alone.first).not.toEqual(alone.second);
    for (const threads of [2, 3]) expectSameBits(predicted({ threads, pace: 'always' }), alone);
  });

  it('sees what drifted between its calls', () => {
    const replica = replicaOf(wide, 3);
    const crossbars = replica.program.layers.map(({ crossbar }) => forgetful(crossbar, 'several classes with spread'));
    const layers = replica.program.layers.map((layer, l) => ({ ...layer, crossbar: crossbars[l]! }));
    const forgets = { ...replica, program: { ...replica.program, layers } };
    const after = (options: OpenOptions): CrossbarState[] => {
      const session = wasm.OnlineSgd.open([forgets], options);
      const handle = session.load(samples);
      for (const step of [0, 40, 80]) {
        session.train(handle, everySample(40), step);
        crossbars.forEach((crossbar, layer) => {
          const stay = { temperature: 373.15, time: 300 };
          session.drift(0, layer, lossesAfter(crossbar, [stay], { seed: forgets.seed, layer })!);
        });
      }
      const states = session.states(0);
      session.dispose();
      return states;
    };
    expectSameBits(arraysOf(after({ threads: 2, pace: 'always' })), arraysOf(after({})));
  });

  it('has its cells at hand whenever they are asked for', () => {
    const network: Network = { ...wide, sizes: [9, 70, 33, 4], device: 'noisy exponential' };
    const replicas = [3, 4].map((seed) => replicaOf(network, seed));
    const crossbars = replicas[0]!.program.layers.map(({ crossbar }) =>
      forgetful(crossbar, 'several classes with spread'),
    );
    const layers = replicas[0]!.program.layers.map((layer, l) => ({ ...layer, crossbar: crossbars[l]! }));
    const forgetting = replicas.map((replica) => ({ ...replica, program: { ...replica.program, layers } }));
    const seen = (options: OpenOptions) => {
      const session = wasm.OnlineSgd.open(forgetting, options);
      const handle = session.load(samples);
      const order = everySample(30);
      const outputs: Record<string, Float32Array> = {};
      const note = (name: string): void => {
        forgetting.forEach((_, r) => {
          for (const [key, array] of Object.entries(arraysOf(session.states(r))))
            outputs[`${name} ${r} ${key}`] = array;
        });
      };
      note('opened');
      session.train(handle, order, 0);
      outputs.predicted = session.predict(handle, 1, 5);
      session.train(handle, [order, undefined], 30);
      note('trained');
      session.train(handle, order, 60);
      session.drift(1, 0, lossesAfter(crossbars[0]!, [{ temperature: 373.15, time: 300 }], { seed: 4, layer: 0 })!);
      outputs.drifted = session.predict(handle, 1, 6);
      session.train(handle, order, 90);
      note('ended');
      session.dispose();
      return outputs;
    };
    for (const threads of [2, 3]) expectSameBits(seen({ threads, pace: 'always' }), seen({}));
  });

  const square: Network = { ...wide, sizes: [120, 80, 4] };
  const many = samplesOf({ kind: 'codes', count: 120, features: 120, classes: 4, background: -0.4 });

  /** The same network on two threads, which are timed or not, and on one. */
  function both(replica: Replica, data: typeof samples) {
    const sessions = [{ threads: 2 }, {}].map((options) => wasm.OnlineSgd.open([replica], options));
    const handles = sessions.map((session) => session.load(data));
    const before = arraysOf(sessions[1]!.states(0));
    return {
      train: (step: number): void => {
        sessions.forEach((session, s) => {
          session.train(handles[s]!, everySample(data.count), step);
        });
      },
      threads: () => sessions[0]!.threads!(),
      /** Compares them, and whether training moved the cells of every layer. */
      compare: (): void => {
        const [states, expected] = sessions.map((session) => arraysOf(session.states(0)));
        for (const layer of [0, 1]) {
          const cells = `layer ${layer}: plus`;
          expect(expected![cells]).not.toEqual(before[cells]);
        }
        expectSameBits(states!, expected!);
        sessions.forEach((session) => {
          session.dispose();
        });
      },
    };
  }

  it('takes its cells along whenever the mode changes', () => {
    let calls = 0;
    vi.spyOn(Pace.prototype, 'mode', 'get').mockImplementation(() => (calls++ % 5 < 3 ? 'together' : 'alone'));
    const { train, threads, compare } = both(replicaOf(square, 3), many);
    const until = performance.now() + 30_000;
    for (let step = 0; threads().share === 0 || calls < 30; step += many.count) {
      train(step);
      expect(performance.now()).toBeLessThan(until);
    }
    compare();
  });

  it('trains on every sample once where calls are ended early', () => {
    const { train, compare } = both(replicaOf(square, 3), many);
    const until = Date.now() + 30_000;
    // Each look at the clock is a millisecond, so that a call of threads is found to last too long at its fourth look.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now++);
    const note = vi.spyOn(Pace.prototype, 'note');
    const cut = () => note.mock.calls.find(([, , , ended]) => ended);
    for (let step = 0; cut() === undefined; step += many.count) {
      train(step);
      expect(Date.now()).toBeLessThan(until);
    }
    const [mode, trained] = cut()!;
    expect(mode).toBe('together');
    // The clock is looked at after every eighth sample.
    expect(trained % 8).toBe(1);
    vi.restoreAllMocks();
    compare();
  });

  it('gives the same bits while it measures which is faster, and says how much was done together', () => {
    const { train, threads, compare } = both(replicaOf({ ...square, sizes: [120, 400, 4] }, 3), many);
    // It begins with one thread, and until the others have started there is nothing to measure. On busy cores it keeps to one
    // but for its trials, however long it trains.
    const until = performance.now() + 60_000;
    const early = (step: number) => threads().share === 0 || step < 6000;
    for (let step = 0; early(step) && performance.now() < until; step += many.count) train(step);
    const { threads: count, share } = threads();
    expect(count).toBe(2);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
    compare();
  });

  it('takes 400 samples at once when its code is warm', () => {
    const train = vi.spyOn(Crew.prototype, 'train');
    const session = wasm.OnlineSgd.open([replicaOf(wide, 3)], { threads: 2, pace: 'always' });
    const handle = session.load(samples);
    session.train(
      handle,
      Uint32Array.from({ length: 5000 }, (_, i) => i % samples.count),
      0,
    );
    const counts = train.mock.calls.map(([{ count }]) => count);
    expect([counts[0], counts[79], counts[80]]).toEqual([50, 50, 400]);
    session.dispose();
  });

  it.each([
    [9, 7, 48, 4],
    [9, 64, 4],
    [9, 16, 32, 4],
  ])('has the bits of the reference on layers of %i, %i, %i, … units', (...sizes) => {
    const replica = replicaOf({ ...wide, sizes }, 3);
    const trainedBy = (session: HostOnlineSgdSession): Record<string, Float32Array> => {
      const handle = session.load(samples);
      session.train(handle, everySample(40), 0);
      session.states(0);
      // Column sums are renewed at step 1024.
      session.train(handle, everySample(40), 1000);
      const states = arraysOf(session.states(0));
      session.dispose();
      return states;
    };
    const expected = trainedBy(cpu.OnlineSgd.open([replica]));
    for (const threads of [2, 3, 4]) {
      expectSameBits(trainedBy(wasm.OnlineSgd.open([replica], { threads, pace: 'always' })), expected);
    }
  });

  it('gives up a thread that dies while it trains', () => {
    const runs = vi.spyOn(Team.prototype, 'run');
    const session = wasm.OnlineSgd.open([replicaOf(wide, 3)], { threads: 2, pace: 'always' });
    const handle = session.load(samples);
    const train = (from: number): void => {
      session.train(handle, everySample(samples.count), from);
    };
    train(0);
    const team = runs.mock.contexts[0] as Team;
    waitHalfASecond(team);
    void team.kill(0);
    const trainOn = (): never => {
      for (let from = samples.count; ; from += samples.count) train(from);
    };
    expect(trainOn).toThrow(/threads: a worker thread failed: it does not answer/);
    expect(trainOn).toThrow(RunError);
    session.dispose();
  });

  it('takes one thread where a network has no layer that is worth sharing out', () => {
    const session = wasm.OnlineSgd.open([replicaOf(wide, 3)], { threads: 4 });
    expect(session.threads!()).toEqual({ threads: 1, share: 0 });
  });

  it.each([0, 1.5, 65, NaN])('refuses %s threads', (threads) => {
    const open = () => wasm.OnlineSgd.open([replicaOf(wide, 3)], { threads });
    expect(open).toThrow(`OnlineSgd: threads is ${threads}, expected a whole number from 1 to 64`);
  });
});

describe.skipIf(whyNoThreads() !== undefined)('a team of threads', () => {
  const teams: Team[] = [];
  afterEach(() => {
    for (const team of teams.splice(0)) team.stop();
  });

  /** A team whose task is to predict nothing, with layers of which thread 1 has none but what is at `layers`. */
  function teamWith(layers?: number, patience = 5) {
    const shared = sharedKernels()!;
    const { memory } = shared;
    const team = new Team(shared, { count: 2, patience });
    teams.push(team);
    const nothing = memory.allocate(1024);
    const table = memory.copyIn(Uint32Array.of(nothing, layers ?? nothing));
    memory.exports.setPrediction(team.task, team.address, table, 1, nothing, 0, 0, nothing, 0);
    team.awaitReady();
    return team;
  }

  it('does one job after the other', () => {
    const team = teamWith();
    for (let job = 0; job < 1000; job++) expect(team.run()).toBe(0);
  });

  it('says what went wrong in a thread', () => {
    const team = teamWith(0xffff_fff0);
    expect(() => team.run()).toThrow(/threads: a worker thread failed: RuntimeError: memory access out of bounds/);
    expect(() => team.run()).toThrow(RunError);
  });

  it('does not wait for a thread that is gone', async () => {
    const team = teamWith();
    await team.kill(0);
    expect(() => team.run()).toThrow(/threads: a worker thread failed: it ended with exit code 1/);
  });

  it('gives up a thread that dies in the middle of its work', () => {
    const team = teamWith();
    void team.kill(0);
    expect(() => {
      for (;;) team.run();
    }).toThrow(/threads: a worker thread failed: it does not answer/);
  });
});

describe('the columns of a layer', () => {
  it.each([
    [300, 2],
    [300, 4],
    [17, 4],
    [64, 4],
    [1, 2],
  ])('%i, are shared out by %i threads in blocks of 16, each column once', (cols, threads) => {
    const parts = shareColumns(cols, threads);
    expect(parts).toHaveLength(threads);
    const all = parts.flatMap(({ first, cols }) => Array.from({ length: cols }, (_, j) => first + j));
    expect(all).toEqual(Array.from({ length: cols }, (_, j) => j));
    const blocks = parts.map(({ width }) => width / 16);
    expect(Math.max(...blocks) - Math.min(...blocks)).toBeLessThanOrEqual(1);
    expect(blocks[0]).toBe(Math.min(...blocks));
  });
});

describe('the choice between one thread and several', () => {
  /** Lets calls of 1 ms be done; `speed` is how many times faster several threads are at a moment. */
  function work(pace: Pace, milliseconds: number, speed: (ms: number) => number) {
    const time: Record<Mode, number> = { alone: 0, together: 0 };
    for (let done = 0; done < milliseconds;) {
      const { mode } = pace;
      const took = mode === 'alone' ? 1 : 1 / speed(done);
      pace.note(mode, 50, took, took > 2);
      time[mode] += took;
      done += took;
    }
    return time;
  }

  it('begins with one', () => {
    expect(new Pace().mode).toBe('alone');
  });

  it('takes several where they are faster', () => {
    const { alone, together } = work(new Pace(), 5000, () => 1.7);
    expect(together / (alone + together)).toBeGreaterThan(0.97);
  });

  it('takes one where several are slower, and loses little by trying', () => {
    const { alone, together } = work(new Pace(), 20_000, () => 0.1);
    expect(together / (alone + together)).toBeLessThan(0.02);
  });

  it('stays with one where several are hardly faster', () => {
    const { alone, together } = work(new Pace(), 5000, () => 1.03);
    expect(together / (alone + together)).toBeLessThan(0.05);
  });

  it('goes back to one when a core is taken, and comes back when it is free again', () => {
    const pace = new Pace();
    const busy = (ms: number): boolean => ms >= 5000 && ms < 15_000;
    work(pace, 5000, () => 1.7);
    expect(pace.mode).toBe('together');
    const taken = work(pace, 10_000, (ms) => (busy(ms + 5000) ? 0.05 : 1.7));
    expect(taken.together / 10_000).toBeLessThan(0.04);
    const freed = work(pace, 10_000, () => 1.7);
    expect(freed.together / 10_000).toBeGreaterThan(0.7);
  });

  it('compares nothing before the others have started', () => {
    const pace = new Pace();
    while (pace.mode === 'alone') pace.note('alone', 50, 1, false);
    for (let i = 0; i < 1000; i++) pace.note('alone', 50, 1, false);
    expect(pace.mode).toBe('together');
    for (let i = 0; i < 8; i++) pace.note('together', 50, 0.5, false);
    expect(pace.mode).toBe('together');
    for (let i = 0; i < 10; i++) pace.note('together', 50, 0.5, false);
    expect(pace.mode).toBe('together');
  });

  it('asks for calls of four milliseconds, and of one while it compares', () => {
    const pace = new Pace();
    expect(pace.samples).toBe(2);
    pace.note('alone', 2, 2, false);
    expect(pace.samples).toBe(4);
    for (let i = 0; i < 8; i++) pace.note('alone', 50, 1, false);
    expect(pace.samples).toBe(200);
    while (pace.mode === 'alone') pace.note('alone', 50, 1, false);
    expect(pace.samples).toBe(50);
  });
});
