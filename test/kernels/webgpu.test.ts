import { afterAll, describe, expect, it } from 'vitest';
import { RunError } from '../../src/errors.js';
import { lossesAfter } from '../../src/crossbar/drift.js';
import type { CrossbarState } from '../../src/crossbar/program.js';
import { bits, fold, keyOf, normal, uniform } from '../../src/random.js';
import { exp32, f32, sigmoid32 } from '../../kernels/arithmetic.js';
import { gap } from '../../kernels/jumps.js';
import { SessionLostError, type OnlineSgdSession, type Replica } from '../../kernels/online-sgd/contract.js';
import { openOnGpu } from '../../kernels/online-sgd/webgpu/kernel.js';
import { LayoutChoice, layouts, type Layout } from '../../kernels/online-sgd/webgpu/layout.js';
import { RecoveringSession, type Opener } from '../../kernels/online-sgd/webgpu/recovering-session.js';
import { hostKernels, kernels } from '../../kernels/register.js';
import { Arena } from '../../kernels/webgpu/arena.js';
import { createBuffer, readBack, usage, withErrors } from '../../kernels/webgpu/buffers.js';
import { commonWgsl } from '../../kernels/webgpu/common.wgsl.js';
import { DeviceLostError, gpuDevice, type GpuDevice } from '../../kernels/webgpu/device.js';
import { givenBuffer } from '../../kernels/webgpu/one-crossbar.js';
import { deviations } from '../../kernels/webgpu/probe.js';
import { compileShader } from '../../kernels/webgpu/shader.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import {
  arraysOf,
  everySample,
  expectSameBits,
  forgetful,
  replicaOf,
  samplesOf,
  type DeviceName,
  type Network,
} from '../helpers/kernels.js';

/** What only the GPU has: layouts, replicas in one dispatch, a device that can be lost. */

const count = 100;
/** Column sums are summed afresh in the middle of every run here. */
const firstStep = 1000;
const samples = samplesOf({ kind: 'codes', count, features: 9, classes: 4, background: -0.4 });

function network(device: DeviceName): Network {
  return { sizes: [9, 7, 4], device, bias: true, learningRate: device === 'ideal' ? 0.05 : 1 };
}

/** The reference's cells after training. */
function expected(replica: Replica): Record<string, Float32Array> {
  const session = hostKernels.cpu.OnlineSgd.open([replica]);
  session.train(session.load(samples), everySample(count), firstStep);
  return arraysOf(session.states(0));
}

async function train(session: OnlineSgdSession, chunk = count): Promise<void> {
  const handle = await session.load(samples);
  for (let from = 0; from < count; from += chunk) {
    await session.train(handle, everySample(count).slice(from, from + chunk), firstStep + from);
  }
}

async function trained(replicas: readonly Replica[], layout?: Layout, chunk?: number): Promise<CrossbarState[][]> {
  const session = await openOnGpu(replicas, layout);
  await train(session, chunk);
  const states = await Promise.all(replicas.map((_, r) => session.states(r)));
  session.dispose();
  return states;
}

const devices: DeviceName[] = [
  'ideal',
  'exponential with device-to-device spread and read noise',
  'lookup table',
  'lookup tables of three devices',
];

