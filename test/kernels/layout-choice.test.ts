import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { LayoutChoice, type Piece } from '../../kernels/online-sgd/webgpu/layout-choice.js';
import { layoutKey } from '../../kernels/online-sgd/webgpu/layout-key.js';
import { openOnGpu } from '../../kernels/online-sgd/webgpu/kernel.js';
import { layouts, type Layout } from '../../kernels/online-sgd/webgpu/layout.js';
import { gpuDevice } from '../../kernels/webgpu/device.js';
import { keepTunings } from '../../kernels/webgpu/tuning.js';
import { hostKernels } from '../../kernels/register.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import { arraysOf, expectSameBits, replicaOf, samplesOf, type Network } from '../helpers/kernels.js';

/** How the fastest layout is found: by the clock while training goes on, in calls of whatever length. */

/** Seconds a sample. */
type Speeds = Readonly<Record<Layout, number>>;

/** Trains `samples` samples from a step on in calls of at most `call`, on a clock that goes by `speeds`. */
function trainOn(choice: LayoutChoice, speeds: Speeds, samples: number, { from = 0, call = Infinity } = {}): Piece[] {
  const pieces: Piece[] = [];
  for (let step = from; step < from + samples;) {
    const left = Math.min(call, from + samples - step);
    const piece = choice.next(left, step);
    expect(piece.samples).toBeGreaterThanOrEqual(1);
    expect(piece.samples).toBeLessThanOrEqual(left);
    if (piece.timed) choice.took(piece.layout, piece.samples, piece.samples * speeds[piece.layout]);
    pieces.push(piece);
    step += piece.samples;
  }
  return pieces;
}

const timedOf = (pieces: readonly Piece[]) => pieces.filter(({ timed }) => timed).map(({ layout }) => layout);

/** A store that counts what it is asked. */
function countingStore() {
  const kept = new Map<string, object>();
  const reads: string[] = [];
  keepTunings({
    read: (key) => (reads.push(key), kept.get(key)),
    write: (key, found) => void kept.set(key, found),
  });
  return { kept, reads };
}

afterEach(() => {
  keepTunings({ read: () => undefined, write: () => undefined });
});

const even: Speeds = { alone: 1e-4, 'two-dispatch': 1e-4, columns: 1e-4 };

describe('the choice of a layout', () => {
  it('tries each, then times each on 32 samples, and keeps the fastest for every session alike', () => {
    const speeds = { ...even, 'two-dispatch': 2e-5 };
    const pieces = trainOn(new LayoutChoice('a test network'), speeds, 4000);
    expect(pieces.slice(0, 6)).toEqual(
      [8, 32].flatMap((n) => layouts.map((layout) => ({ layout, samples: n, timed: true }))),
    );
    expect(pieces.slice(6)).toEqual([{ layout: 'two-dispatch', samples: 4000 - 3 * 40, timed: false }]);
    const other = new LayoutChoice('a test network').next(5000, 0);
    expect(other).toEqual({ layout: 'two-dispatch', samples: 4096, timed: false });
  });

  it.each([1, 2, 31])('ends in calls of %i samples too, on a machine on which they are slow or fast', (call) => {
    for (const [name, factor] of [
      ['slow', 1000],
      ['fast', 0.01],
    ] as const) {
      const key = `${name} in calls of ${call}`;
      const speeds = { alone: 1e-4 * factor, 'two-dispatch': 3e-4 * factor, columns: 2e-4 * factor };
      const pieces = trainOn(new LayoutChoice(key), speeds, 250, { call });
      expect(new Set(timedOf(pieces))).toEqual(new Set(layouts));
      expect(pieces.at(-1)).toMatchObject({ layout: 'alone', timed: false });
    }
  });

  it('lets no piece take seconds, however slow samples are', () => {
    const speeds = { alone: 0.09, 'two-dispatch': 0.2, columns: 0.3 };
    const pieces = trainOn(new LayoutChoice('very slow'), speeds, 200);
    for (const { layout, samples } of pieces.slice(3)) expect(samples * speeds[layout]).toBeLessThan(0.31);
  });

  it('compares those that came near anew as training goes on', () => {
    const choice = new LayoutChoice('settling');
    trainOn(choice, { alone: 1e-4, 'two-dispatch': 2e-4, columns: 9e-4 }, 4096);
    const later = trainOn(choice, { alone: 1e-4, 'two-dispatch': 5e-5, columns: 9e-4 }, 1000, { from: 4096 });
    expect(new Set(timedOf(later))).toEqual(new Set(['alone', 'two-dispatch']));
    expect(later.at(-1)).toMatchObject({ layout: 'two-dispatch' });
    // Who begins there finds what was found there, and the start keeps its own.
    expect(new LayoutChoice('settling').next(9, 5000)).toMatchObject({ layout: 'two-dispatch', timed: false });
    expect(new LayoutChoice('settling').next(9, 0)).toMatchObject({ layout: 'alone', timed: false });
  });

  it('looks into the cache once for each stage', () => {
    const { kept, reads } = countingStore();
    trainOn(new LayoutChoice('counted'), even, 4096 + 500, { call: 5 });
    expect(reads).toEqual(['counted, from step 0', 'counted, from step 4096']);
    expect([...kept.keys()]).toEqual(reads);
  });

  it('keeps times that a coarse clock shows as none, and compares once', () => {
    const { kept } = countingStore();
    const none: Speeds = { alone: 0, 'two-dispatch': 0, columns: 0 };
    const pieces = trainOn(new LayoutChoice('no time'), none, 4000);
    expect(timedOf(pieces)).toHaveLength(6);
    const [times] = kept.values() as unknown as [Speeds];
    for (const layout of layouts) expect(times[layout]).toBeGreaterThan(0);
  });

  it('goes by times of a cache a few samples at first, then by its own', () => {
    const { kept } = countingStore();
    const stored: Speeds = { alone: 1e-9, 'two-dispatch': 1, columns: 1 };
    kept.set('from elsewhere, from step 0', stored);
    const slow = trainOn(new LayoutChoice('from elsewhere'), { ...even, alone: 0.05 }, 300);
    expect(new Set(slow.map(({ layout }) => layout))).toEqual(new Set(['alone']));
    expect(slow[0]).toMatchObject({ samples: 8, timed: true });
    // Two of 0.05 s are a submission.
    for (const { samples } of slow.slice(1, -1)) expect(samples).toBe(2);
    const fast = trainOn(new LayoutChoice('from elsewhere'), { ...even, alone: 1e-6 }, 4096);
    expect(fast.map(({ samples }) => samples)).toEqual([8, 32, 128, 512, 2048, 1368]);
    expect(fast.at(-1)).toMatchObject({ timed: false });
  });

  it('takes what it is told', () => {
    const { reads } = countingStore();
    expect(new LayoutChoice('told', 'alone').next(1000, 0)).toMatchObject({ layout: 'alone', timed: false });
    expect(reads).toEqual([]);
  });
});

