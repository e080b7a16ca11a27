import { describe, expect, it } from 'vitest';
import type { CrossbarState } from '../../src/crossbar/program.js';
import {
  columnSumPeriod,
  type HostOnlineSgdSession,
  type Replica,
  type Samples,
} from '../../kernels/online-sgd/contract.js';
import { hostBackends, hostKernels } from '../../kernels/register.js';
import {
  arraysOf,
  differs,
  everySample,
  expectSameBits,
  replicaOf,
  samplesOf,
  type DeviceName,
  type Network,
} from '../helpers/kernels.js';

const count = 160;
/** Column sums are summed afresh in the middle of every run here. */
const firstStep = columnSumPeriod - 50;

const samples = samplesOf({ kind: 'codes', count, features: 9, classes: 4, background: -0.4 });

function network(device: DeviceName): Network {
  return { sizes: [9, 7, 4], device, bias: true, learningRate: device === 'ideal' ? 0.05 : 1 };
}

/** Trains on all samples, cut into calls of `chunk` samples. */
function trainInChunks(session: HostOnlineSgdSession, chunk: number): void {
  const handle = session.load(samples);
  for (let from = 0; from < count; from += chunk) {
    session.train(handle, everySample(count).slice(from, from + chunk), firstStep + from);
  }
}

const trainedDevices: DeviceName[] = [
  'ideal',
  'exponential with device-to-device spread and read noise',
  'lookup table',
  'lookup tables of three devices',
];

describe.each(hostBackends)('OnlineSgd on %s', (backend) => {
  const open = (...replicas: Replica[]): HostOnlineSgdSession => hostKernels[backend].OnlineSgd.open(replicas);

  function trained(...replicas: Replica[]): CrossbarState[][] {
    const session = open(...replicas);
    trainInChunks(session, count);
    return replicas.map((_, r) => session.states(r));
  }

  describe.each(trainedDevices)('%s', (device) => {
    const replica = replicaOf(network(device), 3);

    it.each([1, 7, 77])('gives the same bits in chunks of %i samples as in one call', (chunk) => {
      const session = open(replica);
      trainInChunks(session, chunk);
      expectSameBits(arraysOf(session.states(0)), arraysOf(trained(replica)[0]!));
    });

    it('gives the same bits when a new session goes on from the states of another', () => {
      const half = open(replica);
      const order = everySample(count);
      half.train(half.load(samples), order.slice(0, 90), firstStep);
      const rest = open({ ...replica, states: half.states(0) });
      rest.train(rest.load(samples), order.slice(90), firstStep + 90);
      expectSameBits(arraysOf(rest.states(0)), arraysOf(trained(replica)[0]!));
    });

    it('gives each of several replicas the bits that it has alone', () => {
      const replicas = [
        replica,
        replicaOf({ ...network(device), learningRate: 0.3 }, 4),
        replicaOf(network(device), 5),
      ];
      trained(...replicas).forEach((states, r) => {
        expectSameBits(arraysOf(states), arraysOf(trained(replicas[r]!)[0]!));
      });
    });

    it('leaves the states it was opened with as they were', () => {
      const before = structuredClone(replica.states);
      trained(replica);
      expectSameBits(arraysOf(replica.states), arraysOf(before));
    });
  });

  it('takes replicas of different devices', () => {
    const replicas = trainedDevices.map((device) => replicaOf(network(device), 3));
    trained(...replicas).forEach((states, r) => {
      expectSameBits(arraysOf(states), arraysOf(trained(replicas[r]!)[0]!));
    });
  });

  it('draws pulses of its own for each seed, from the same initial weights', () => {
    const replica = replicaOf(network('noisy exponential'), 3);
    const [a, b] = trained(replica, { ...replica, seed: 4 });
    expect(differs(arraysOf(a!), arraysOf(b!))).toBe(true);
  });

  it('draws by both words of a seed above 2^32', () => {
    const replica = replicaOf(network('noisy exponential'), 3);
    const [a, b] = trained(replica, { ...replica, seed: 3 + 2 ** 40 });
    expect(differs(arraysOf(a!), arraysOf(b!))).toBe(true);
  });

  it('draws pulses of its own at each step', () => {
    const replica = replicaOf(network('noisy exponential'), 3);
    const at = (step: number): CrossbarState[] => {
      const session = open(replica);
      session.train(session.load(samples), everySample(count), step);
      return session.states(0);
    };
    expect(differs(arraysOf(at(1)), arraysOf(at(2)))).toBe(true);
  });

  it('follows the order it is given', () => {
    const replica = replicaOf(network('ideal'), 3);
    const after = (order: number[]): CrossbarState[] => {
      const session = open(replica);
      session.train(session.load(samples), Uint32Array.from(order), 1);
      return session.states(0);
    };
    expect(differs(arraysOf(after([0, 5])), arraysOf(after([5, 0])))).toBe(true);
    expectSameBits(arraysOf(after([])), arraysOf(open(replica).states(0)));
  });

  it('gives each replica its own order, and leaves one that has none as it is', () => {
    const replicas = [3, 4, 5].map((seed) => replicaOf(network('noisy exponential'), seed));
    const orders = [Uint32Array.of(0, 5, 7), undefined, Uint32Array.of(9, 1, 1)];
    const session = open(...replicas);
    session.train(session.load(samples), orders, firstStep);
    for (const [r, replica] of replicas.entries()) {
      const alone = open(replica);
      alone.train(alone.load(samples), orders[r] ?? new Uint32Array(0), firstStep);
      expectSameBits(arraysOf(session.states(r)), arraysOf(alone.states(0)));
    }
  });

  it('keeps several sets of samples apart', () => {
    const replica = replicaOf(network('ideal'), 3);
    const others = samplesOf({ kind: 'values', count: 20, features: 9, classes: 4, background: 0, seed: 2 });
    const session = open(replica);
    const [first, second] = [session.load(samples), session.load(others)];
    expect(session.predict(first, 0, 0)).toHaveLength(count * 4);
    const alone = open(replica);
    expectSameBits({ z: session.predict(second, 0, 0) }, { z: alone.predict(alone.load(others), 0, 0) });
  });

  it('predicts with noise of its own for each stream, and trains nothing', () => {
    const session = open(replicaOf(network('exponential with device-to-device spread and read noise'), 3));
    const handle = session.load(samples);
    const before = arraysOf(session.states(0));
    const first = session.predict(handle, 0, 1);
    expect(differs({ first }, { first: session.predict(handle, 0, 2) })).toBe(true);
    expectSameBits({ first: session.predict(handle, 0, 1) }, { first });
    expectSameBits(arraysOf(session.states(0)), before);
  });

  it('sums columns afresh at every step that is a multiple of the period, and only then', () => {
    const fresh = replicaOf({ ...network('linear'), learningRate: 1e-12 }, 3);
    const states = fresh.states.map((state, l) => {
      const columns = new Float32Array(2 * fresh.program.layers[l]!.crossbar.cols).fill(0.5);
      return { ...state, columns };
    });
    const sumsAfter = (step: number): Float32Array => {
      const session = open({ ...fresh, states });
      session.train(session.load(samples), Uint32Array.of(0), step);
      return session.states(0)[0]!.columns.slice(0, 7);
    };
    const expected = open(fresh).states(0)[0]!.columns.slice(0, 7);
    expectSameBits({ sums: sumsAfter(2 * columnSumPeriod) }, { sums: expected });
    expectSameBits({ sums: sumsAfter(2 * columnSumPeriod + 1) }, { sums: new Float32Array(7).fill(0.5) });
  });

  it('keeps samples of its own: what the caller does to the arrays later changes nothing', () => {
    const replica = replicaOf(network('ideal'), 3);
    const own: Samples = structuredClone(samples);
    const session = open(replica);
    const handle = session.load(own);
    const before = session.predict(handle, 0, 0);
    if (own.kind === 'codes') own.codes.fill(200);
    expectSameBits({ z: session.predict(handle, 0, 0) }, { z: before });
  });
});

