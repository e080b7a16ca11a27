import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { RecoveringSession, type Opener } from '../../kernels/online-sgd/webgpu/recovering-session.js';
import type { OnlineSgdSession } from '../../kernels/online-sgd/contract.js';
import { kernels } from '../../kernels/register.js';
import { DeviceLostError } from '../../kernels/webgpu/device.js';
import { RunError } from '../../src/errors.js';
import { loadExperiment } from '../../src/experiment/loader.js';
import type { RunRecord } from '../../src/experiment/record.js';
import { prepareShared, runExperiment } from '../../src/experiment/run.js';
import { decodeSafetensors } from '../../src/experiment/safetensors.js';
import type { OpenSession } from '../../src/training/shared-sessions.js';
import { Scratch, smallExperiment } from './scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);

/** Sessions on the host that are lost, every one of them, once a number of samples has been trained. */
function losing(after: number): OpenSession {
  const open: Opener = async (replicas) => {
    const session = await kernels.wasm.OnlineSgd.open(replicas);
    return {
      ...session,
      train: (handle, orders, firstStep) =>
        firstStep >= after
          ? Promise.reject(new DeviceLostError({ where: 'webgpu', what: 'the GPU device was lost: unknown' }))
          : session.train(handle, orders, firstStep),
    };
  };
  return (replica) => RecoveringSession.open([replica], open);
}

async function run(out: string, epochs: number, open?: OpenSession, more: { path: string; value: string }[] = []) {
  const sets = [{ path: 'training.epochs', value: String(epochs) }, { path: 'backend', value: 'wasm' }, ...more];
  const overrides = sets.map((set) => ({ ...set, option: `--set ${set.path}` }));
  const experiment = loadExperiment(scratch.write('small.yaml', smallExperiment), { overrides });
  const shared = { ...(await prepareShared(experiment.config, { offline: true })), open };
  return runExperiment({ experiment, out: scratch.path(out), commandLine: ['test'], shared });
}

const readRecord = (out: string) => JSON.parse(readFileSync(scratch.path(out, 'run.json'), 'utf8')) as RunRecord;
const units = 4;

/** The maps of the first layer, a unit each, of its weights by pixel. */
const transposed = (weights: Float32Array): number[] =>
  Array.from({ length: weights.length }, (_, i) => weights[(i % 64) * units + Math.floor(i / 64)]!);

describe.skipIf(!orhdIsHere)('a run whose device is lost for good', () => {
  it('leaves its run folder, marked as failed, with the weights of the last checkpoint', async () => {
    // Checkpoints are kept from 20 000 samples on: the chunk that passes them is the last one that is kept.
    const { record } = await run('lost', 20, losing(7 * 3823));
    expect(record).toMatchObject({ status: 'failed', epochs: 7 });
    const { samples, error, accuracy } = readRecord('lost');
    expect(error).toMatch(/^webgpu: the GPU device was lost: unknown; 3 devices were lost one after the other; update/);
    expect(samples).toBeGreaterThanOrEqual(20_000);
    expect(samples).toBeLessThanOrEqual(7 * 3823);
    const metrics = readFileSync(scratch.path('lost', 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
    expect(metrics).toHaveLength(8);
    expect(accuracy).toBe((JSON.parse(metrics.at(-1)!) as { accuracy: number }).accuracy);
    expect(readdirSync(scratch.path('lost'))).toContain('confusion.json');
    const file = readFileSync(scratch.path('lost', 'final.safetensors'));
    const { tensors } = decodeSafetensors(file, 'final.safetensors');
    expect(Object.keys(tensors)).toEqual(['layer0.weights', 'layer1.weights']);
    expect(transposed(tensors['layer0.weights']!.data)).toEqual(await mapAfter(samples));
  });

  it('leaves it where no other device can be had', async () => {
    const lost = losing(100);
    const open: OpenSession = async (replica) => {
      const session = (await lost(replica)) as unknown as { open: Opener };
      const none = { where: 'webgpu', what: 'no adapter was offered, so there is no WebGPU', remedy: 'install one' };
      session.open = () => Promise.reject(new RunError(none));
      return session as unknown as OnlineSgdSession;
    };
    const { record } = await run('lost', 1, open);
    expect(record).toMatchObject({ status: 'failed', epochs: 0, samples: 0 });
    expect(record.error).toMatch(
      /; in 2 tries no other took its place: no adapter was offered, so there is no WebGPU;/,
    );
    expect(readdirSync(scratch.path('lost')).sort()).toEqual([
      ...['config.yaml', 'confusion.json', 'events.out.tfevents.mho', 'figures', 'final.safetensors', 'metrics.jsonl'],
      'run.json',
    ]);
    expect(readFileSync(scratch.path('lost', 'metrics.jsonl'), 'utf8')).toContain('"epoch":0');
  });

  it('leaves it where the ideal twin is what was lost, with all of its own training', async () => {
    let opened = 0;
    const twin = [
      { path: 'record.idealLine', value: 'true' },
      { path: 'device', value: '{model: linear, gMin: 1 nS, gMax: 10 nS, states: 30}' },
      { path: 'network.layers[0].weightLimit', value: '2' },
      { path: 'network.layers[1].weightLimit', value: '2' },
    ];
    const open: OpenSession = (replica) =>
      opened++ === 0 ? kernels.wasm.OnlineSgd.open([replica]) : losing(100)(replica);
    const { record } = await run('lost', 1, open, twin);
    expect(record).toMatchObject({
      status: 'failed',
      epochs: 1,
      samples: 3823,
      ideal: { status: 'failed', epochs: 0 },
    });
    expect(record.error).toMatch(/^ideal twin: webgpu: the GPU device was lost: .*, or leave record.idealLine out$/);
  });
});

/** The same maps of the same run, undisturbed, after a number of samples. */
async function mapAfter(samples: number): Promise<number[]> {
  const maps = [{ path: 'record.weightMaps', value: `[${samples}]` }];
  const { record } = await run('whole', Math.ceil(samples / 3823), undefined, maps);
  expect(record.status).toBe('complete');
  const file = readFileSync(scratch.path('whole', 'figures', 'weight-maps.safetensors'));
  const { data } = decodeSafetensors(file, 'weight-maps.safetensors').tensors.weights!;
  // Stages: before training, the one asked for, the end.
  return [...data.slice(64 * units, 2 * 64 * units)];
}
