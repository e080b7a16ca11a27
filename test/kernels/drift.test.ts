import { describe, expect, it } from 'vitest';
import { driftBounds, lossesAfter, retentionOf, type DriftLosses } from '../../src/crossbar/drift.js';
import type { CrossbarProgram, CrossbarState } from '../../src/crossbar/program.js';
import { retainedFraction } from '../../src/device/retention/law.js';
import { hostBackends, hostKernels } from '../../kernels/register.js';
import {
  arraysOf,
  crossbarOf,
  everySample,
  expectSameBits,
  expectUsageError,
  forgetful,
  replicaOf,
  retentions,
  samplesOf,
  testKey,
  uniforms,
  type RetentionName,
} from '../helpers/kernels.js';

const [rows, cols] = [6, 5];
const place = { seed: 3, layer: 1 };
const none = new Float32Array(0);
const names = Object.keys(retentions) as RetentionName[];
const unspread = names.filter((name) => !name.includes('spread'));

function cells(name: RetentionName, coding: 'offset' | 'differential-pair' = 'offset'): CrossbarProgram {
  return forgetful(crossbarOf(rows, cols, 'linear', { coding }), name);
}

function stateOf(plus: readonly number[] | Float32Array, minus: Float32Array = none): CrossbarState {
  return { plus: Float32Array.from(plus), minus, columns: none };
}

const conductances = uniforms(rows * cols, 0, 1, testKey(5));
const profile = [{ temperature: 373.15, time: 900 }];

/** No time at all: cells are only sorted into traps. */
function still(crossbar: CrossbarProgram): DriftLosses {
  return [retentionOf(crossbar)!.weights.map(() => new Float32Array(1))];
}