describe.each(hostBackends)('column sums on %s', (backend) => {
  it.each(['ideal', 'noisy exponential', 'lookup table'] as const)(
    'of %s stay within 5e-5 of fresh sums over 1000 samples without a renewal',
    (device) => {
      const replica = replicaOf({ sizes: [9, 7, 4], device, learningRate: device === 'ideal' ? 0.1 : 1 }, 8);
      const session = hostKernels[backend].OnlineSgd.open([replica]);
      const order = Uint32Array.from({ length: 1000 }, (_, i) => i % count);
      session.train(session.load(samples), order, 1);
      for (const [l, { crossbar }] of replica.program.layers.entries()) {
        const state = session.states(0)[l]!;
        const fresh = hostKernels[backend].OnlineSgd.open([replica]).states(0)[l]!;
        expect(differs({ plus: state.plus }, { plus: fresh.plus })).toBe(true);
        for (let j = 0; j < crossbar.cols; j++) {
          const sum = columnSum(state, crossbar, j);
          expect(Math.abs(state.columns[j]! - sum)).toBeLessThan(5e-5);
        }
      }
    },
  );
});

/** Σ over rows of g⁺ − g⁻ or of the ideal weight, in double precision. */
function columnSum({ plus, minus }: CrossbarState, { cols }: { readonly cols: number }, j: number): number {
  let sum = 0;
  for (let i = j; i < plus.length; i += cols) sum += plus[i]! - (minus[i] ?? 0);
  return sum;
}