describe.skipIf(!hasGpu)(`OnlineSgd on webgpu (${gpuTitle})`, () => {
  describe.each(layouts)('laid out %s', (layout) => {
    it.each(devices)('has the bits of the reference: %s', async (device) => {
      const replica = replicaOf(network(device), 3);
      expectSameBits(arraysOf((await trained([replica], layout))[0]!), expected(replica));
    });

    it('gives the same bits in chunks of 7 samples', async () => {
      const replica = replicaOf(network('lookup table'), 3);
      expectSameBits(arraysOf((await trained([replica], layout, 7))[0]!), expected(replica));
    });

    it('gives each of several replicas, of different devices and rates, the bits that it has alone', async () => {
      const replicas = [
        ...devices.map((device) => replicaOf(network(device), 3)),
        replicaOf({ ...network('noisy exponential'), learningRate: 0.3, errorPath: 'before-update' }, 4),
        replicaOf({ ...network('noisy exponential'), loss: 'cross-entropy' }, 2 ** 40),
      ];
      const states = await trained(replicas, layout);
      states.forEach((ofReplica, r) => {
        expectSameBits(arraysOf(ofReplica), expected(replicas[r]!));
      });
    });

    it('gives each replica its own order, and leaves one that has none as it is', async () => {
      const replicas = [3, 4, 5].map((seed) => replicaOf(network('noisy exponential'), seed));
      const orders = [everySample(70), undefined, everySample(count).slice(30)];
      const session = await openOnGpu(replicas, layout);
      const reference = hostKernels.cpu.OnlineSgd.open(replicas);
      await session.train(await session.load(samples), orders, firstStep);
      reference.train(reference.load(samples), orders, firstStep);
      for (const r of replicas.keys()) {
        expectSameBits(arraysOf(await session.states(r)), arraysOf(reference.states(r)));
      }
      session.dispose();
    });

    it('has the bits of the reference where layers are wider than a workgroup, with softmax', async () => {
      const wide = replicaOf({ sizes: [9, 300, 70], device: 'soft bounds', activation: 'softmax' }, 5);
      const of = samplesOf({ kind: 'values', count: 3, features: 9, classes: 70, background: 0 });
      const session = await openOnGpu([wide], layout);
      await session.train(await session.load(of), everySample(3), 0);
      const reference = hostKernels.cpu.OnlineSgd.open([wide]);
      reference.train(reference.load(of), everySample(3), 0);
      expectSameBits(arraysOf(await session.states(0)), arraysOf(reference.states(0)));
      session.dispose();
    });
  });

  it('chooses a layout while it trains, which changes no bit', async () => {
    const replica = replicaOf(network('noisy exponential'), 3);
    const session = await openOnGpu([replica]);
    const handle = await session.load(samples);
    const order = Uint32Array.from({ length: 300 }, (_, i) => i % count);
    await session.train(handle, order, firstStep);
    const reference = hostKernels.cpu.OnlineSgd.open([replica]);
    reference.train(reference.load(samples), order, firstStep);
    expectSameBits(arraysOf(await session.states(0)), arraysOf(reference.states(0)));
    session.dispose();
  });

  it('drifts where the cells are, and predicts as the reference does', async () => {
    const plain = replicaOf(network('noisy exponential'), 3);
    const layers = plain.program.layers.map((layer) => ({
      ...layer,
      crossbar: forgetful(layer.crossbar, 'several classes with spread'),
    }));
    const replica = { ...plain, program: { ...plain.program, layers } };
    const losses = layers.map(({ crossbar }, l) =>
      lossesAfter(crossbar, [{ temperature: 373.15, time: 50 }], { seed: 3, layer: l }),
    );
    const session = await openOnGpu([plain, replica]);
    const reference = hostKernels.cpu.OnlineSgd.open([plain, replica]);
    const [handle, host] = [await session.load(samples), reference.load(samples)];
    for (const step of [0, count]) {
      await session.train(handle, everySample(count), step);
      reference.train(host, everySample(count), step);
      for (const [l, ofLayer] of losses.entries()) {
        await session.drift(1, l, ofLayer!);
        reference.drift(1, l, ofLayer!);
      }
    }
    for (const r of [0, 1]) {
      expectSameBits(arraysOf(await session.states(r)), arraysOf(reference.states(r)));
      expectSameBits({ z: await session.predict(handle, r, 5) }, { z: reference.predict(host, r, 5) });
    }
    session.dispose();
  });

  it('works off calls in the order in which they were made, and rejects those after its end', async () => {
    const replica = replicaOf(network('linear'), 3);
    const session = await openOnGpu([replica]);
    const loaded = session.load(samples);
    const half = session.train(0, everySample(count).slice(0, 60), firstStep);
    const wrong = session.train(0, Uint32Array.of(count), 0);
    const rest = session.train(0, everySample(count).slice(60), firstStep + 60);
    const states = session.states(0);
    session.dispose();
    await expect(wrong).rejects.toThrow('OnlineSgd: train: order[0] is 100, expected a sample index 0 … 99');
    await Promise.all([loaded, half, rest]);
    expectSameBits(arraysOf(await states), expected(replica));
    await expect(session.states(0)).rejects.toThrow('OnlineSgd: the session was disposed; open another');
  });
});

