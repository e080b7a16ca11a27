import { describe, expect, it } from 'vitest';
import { DriftClock, lossesAfter } from '../../src/crossbar/drift.js';
import type { CrossbarProgram, CrossbarState } from '../../src/crossbar/program.js';
import type { Replica } from '../../kernels/online-sgd/contract.js';
import { kernels, type Backend, type KernelSet } from '../../kernels/register.js';
import {
  deviceChoices,
  largeChoices,
  networkOf,
  pairwiseChoices,
  readChoices,
  referenceChoices,
  sampleChoiceOf,
  tableChoices,
  titleOf,
  type Choice,
} from './kernels-cases.js';
import {
  arraysOf,
  everySample,
  expectSameBits,
  forgetful,
  replicaOf,
  retentions,
  samplesOf,
  testKey,
  uniforms,
  type RetentionName,
} from './kernels.js';

/**
 * The one parity suite: every kernel on every backend against the scalar reference. The tolerance is none: every float
 * has the same bits.
 */
type Outputs = Record<string, Float32Array>;

/** How each kernel is run on a case. A kernel that is added to the register has to be given its line here. */
const runners: { readonly [K in keyof KernelSet]: (kernel: KernelSet[K], choice: Choice) => Promise<Outputs> } = {
  async OnlineSgd(kernel, choice) {
    const samples = samplesOf(sampleChoiceOf(choice));
    const session = await kernel.open([replicaOf(networkOf(choice), 11)]);
    const handle = await session.load(samples);
    // Begins in front of a step at which column sums are summed afresh, and crosses it.
    await session.train(handle, everySample(samples.count), 1023);
    const outputs = { ...arraysOf(await session.states(0)), predictions: await session.predict(handle, 0, 5) };
    session.dispose();
    return outputs;
  },

  async PulseUpdate(kernel, choice) {
    const { crossbar, state, seed } = lastCrossbar(choice);
    const delta = uniforms(crossbar.rows * crossbar.cols, -0.3, 0.3, testKey(2));
    delta[0] = 0;
    const first = await kernel.run({ crossbar, state, delta, seed, layer: 1, step: 0 });
    return arraysOf([await kernel.run({ crossbar, state: first, delta, seed, layer: 1, step: 1 })]);
  },

  async CrossbarRead(kernel, choice) {
    const batch = 3;
    const { crossbar, state, seed } = lastCrossbar(choice);
    const read = (transposed: boolean): Promise<Float32Array> => {
      const inputs = uniforms(batch * (transposed ? crossbar.cols : crossbar.rows), -1.2, 1.2, testKey(3));
      inputs[0] = 0;
      return kernel.run({ crossbar, state, inputs, batch, transposed, seed, layer: 2, stream: 9 });
    };
    return { forward: await read(false), transposed: await read(true) };
  },

  async Drift(kernel, choice) {
    const { crossbar, state, seed } = lastCrossbar(choice);
    const all = Object.keys(retentions) as RetentionName[];
    const outputs: Outputs = {};
    for (const name of choice.shape === '785x300' ? all.slice(-1) : all) {
      const forgets = forgetful(crossbar, name);
      const drifted =
        forgets.response.kind === 'ideal'
          ? await refusedDrift(kernel, forgets, state)
          : await driftOf(kernel, forgets, state, seed);
      for (const [key, values] of Object.entries(drifted)) outputs[`${name}: ${key}`] = values;
    }
    return outputs;
  },
};

const stay = { temperature: 373.15, time: 300 };

/** Two drifts with pulses up and down in between, which the second sorts into the traps; the first has none yet. */
async function driftOf(
  kernel: KernelSet['Drift'],
  crossbar: CrossbarProgram,
  state: CrossbarState,
  seed: number,
): Promise<Outputs> {
  const place = { crossbar, seed, layer: 1 };
  const losses = lossesAfter(crossbar, [stay, { temperature: 300, time: 1e4 }], place)!;
  const first = await kernel.run({ ...place, state, losses });
  const delta = uniforms(crossbar.rows * crossbar.cols, -0.5, 0.5, testKey(4));
  const pulsed = await kernels.cpu.PulseUpdate.run({ ...place, state: first, delta, step: 0 });
  const second = await kernel.run({
    ...place,
    state: { ...pulsed, traps: first.traps },
    losses: clockOf(crossbar, seed).due()!,
  });
  return { ...named('first', first), ...named('second', second) };
}

/** A clock at which not every class of traps is due yet. */
function clockOf(crossbar: CrossbarProgram, seed: number): DriftClock {
  const clock = new DriftClock(crossbar, seed, 1);
  clock.pass({ temperature: 373.15, time: 2 });
  return clock;
}

function named(when: string, state: CrossbarState): Outputs {
  return Object.fromEntries(Object.entries(arraysOf([state])).map(([key, values]) => [`${when}, ${key}`, values]));
}

/** Weights without cells have nothing that could drift: every backend says so. */
async function refusedDrift(
  kernel: KernelSet['Drift'],
  crossbar: CrossbarProgram,
  state: CrossbarState,
): Promise<Outputs> {
  const message = 'Drift: the ideal device has no cells to drift; give the device a retention law, or leave drift out';
  await expect(kernel.run({ crossbar, state, losses: [], seed: 1, layer: 0 })).rejects.toThrow(message);
  return {};
}

function lastCrossbar(choice: Choice): Pick<Replica, 'seed'> & ReturnType<typeof lastOf> {
  const replica = replicaOf(networkOf(choice), 11);
  return { ...lastOf(replica), seed: replica.seed };
}

export function lastOf({ program, states }: Replica) {
  return { crossbar: program.layers.at(-1)!.crossbar, state: states.at(-1)! };
}

export function outputsOf<K extends keyof KernelSet>(
  name: K,
  set: Pick<KernelSet, K>,
  choice: Choice,
): Promise<Outputs> {
  return runners[name](set[name], choice);
}

export const kernelNames = Object.keys(kernels.cpu) as (keyof KernelSet)[];
export const groups = {
  'every device, coding, policy and converters': deviceChoices(),
  'shapes, samples, losses and paths pairwise': pairwiseChoices(),
  "a layer of MNIST's size": largeChoices(),
  'access resistance, thresholds and a rate of the last layer': readChoices(),
  'offset coding against other references': referenceChoices(),
  'fractional pulses on tables': tableChoices(),
};

/**
 * The suite for one backend.
 * @param where - what it runs on, or why it is skipped
 */
export function describeParity(backend: Backend, { runs = true, where = '' } = {}): void {
  const title = `%s on ${backend} equals the reference in every bit${where === '' ? '' : ` (${where})`}`;
  describe.skipIf(!runs).each(kernelNames)(title, (name) => {
    describe.each(Object.entries(groups))('%s', (_, choices) => {
      it.each(choices.map((choice) => [titleOf(choice), choice] as const))('%s', async (_title, choice) => {
        const expected = await outputsOf(name, kernels.cpu, choice);
        expectSameBits(await outputsOf(name, kernels[backend], choice), expected);
        for (const values of Object.values(expected)) expect(values.every(Number.isFinite)).toBe(true);
      });
    });
  });
}