describe.each(hostBackends)('Drift on %s', (backend) => {
  const { Drift } = hostKernels[backend];

  it.each(unspread)('%s: a fresh cell keeps the fraction of its increment that the law says', (name) => {
    const crossbar = cells(name);
    const { plus } = Drift.run({
      ...place,
      crossbar,
      state: stateOf(conductances),
      losses: lossesAfter(crossbar, profile, place)!,
    });
    const rest = retentionOf(crossbar)!.unprogrammed;
    const kept = retainedFraction(retentionOf(crossbar)!, profile);
    expect(kept).toBeLessThan(0.9);
    plus.forEach((g, i) => {
      // float32 of a sum of eight.
      expect(Math.abs(g - (rest + (conductances[i]! - rest) * kept))).toBeLessThan(5e-7);
    });
  });

  it.each(names)('%s: t1 and then t2 is t1 + t2', (name) => {
    const crossbar = cells(name);
    const run = (state: CrossbarState, time: number): CrossbarState =>
      Drift.run({ ...place, crossbar, state, losses: lossesAfter(crossbar, [{ temperature: 373.15, time }], place)! });
    const once = run(stateOf(conductances), 900);
    const twice = run(run(stateOf(conductances), 350), 550);
    once.plus.forEach((g, i) => {
      expect(Math.abs(twice.plus[i]! - g)).toBeLessThan(1e-6);
    });
  });

  it('moves cells towards the unprogrammed conductance from both sides, and leaves one that is there', () => {
    const crossbar = cells('one class with spread');
    const g = Array.from({ length: rows * cols }, (_, i) => [0.1, Math.fround(0.4), 0.9][i % 3]!);
    const { plus } = Drift.run({
      ...place,
      crossbar,
      state: stateOf(g),
      losses: lossesAfter(crossbar, profile, place)!,
    });
    plus.forEach((after, i) => {
      if (i % 3 === 0) expect([after > 0.1, after < 0.4]).toEqual([true, true]);
      if (i % 3 === 1) expect(after).toBe(Math.fround(0.4));
      if (i % 3 === 2) expect([after < 0.9, after > 0.4]).toEqual([true, true]);
    });
  });

  it('sorts pulses into traps: a rise by the weights, a fall from all in proportion, a crossing afresh', () => {
    const crossbar = cells('several classes');
    const { weights } = retentionOf(crossbar)!;
    const rest = 0.4;
    const start = stateOf(new Float32Array(rows * cols).fill(0.8));
    const aged = Drift.run({ ...place, crossbar, state: start, losses: lossesAfter(crossbar, profile, place)! });
    const before = heldBy(aged, 0);
    const sum = before.reduce((a, b) => a + b, 0);
    // Fast traps have lost more than slow ones.
    expect(before[0]! / weights[0]!).toBeLessThan(0.5 * (before[7]! / weights[7]!));
    const pulsed = aged.plus.map((g, i) =>
      i % 4 === 0 ? g + 0.1 : i % 4 === 1 ? g - 0.1 : i % 4 === 2 ? rest - 0.2 : g,
    );
    const state = { ...aged, plus: pulsed };
    const after = Drift.run({ ...place, crossbar, state, losses: still(crossbar) });
    weights.forEach((weight, k) => {
      expect(heldBy(after, 0)[k]).toBeCloseTo(before[k]! + weight * 0.1, 6);
      expect(heldBy(after, 1)[k]).toBeCloseTo((before[k]! * (sum - 0.1)) / sum, 6);
      expect(heldBy(after, 2)[k]).toBeCloseTo(weight * -0.2, 6);
      expect(heldBy(after, 3)[k]).toBe(before[k]);
    });
    // Sorting alone moves no conductance by more than rounding.
    after.plus.forEach((g, i) => {
      expect(Math.abs(g - pulsed[i]!)).toBeLessThan(2e-7);
    });
  });

  it('keeps cells within bounds of their own', () => {
    const device = 'exponential with device-to-device spread and read noise';
    for (const name of names) {
      const crossbar = forgetful(crossbarOf(40, 25, device, { coding: 'offset' }), name);
      const state = stateOf(uniforms(1000, 0, 1, testKey(6)));
      const losses = lossesAfter(crossbar, profile, place)!;
      const { plus } = Drift.run({ ...place, crossbar, state, losses });
      const { low, high } = driftBounds(crossbar, place.seed, place.layer, 0);
      expect(Math.max(...low) - Math.min(...low)).toBeGreaterThan(0.1);
      expect(plus.filter((g, i) => g < low[i]! || g > high[i]!)).toHaveLength(0);
      // Some began beyond their bounds.
      expect(state.plus.filter((g, i) => g > high[i]!).length).toBeGreaterThan(10);
    }
  });

  it('returns column sums of the cells as they are', () => {
    const crossbar = cells('one class', 'differential-pair');
    const state = stateOf(
      conductances,
      conductances.map((g) => 1 - g),
    );
    const { plus, minus, columns } = Drift.run({
      ...place,
      crossbar,
      state,
      losses: lossesAfter(crossbar, profile, place)!,
    });
    const fresh = hostKernels[backend].Drift.run({
      ...{ ...place, crossbar, state: { plus, minus, columns: none } },
      losses: [still(crossbar)[0]!, still(crossbar)[0]!],
    });
    expectSameBits({ columns }, { columns: fresh.columns });
  });

  it('leaves the arrays that it was called with as they were', () => {
    const crossbar = cells('several classes');
    const state = stateOf(conductances);
    Drift.run({ ...place, crossbar, state, losses: lossesAfter(crossbar, profile, place)! });
    expect(state.plus).toEqual(conductances);
  });

  const wrong: [string, (crossbar: CrossbarProgram) => { state?: CrossbarState; losses?: DriftLosses }, string][] = [
    ['polarities', () => ({ losses: [] }), 'Drift: got losses of 0 polarities, expected 1'],
    ['classes', () => ({ losses: [[new Float32Array(1)]] }), 'Drift: losses[0] has 1 classes of traps, expected 8'],
    [
      'cells',
      () => ({ losses: [Array.from({ length: 8 }, () => new Float32Array(2))] }),
      'Drift: losses[0][0]: has 2 values, expected 1, or one a cell, 30',
    ],
    [
      'a fraction',
      () => ({ losses: [Array.from({ length: 8 }, (_, k) => Float32Array.of(k === 3 ? 1.5 : 0))] }),
      'Drift: losses[0][3]: [0] is 1.5, expected 0 … 1',
    ],
    [
      'traps',
      () => ({ state: { ...stateOf(conductances), traps: { plus: new Float32Array(3), minus: none } } }),
      'Drift: traps.plus has 3 values, expected 240',
    ],
    [
      'numbers in traps',
      () => ({ state: { ...stateOf(conductances), traps: { plus: new Float32Array(240).fill(NaN), minus: none } } }),
      'Drift: traps.plus[0] is NaN, expected a finite number',
    ],
  ];

  it.each(wrong)('refuses other %s than the crossbar has', (_, change, message) => {
    const crossbar = cells('several classes');
    const call = { ...place, crossbar, state: stateOf(conductances), losses: still(crossbar) };
    expectUsageError(() => Drift.run({ ...call, ...change(crossbar) }), message);
  });

  it('refuses cells that forget nothing', () => {
    const crossbar = crossbarOf(rows, cols, 'linear', { coding: 'offset' });
    expectUsageError(
      () => Drift.run({ ...place, crossbar, state: stateOf(conductances), losses: [[]] }),
      'Drift: the device forgets nothing; give the device a retention law, or leave drift out',
    );
  });
});

