import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDataset, datasetSource } from '../../datasets/registry.js';
import { transformDataset } from '../../datasets/transform.js';
import type { Replica, Samples } from '../../kernels/online-sgd/contract.js';
import { hostKernels, kernels, type KernelSet } from '../../kernels/register.js';
import { shippedConfigs } from '../../src/experiment/files.js';
import { loadExperiment } from '../../src/experiment/loader.js';
import { splitSet } from '../../src/experiment/overrides.js';
import { diagnoseBackends } from '../../src/ops/diagnosis.js';
import { chooseBackend, useBackend } from '../../src/ops/backend.js';
import { crossbarRead } from '../../src/ops/crossbar-read.js';
import { pulseUpdate } from '../../src/ops/pulse-update.js';
import { inputTable, samplesOf as trainingSamples } from '../../src/training/inputs.js';
import { createReplica } from '../../src/training/network.js';
import { Trainer } from '../../src/training/trainer.js';
import { arraysOf, differs, expectSameBits, replicaOf, testKey, uniforms } from '../helpers/kernels.js';
import { expectNear } from '../helpers/near.js';
import { hasTensorflow, tensorflowTitle } from '../helpers/tensorflow.js';
import { findTensorflow, loadTensorflow } from '../../kernels/composed/tensorflow.js';

describe('a folder without the package', () => {
  const told = process.env.MHO_TFJS_NODE;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mho-tensorflow-'));
  beforeAll(() => {
    process.env.MHO_TFJS_NODE = folder;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
    if (told === undefined) delete process.env.MHO_TFJS_NODE;
    else process.env.MHO_TFJS_NODE = told;
  });

  it('is refused with the folder and what to install, whatever lies elsewhere', async () => {
    expect(findTensorflow()).toMatchObject({
      what: `MHO_TFJS_NODE names ${folder}, where @tensorflow/tfjs-node is not installed`,
    });
    await expect(loadTensorflow()).rejects.toThrow('run `npm install @tensorflow/tfjs-node` (or tfjs-node-gpu)');
  });

  it('is refused where an installation was broken off', async () => {
    const broken = path.join(folder, 'node_modules/@tensorflow/tfjs-node');
    mkdirSync(broken, { recursive: true });
    writeFileSync(path.join(broken, 'package.json'), '{ "version": "4.22.0", "main": "dist/index.js" }');
    await expect(loadTensorflow()).rejects.toThrow(
      /^tensorflow: @tensorflow\/tfjs-node 4\.22\.0 is installed in part: [^\n]*; run `npm install @tensorflow\/tfjs-node` again/,
    );
  });
});

describe.skipIf(!hasTensorflow)(`the backend tensorflow (${tensorflowTitle})`, () => {
  const { program, states } = replicaOf({ sizes: [7, 5], device: 'noisy exponential' }, 11);
  const crossbar = program.layers[0]!.crossbar;
  const state = states[0]!;
  const { rows, cols } = crossbar;
  const shape: [number, number] = [rows, cols];

  beforeAll(() => useBackend('tensorflow'));

  it('is found, told and diagnosed', async () => {
    expect(tf.getBackend()).toBe('tensorflow');
    expect((await chooseBackend('tensorflow')).reason).toMatch(/^as told: @tensorflow\/tfjs-node/);
    const found = (await diagnoseBackends()).find(({ name }) => name === 'tensorflow');
    expect(found).toMatchObject({ ready: true });
  });

  it('has the ops on tensors of its own, and leaves none behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const cells = { plus: tf.tensor2d(state.plus, shape), minus: tf.tensor2d(state.minus, shape) };
      const delta = uniforms(rows * cols, -0.3, 0.3, testKey(1));
      const expected = hostKernels.cpu.PulseUpdate.run({ crossbar, state, delta, seed: 3, layer: 0, step: 2 });
      const written = pulseUpdate(crossbar, cells, tf.tensor2d(delta, shape), { seed: 3, step: 2 });
      const plus = written.plus.dataSync() as Float32Array;
      expectSameBits({ plus }, { plus: expected.plus });
      expect(written.plus.dataSync()).not.toEqual(state.plus);
      const inputs = uniforms(2 * rows, -1, 1, testKey(2));
      const read = crossbarRead(crossbar, cells, tf.tensor2d(inputs, [2, rows]), { seed: 3 }).dataSync();
      const call = { crossbar, state, inputs, batch: 2, transposed: false, seed: 3, layer: 0, stream: 0 };
      const sums = hostKernels.cpu.CrossbarRead.run(call);
      sums.forEach((sum, i) => {
        expect(read[i]).toBeCloseTo(sum, 5);
      });
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);

describe.skipIf(!hasTensorflow || !orhdIsHere)(`training on tensorflow (${tensorflowTitle})`, () => {
  const count = 200;
  const set = [`dataset.trainSubset.count=${count}`].map(splitSet);
  const { config } = loadExperiment(shippedConfigs('experiments').get('wse2-orhd')!, { overrides: set });

  /** One sample of one network, from its cells on. */
  async function trainedOn(by: KernelSet, replica: Replica, samples: Samples, step: number) {
    const session = await by.OnlineSgd.open([replica]);
    await session.train(await session.load(samples), Uint32Array.of(step), step);
    const states = await session.states(0);
    session.dispose();
    return states;
  }

  it('trains each of the first samples of ORHD as WASM does, from the same cells', async () => {
    await useBackend('tensorflow');
    const dataset = transformDataset(await loadDataset('orhd'), config.dataset);
    const samples = trainingSamples(dataset.train, dataset, inputTable(dataset, config.dataset.inputs));
    let replica = createReplica({ ...config, inputs: dataset.features }, config.seed);
    let [turned, moved] = [0, 0];
    for (let step = 0; step < count; step++) {
      const run = async (by: KernelSet) => arraysOf(await trainedOn(by, replica, samples, step));
      const states = await trainedOn(kernels.wasm, replica, samples, step);
      const expected = arraysOf(states);
      if (differs(expected, arraysOf(replica.states))) moved++;
      const near = await expectNear(await run(kernels.tensorflow), expected, kernels.wasm, run);
      if (near.apart > 0) turned++;
      expect(near.apart).toBeLessThan(0.01 * near.all);
      replica = { ...replica, states };
    }
    expect(moved).toBeGreaterThan(0.9 * count);
    // The error's converter has 63 levels: a sum rounded otherwise that turns one is rare.
    expect(turned).toBeLessThan(0.02 * count);
  });

  async function accuracyOn(backend: 'wasm' | 'tensorflow'): Promise<number> {
    const { network, crossbar, device, training, seed } = config;
    const dataset = await loadDataset('orhd');
    const spec = { network, crossbar, device, training, seed, dataset, inputs: config.dataset, backend };
    const trainer = await Trainer.create(spec);
    try {
      await trainer.trainEpoch();
      return (await trainer.evaluate()).accuracy;
    } finally {
      trainer.dispose();
    }
  }

  it('ends where WASM ends', async () => {
    const [wasm, tensorflow] = [await accuracyOn('wasm'), await accuracyOn('tensorflow')];
    expect(wasm).toBeGreaterThan(0.2);
    // A converter's level that falls the other way once changes a few pulses after it, and those a few test images.
    expect(Math.abs(tensorflow - wasm)).toBeLessThan(0.01);
  });
});
