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
import { groups, kernelNames, outputsOf } from './parity.js';

/**
 * Composed kernels against the reference (by the WASM kernels, which have its bits). Their random numbers are the same;
 * sums over rows and columns have another order. So:
 * - what pulses and drift do to cells, op by op, has the same bits;
 * - sums, and what follows from them, agree to 1e-5 of max(1, |x|), but where a sum falls on the other side of a tie: a
 *   converter's level, a pair that is just saturated, an error that is just not zero, a request of thousands of whole
 *   pulses. There a level, a refresh, a write's noise or a pulse differs. That may be so in at most a fifth of a case's
 *   values (10.6 % is the most that was seen), and in at most a tenth of the cases, or two of few.
 */
type Outputs = Record<string, Float32Array>;

const tolerance = 1e-5;
const mostOutliers = 0.2;
const mostCases = 0.1;
const steps = 3;

/** Every nth case of each group, so that every group and kernel has some. */
function casesOf(every: number): Choice[] {
  return Object.values(groups).flatMap((choices) => choices.filter(isQuick).filter((_, i) => i % every === 0));
}

/**
 * A saturated one-sided pair of these is written anew by thousands of ever smaller pulses, for each of which composed
 * kernels take some thirty ops: a case lasts minutes.
 */
function isQuick({ coding, device }: Choice): boolean {
  return coding !== 'one-sided-pair' || !/^(power|exponential step)/.test(device);
}

/** Single steps, each from the reference's own cells, so that what falls elsewhere in one does not grow in the next. */
async function trainedSteps(set: KernelSet, choice: Choice): Promise<Outputs> {
  const samples = samplesOf(sampleChoiceOf(choice));
  const start = replicaOf(networkOf(choice), 11);
  const outputs: Outputs = {};
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

/** Part of the values that lie outside the tolerance. */
function outliersOf(actual: Outputs, expected: Outputs): number {
  let [outside, all] = [0, 0];
  for (const [name, values] of Object.entries(expected)) {
    all += values.length;
    const got = actual[name]!;
    values.forEach((x, i) => {
      if (!(Math.abs(got[i]! - x) <= tolerance * Math.max(1, Math.abs(x)))) outside++;
    });
  }
  return all === 0 ? 0 : outside / all;
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

    it.each(choices)('%s', async (_title, choice) => {
      const expected = await outputsFor(name, kernels.wasm, choice);
      const before = tf.memory().numTensors;
      const actual = await outputsFor(name, set, choice);
      expect(tf.memory().numTensors).toBe(before);
      const exact = (outputs: Outputs): Outputs =>
        Object.fromEntries(Object.entries(outputs).filter(([array]) => isExact(name, array)));
      expectSameBits(exact(actual), exact(expected));
      expect(Object.keys(actual)).toEqual(Object.keys(expected));
      const outliers = outliersOf(actual, expected);
      if (outliers > 0) deviating++;
      expect(outliers).toBeLessThanOrEqual(mostOutliers);
    });
  });
}