describe('the choice of a layout', () => {
  it('times each twice and keeps the one whose second time was the shorter, for every session alike', () => {
    const choice = new LayoutChoice('a test network');
    const seconds = { alone: [9, 1], 'two-dispatch': [2, 2], columns: [3, 4] };
    for (let n = 0; n < 6; n++) {
      const { layout, samples, timed } = choice.next(1000);
      expect({ layout, samples, timed }).toEqual({ layout: layouts[n % 3], samples: 32, timed: true });
      choice.took(layout, samples, seconds[layout][Math.floor(n / 3)]!);
    }
    // A second for 32 samples: three in a tenth of a second.
    const again = { layout: 'alone', samples: 3, timed: false };
    expect([choice.next(1000), new LayoutChoice('a test network').next(1000)]).toEqual([again, again]);
  });

  it('does not time what is too short, and takes what it is told', () => {
    expect(new LayoutChoice('another').next(31)).toMatchObject({ samples: 31, timed: false });
    expect(new LayoutChoice('another', 'alone').next(1000)).toMatchObject({ layout: 'alone', timed: false });
  });
});

describe.skipIf(!hasGpu)(`WGSL twins of kernels/arithmetic.ts and src/random.ts (${gpuTitle})`, () => {
  // Whole workgroups: a write beyond the end would be moved to the last element.
  const n = 64 * 320;
  const source = keyOf(1, 'sampleOrder');
  const draw = (stream: number, i: number): number => bits(fold(source, stream), i);
  /** Floats of all sizes between 2^-100 and 2^100, either sign. */
  const anyFloat = (stream: number, i: number): number => {
    const word = draw(stream, i);
    return f32(((word & 1) * 2 - 1) * 2 ** ((word % 200) - 100) * (1 + uniform(fold(source, stream + 50), i)));
  };
  const entry = (body: string): string => `
@compute @workgroup_size(64) fn check(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let a = bitcast<f32>(given[2u * i]);
  let b = bitcast<f32>(given[2u * i + 1u]);
  ${body}
}`;

  async function onGpu(body: string, inputs: Float32Array): Promise<Float32Array> {
    const gpu = await gpuDevice();
    const shader = await compileShader(gpu, 'check', commonWgsl + entry(body), ['check'] as const);
    const arena = new Arena();
    arena.room(n);
    const placed = arena.build(gpu);
    const group = shader.bind({ ...placed, given: givenBuffer(gpu, 'inputs', inputs) }, {});
    shader.submit([{ entry: 'check', group, groups: [Math.ceil(n / 64)] }]);
    const [values] = await readBack(gpu, [{ buffer: placed.heap, at: 0, count: n }]);
    placed.dispose();
    return values!;
  }

  const pairs = (a: (i: number) => number, b: (i: number) => number): Float32Array =>
    Float32Array.from({ length: 2 * n }, (_, k) => (k % 2 === 0 ? a : b)(k >> 1));
  const argument = (i: number): number => f32(240 * uniform(fold(source, 9), i) - 120);

  it.each<[string, string, Float32Array, (a: number, b: number) => number]>([
    [
      'quotients',
      'divide(a, b)',
      pairs(
        (i) => anyFloat(1, i),
        (i) => f32(0.5 + uniform(fold(source, 2), i)),
      ),
      (a, b) => f32(a / b),
    ],
    [
      'quotients of any size',
      'divide(a, b)',
      pairs(
        (i) => f32(anyFloat(3, i) * 2 ** -20),
        (i) => f32(2 ** -20 * anyFloat(4, i) ** 0.2 || 1),
      ),
      (a, b) => f32(a / b),
    ],
    [
      'roots',
      'square_root(a)',
      pairs(
        (i) => Math.abs(anyFloat(5, i)),
        () => 0,
      ),
      (a) => f32(Math.sqrt(a)),
    ],
    ['exp32', 'exp32(a)', pairs(argument, () => 0), exp32],
    ['sigmoid32', 'sigmoid32(a)', pairs(argument, () => 0), sigmoid32],
    [
      'a product and a sum, not fused',
      'mul(a, b) + a',
      pairs(
        (i) => anyFloat(6, i),
        (i) => uniform(source, i),
      ),
      (a, b) => f32(f32(a * b) + a),
    ],
  ])('%s', async (_, call, inputs, host) => {
    const values = await onGpu(`store(i, ${call});`, inputs);
    expectSameBits(
      { values },
      { values: Float32Array.from({ length: n }, (_, i) => host(inputs[2 * i]!, inputs[2 * i + 1]!)) },
    );
  });

  it.each<[string, string, (i: number) => number]>([
    ['normal deviates', 'normal_of(vec2u(7u, i), 3u * i)', (i) => normal({ a: 7, b: i }, 3 * i)],
    ['uniform numbers', 'uniform_of(fold(vec2u(7u, 9u), i), i)', (i) => uniform(fold({ a: 7, b: 9 }, i), i)],
    ['gaps of jumps', 'gap_of(vec2u(3u, 5u), i, i % 257u)', (i) => gap({ a: 3, b: 5 }, i, i % 257)],
  ])('%s', async (_, call, host) => {
    const values = await onGpu(`store(i, ${call} + 0.0 * (a + b));`, new Float32Array(2 * n));
    expectSameBits({ values }, { values: Float32Array.from({ length: n }, (_, i) => host(i)) });
  });
});