/** What the classes of one cell hold. */
function heldBy({ traps }: CrossbarState, cell: number): number[] {
  return Array.from({ length: 8 }, (_, k) => traps!.plus[k * rows * cols + cell]!);
}

describe.each(hostBackends)('drift in a session of OnlineSgd on %s', (backend) => {
  const samples = samplesOf({ kind: 'codes', count: 60, features: 9, classes: 4, background: -0.4 });

  function forgetfulReplica(name: RetentionName) {
    const replica = replicaOf({ sizes: [9, 7, 4], device: 'noisy exponential', bias: true, learningRate: 1 }, 3);
    const layers = replica.program.layers.map((layer) => ({ ...layer, crossbar: forgetful(layer.crossbar, name) }));
    return { ...replica, program: { ...replica.program, layers } };
  }

  it.each(names)('%s: has the bits of the kernel, and reads, trains and goes on from them', (name) => {
    const replica = forgetfulReplica(name);
    const order = everySample(60);
    const session = hostKernels[backend].OnlineSgd.open([replica]);
    const handle = session.load(samples);
    session.train(handle, order, 1);
    const trained = session.states(0);
    const losses = replica.program.layers.map(({ crossbar }, layer) =>
      lossesAfter(crossbar, profile, { seed: 3, layer })!,
    );
    const drifted = trained.map((state, layer) => {
      const { crossbar } = replica.program.layers[layer]!;
      return hostKernels.cpu.Drift.run({ crossbar, state, losses: losses[layer]!, seed: 3, layer });
    });
    losses.forEach((ofLayer, layer) => {
      session.drift(0, layer, ofLayer);
    });
    expectSameBits(arraysOf(session.states(0)), arraysOf(drifted));
    // A session opened from these states predicts, trains and drifts alike.
    const other = hostKernels[backend].OnlineSgd.open([{ ...replica, states: session.states(0) }]);
    const there = other.load(samples);
    expectSameBits({ z: other.predict(there, 0, 0) }, { z: session.predict(handle, 0, 0) });
    for (const [one, at] of [
      [session, handle],
      [other, there],
    ] as const) {
      one.train(at, order, 61);
      one.drift(0, 1, losses[1]!);
    }
    expectSameBits(arraysOf(other.states(0)), arraysOf(session.states(0)));
  });

  it('has the same bits on every backend', () => {
    const states = hostBackends.map((name) => {
      const session = hostKernels[name].OnlineSgd.open([forgetfulReplica('several classes with spread')]);
      const handle = session.load(samples);
      for (let n = 0; n < 3; n++) {
        session.train(handle, everySample(60), 1 + 60 * n);
        const { crossbar } = forgetfulReplica('several classes with spread').program.layers[0]!;
        session.drift(
          0,
          0,
          lossesAfter(crossbar, [{ temperature: 373.15, time: 1 + 100 * n }], { seed: 3, layer: 0 })!,
        );
      }
      return arraysOf(session.states(0));
    });
    for (const other of states) expectSameBits(other, states[0]!);
  });

  it('drifts one replica and leaves the others alone', () => {
    const replicas = [forgetfulReplica('one class'), forgetfulReplica('several classes')];
    const session = hostKernels[backend].OnlineSgd.open(replicas);
    const before = arraysOf(session.states(0));
    const { crossbar } = replicas[1]!.program.layers[0]!;
    session.drift(1, 0, lossesAfter(crossbar, profile, { seed: 3, layer: 0 })!);
    expectSameBits(arraysOf(session.states(0)), before);
  });

  it('refuses a replica or layer that is not there, a device that forgets nothing, and a session that is over', () => {
    const replica = forgetfulReplica('one class');
    const session = hostKernels[backend].OnlineSgd.open([replica]);
    const losses = lossesAfter(replica.program.layers[0]!.crossbar, profile, { seed: 3, layer: 0 })!;
    const drift = (r: number, layer: number) => () => {
      session.drift(r, layer, losses);
    };
    expectUsageError(drift(2, 0), 'OnlineSgd: got the replica 2, expected 0 … 0');
    expectUsageError(drift(0, 2), 'OnlineSgd: got the layer 2, expected 0 … 1');
    const ideal = hostKernels[backend].OnlineSgd.open([replicaOf({ sizes: [9, 4], device: 'ideal' }, 3)]);
    expect(() => {
      ideal.drift(0, 0, losses);
    }).toThrow('OnlineSgd: drift: the ideal device has no cells to drift');
    session.dispose();
    expectUsageError(drift(0, 0), 'OnlineSgd: the session was disposed; open another');
  });
});