describe('the key of a layout', () => {
  const facts = { vendor: 'v', architecture: 'a', device: 'd', description: 'driver 1', software: false };
  const network: Network = { sizes: [9, 6], device: 'linear' };
  const keyOf = (changed: Partial<Network> = {}, count = 1): string =>
    layoutKey(
      facts,
      'code',
      Array.from({ length: count }, (_, r) => replicaOf({ ...network, ...changed }, r)),
    );

  it('is the same for other seeds, and another for all that lets a kernel do more or less', () => {
    const others = [
      layoutKey({ ...facts, description: 'driver 2' }, 'code', [replicaOf(network, 1)]),
      layoutKey(facts, 'other code', [replicaOf(network, 1)]),
      keyOf({}, 2),
      keyOf({ sizes: [9, 7] }),
      keyOf({ bias: true }),
      keyOf({ device: 'exponential' }),
      keyOf({ device: 'soft bounds' }),
      keyOf({ device: 'lookup table' }),
      keyOf({ device: 'exponential with write noise' }),
      keyOf({ crossbar: { coding: 'offset' } }),
      keyOf({ crossbar: { coding: 'one-sided-pair' } }),
      keyOf({ crossbar: { pulsePolicy: 'fractional' } }),
      keyOf({ crossbar: { quantize: 'every-write' } }),
      keyOf({ crossbar: { converters: { updateError: { bits: 6, max: 0.5 } } } }),
      keyOf({ crossbar: { accessResistance: '60 kohm' } }),
      keyOf({ activation: 'softmax' }),
      keyOf({ loss: 'cross-entropy' }),
      keyOf({ errorPath: 'before-update' }),
      keyOf({ learningRate: 4 }),
    ];
    expect(layoutKey(facts, 'code', [replicaOf(network, 99)])).toBe(keyOf());
    expect(keyOf({ learningRate: 0.51 })).toBe(keyOf({ learningRate: 0.5 }));
    expect(new Set([keyOf(), ...others]).size).toBe(1 + others.length);
  });
});

describe.skipIf(!hasGpu)(`layouts found by the clock (${gpuTitle})`, () => {
  afterAll(async () => {
    (await gpuDevice()).device.destroy();
  });

  it.each([
    { what: 'a tiny network in calls of 5 samples', sizes: [9, 6], samples: 250, call: 5 },
    { what: 'a slow network in calls of one', sizes: [300, 100, 10], samples: 60, call: 1 },
  ] as const)('are kept of $what, with the bits of the reference', async ({ sizes, samples: count, call }) => {
    const { kept, reads } = countingStore();
    const replica = replicaOf({ sizes, device: 'noisy exponential' }, 3);
    const samples = samplesOf({ kind: 'codes', count, features: sizes[0], classes: sizes.at(-1)!, background: 0 });
    const session = await openOnGpu([replica]);
    const reference = hostKernels.wasm.OnlineSgd.open([replica]);
    const [handle, host] = [await session.load(samples), reference.load(samples)];
    for (let from = 0; from < count && kept.size === 0; from += call) {
      const order = Uint32Array.from({ length: call }, (_, i) => from + i);
      await session.train(handle, order, from);
      reference.train(host, order, from);
    }
    expectSameBits(arraysOf(await session.states(0)), arraysOf(reference.states(0)));
    session.dispose();
    expect(reads).toHaveLength(1);
    expect([...kept]).toEqual([[reads[0], expect.objectContaining({ columns: expect.any(Number) as number })]]);
  });
});