describe.skipIf(!hasGpu)(`faults (${gpuTitle})`, () => {
  it('a shader error says where it is', async () => {
    const gpu = await gpuDevice();
    const code = 'fn f() -> f32 {\n  return true;\n}\n';
    const error = await compileShader(gpu, 'wrong', code, []).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunError);
    expect((error as RunError).message).toMatch(/^webgpu: shader wrong: line 2, column \d+: .* in "return true;"; /);
  });

  it('a buffer beyond the limit says its size and the limit', async () => {
    const gpu = await gpuDevice();
    const small = { ...gpu, largestBuffer: 1024 };
    expect(() => createBuffer(small, 'the samples', 4096, usage.storage)).toThrow(
      "webgpu: out of memory: the samples take 4096 bytes; the adapter's limit is 1024 bytes; use a smaller network, " +
        'fewer replicas or samples at once, or --backend wasm',
    );
  });

  it('a refused command is told, and memory that runs out with the size asked for', async () => {
    const gpu = await gpuDevice();
    const refused = withErrors(gpu, 'a test', () => gpu.device.createBuffer({ size: 16, usage: 0 }));
    await expect(refused).rejects.toThrow(/^webgpu: the GPU refused a test: /);
    const bytes = gpu.largestBuffer;
    const buffers: GPUBuffer[] = [];
    // Software drivers may give more than the machine has: then there is nothing to be told.
    const exhausted = await withErrors(gpu, 'the samples', () => {
      for (let k = 0; k < 1; k++) buffers.push(createBuffer(gpu, 'the samples', bytes, usage.storage));
    }).catch((error: unknown) => error);
    for (const buffer of buffers) buffer.destroy();
    if (exhausted) expect((exhausted as Error).message).toContain(`the samples take ${bytes} bytes`);
  });

  it('a device that is lost in mid-run is replaced, and the results are those of a run that was not disturbed', async () => {
    const replica = replicaOf(network('exponential with write noise'), 3);
    const session = await openOnGpu([replica]);
    const handle = await session.load(samples);
    await session.train(handle, everySample(count).slice(0, 40), firstStep);
    const gpu = await gpuDevice();
    gpu.device.destroy();
    await session.train(handle, everySample(count).slice(40), firstStep + 40);
    expect(await gpuDevice()).not.toBe(gpu);
    (await gpuDevice()).device.destroy();
    expectSameBits(arraysOf(await session.states(0)), expected(replica));
    session.dispose();
  });

  it('an operation on a lost device says so', async () => {
    const gpu = await gpuDevice();
    gpu.device.destroy();
    const run = readBack(gpu, []);
    await expect(run).rejects.toThrow(DeviceLostError);
    await expect(run).rejects.toThrow(/^webgpu: the GPU device was lost: destroyed.*; run again: the same seed gives/);
  });
});

