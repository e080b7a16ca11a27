import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrossbarState } from '../../src/crossbar/program.js';
import type { ComposedBackend } from '../../kernels/composed/active.js';
import { asKernels } from '../../kernels/host.js';
import type { Replica } from '../../kernels/online-sgd/contract.js';
import { composedKernels, kernels, type KernelSet } from '../../kernels/register.js';
import { useBackend } from '../../src/ops/backend.js';
import { networkOf, sampleChoiceOf, titleOf, type Choice } from './kernels-cases.js';
import { arraysOf, expectSameBits, replicaOf, samplesOf } from './kernels.js';
import { expectNear, tolerance, type Outputs } from './near.js';
import { groups, kernelNames, outputsOf } from './parity.js';

/**
 * Composed kernels against the reference (by the WASM kernels, which have its bits). Their random numbers are the same;
 * sums over rows and columns have another order. So:
 * - what pulses and drift do to cells, op by op, has the same bits;
 * - sums, and what follows from them, agree to 1e-5 of max(1, |x|), but where a sum falls on the other side of a tie: a
 *   converter's level, a pair that is just saturated, an error that is just not zero, a request of thousands of whole
 *   pulses. There a level, a refresh, a write's noise or a pulse differs, by what the reference itself shows of cells
 *   moved by 1e-6 ({@link expectNear}), in at most a hundredth of a case's values, and in few of the cases: on tfjs's wasm
 *   four of all 1628 do, in 0.12 % of their values at most;
 * - where nothing is there that could tie ({@link isSmooth}) no value jumps: all agree to 1e-4, and to 1e-5 but for two
 *   cases in which cells that are moved by 1e-6 come out as far apart.
 */
const mostOutliers = 0.01;
const mostCases = 0.02;
const steps = 3;

/** Every nth case of each group, so that every group and kernel has some, and all of the rarest gradient. */
function casesOf(every: number): Choice[] {
  const quick = Object.values(groups).map((choices) => choices.filter(isQuick));
  const some = quick.flatMap((choices) => choices.filter((_, i) => i % every === 0));
  const jacobians = quick.flat().filter(isJacobian);
  return [...new Set([...some, ...jacobians.filter((_, i) => i % Math.ceil(every / 8) === 0)])];
}

/** Softmax under the squared error: the only gradient of an output layer that is not a product by units. */
function isJacobian({ activation, loss }: Choice): boolean {
  return activation === 'softmax' && loss === 'squared-error';
}

/** Neither rounded nor compared anywhere: there is nothing that a last bit could turn. */
function isSmooth({ converters, read, policy, quantize, coding, device, activation, hidden }: Choice): boolean {
  const ties = [
    converters === 'converters' || read?.includes('thresholds') === true,
    policy !== 'fractional' || quantize === 'every-write',
    coding === 'one-sided-pair' || device.includes('write noise'),
    activation === 'relu' || hidden === 'relu',
  ];
  return !ties.includes(true);
}

/**
 * A saturated one-sided pair of these is written anew by thousands of ever smaller pulses, for each of which composed
 * kernels take some thirty ops: a case lasts minutes.
 */
function isQuick({ coding, device }: Choice): boolean {
  return coding !== 'one-sided-pair' || !/^(power|exponential step)/.test(device);
}

/**
 * A saturated pair is written anew at whatever part of a pulse: by an error of 1e-8 that is a rounding and nothing else, where
 * activations are 0 or 1 but for their last bit. It is there, has the other sign or is not there as roundings have it.
 */
function isRoundingAlone({ coding, policy }: Choice): boolean {
  return coding === 'one-sided-pair' && policy === 'fractional';
}

/** Single steps, each from the reference's own cells, so that what falls elsewhere in one does not grow in the next. */
async function trainedSteps(set: KernelSet, choice: Choice): Promise<Outputs> {
  const samples = samplesOf(sampleChoiceOf(choice));
  const start = replicaOf(networkOf(choice), 11);
  const outputs: Record<string, Float32Array> = {};
  let states = start.states;
  for (let s = 0; s < Math.min(steps, samples.count); s++) {
    const replica = { ...start, states };
    const before = copyOf(arraysOf(states));
    for (const [name, values] of Object.entries(await oneStep(set, replica))) outputs[`step ${s}, ${name}`] = values;
    expectSameBits(arraysOf(states), before);
    states = (await stepped(kernels.wasm, replica)).states;
  }
  return outputs;

  async function oneStep(by: KernelSet, replica: Replica): Promise<Outputs> {
    const { states: after, predictions } = await stepped(by, replica);
    return { ...arraysOf(after), predictions };
  }

  async function stepped(by: KernelSet, replica: Replica) {
    const session = await by.OnlineSgd.open([replica]);
    const handle = await session.load(samples);
    await session.train(handle, Uint32Array.of(1), 1023);
    const result: { states: readonly CrossbarState[]; predictions: Float32Array } = {
      states: await session.states(0),
      predictions: await session.predict(handle, 0, 5),
    };
    session.dispose();
    return result;
  }
}

function copyOf(outputs: Outputs): Outputs {
  return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.slice()]));
}

function outputsFor(name: keyof KernelSet, set: KernelSet, choice: Choice): Promise<Outputs> {
  return name === 'OnlineSgd' ? trainedSteps(set, choice) : outputsOf(name, set, choice);
}

/** Arrays that are sums: all that a read gives, and columns. Pulses and drift alone give cells bit by bit. */
function isExact(name: keyof KernelSet, array: string): boolean {
  return (name === 'PulseUpdate' || name === 'Drift') && !array.includes('columns');
}

/**
 * The suite on one of tfjs's backends.
 * @param every - takes every nth case
 */
export function describeComposed(backend: ComposedBackend, every: number, { runs = true, where = '' } = {}): void {
  const choices = casesOf(every).map((choice) => [titleOf(choice), choice] as const);
  const title = `%s composed of tfjs's ops on ${backend} equals the reference within 1e-5${where && ` (${where})`}`;
  describe.skipIf(!runs).each(kernelNames)(title, (name) => {
    const set = asKernels(composedKernels(backend));
    let deviating = 0;
    beforeAll(() => useBackend(backend));
    afterAll(() => {
      expect(deviating).toBeLessThanOrEqual(Math.max(2, mostCases * choices.length));
    });

    const compared = choices.filter(([, choice]) => name !== 'OnlineSgd' || !isRoundingAlone(choice));
    it.each(compared)('%s', async (_title, choice) => {
      const expected = await outputsFor(name, kernels.wasm, choice);
      const before = tf.memory().numTensors;
      const actual = await outputsFor(name, set, choice);
      expect(tf.memory().numTensors).toBe(before);
      const exact = (outputs: Outputs): Outputs =>
        Object.fromEntries(Object.entries(outputs).filter(([array]) => isExact(name, array)));
      expectSameBits(exact(actual), exact(expected));
      const near = await expectNear(actual, expected, kernels.wasm, (by) => outputsFor(name, by, choice));
      if (near.apart > 0) deviating++;
      expect(near.apart).toBeLessThanOrEqual(mostOutliers * near.all);
      if (isSmooth(choice)) expect(near.farthest).toBeLessThan(10 * tolerance);
    });
  });
}