describe('memory that runs out', () => {
  /** A device on which whatever is made fails for want of memory, as drivers tell it. */
  function exhausted(message: string): GpuDevice {
    const errors: ({ message: string } | null)[] = [null, { message }];
    const device = { pushErrorScope: () => undefined, popErrorScope: () => Promise.resolve(errors.shift()) };
    return { device, requireAlive: () => undefined } as unknown as GpuDevice;
  }

  it.each([
    [
      'Failed to allocate [Buffer "the samples, 4096 bytes"]\nmore',
      'webgpu: out of memory: the samples take 4096 bytes; the GPU has no more to give; use a smaller network, fewer',
    ],
    [
      'Not enough memory.\nmore',
      'webgpu: out of memory: the GPU has no more to give for the samples: Not enough memory.; use a smaller network',
    ],
  ])('is told with the size asked for, where the driver tells it: %j', async (message, expected) => {
    await expect(withErrors(exhausted(message), 'the samples', () => 0)).rejects.toThrow(expected);
  });
});

describe('a session whose device is lost again and again', () => {
  const replica = replicaOf(network('linear'), 3);
  const lost = new DeviceLostError({ where: 'webgpu', what: 'lost' });

  /** Opens sessions on the host, of which the first fail to train. */
  function opener(failing: number, failure: Error) {
    let opened = 0;
    const open: Opener = async (replicas) => {
      const session = await kernels.cpu.OnlineSgd.open(replicas);
      return opened++ < failing ? { ...session, train: () => Promise.reject(failure) } : session;
    };
    return { open, opened: () => opened };
  }

  it('is given two others, then ends with the error', async () => {
    const { open, opened } = opener(Infinity, lost);
    const session = await RecoveringSession.open([replica], open);
    const error: unknown = await train(session).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SessionLostError);
    expect((error as Error).message).toBe(
      'webgpu: lost; 3 devices were lost one after the other; update the driver, or use --backend wasm, which gives the ' +
        'same network of the same seed',
    );
    const { checkpoint } = error as SessionLostError;
    expect(checkpoint.step).toBe(firstStep);
    expectSameBits(arraysOf(checkpoint.states[0]!), arraysOf(replica.states));
    expect(opened()).toBe(3);
  });

  it('goes on from the last checkpoint', async () => {
    const { open } = opener(2, lost);
    const session = await RecoveringSession.open([replica], open);
    await train(session, 30);
    expectSameBits(arraysOf(await session.states(0)), expected(replica));
  });

  it('does not try again what failed for another reason', async () => {
    const other = new RunError({ where: 'webgpu', what: 'refused' });
    const { open, opened } = opener(Infinity, other);
    const session = await RecoveringSession.open([replica], open);
    await expect(train(session)).rejects.toBe(other);
    expect(opened()).toBe(1);
  });

  it('keeps a checkpoint after 20 000 samples, and starts from it', async () => {
    const begun: Replica[] = [];
    const session = await RecoveringSession.open([replica], ([first]) => {
      begun.push(first!);
      return kernels.wasm.OnlineSgd.open([first!]);
    });
    const handle = await session.load(samples);
    const order = Uint32Array.from({ length: 20_000 }, (_, i) => i % count);
    await session.train(handle, order, 0);
    const reached = await session.states(0);
    // The next state is asked of a device that is gone.
    const failing = session as unknown as { session: OnlineSgdSession };
    failing.session = { ...failing.session, states: () => Promise.reject(lost), dispose: () => undefined };
    expectSameBits(arraysOf(await session.states(0)), arraysOf(reached));
    expectSameBits(arraysOf(begun[1]!.states), arraysOf(reached));
  });
});

describe.skipIf(!hasGpu)(`the probe (${gpuTitle})`, () => {
  it('finds nothing here, and names what differs', async () => {
    const gpu = await gpuDevice();
    expect(await deviations(gpu)).toEqual([]);
    const wrong = { name: 'a wrong sum', wgsl: 'a + b', host: (a: number, b: number) => f32(a - b) };
    const right = { name: 'a right sum', wgsl: 'a + b', host: (a: number, b: number) => f32(a + b) };
    expect(await deviations(gpu, [right, wrong])).toEqual(['a wrong sum']);
  });
});

afterAll(async () => {
  if (hasGpu) (await gpuDevice()).device.destroy();
});

it('is a backend of the register', () => {
  expect(kernels.webgpu.OnlineSgd.backend).toBe('webgpu');
});
