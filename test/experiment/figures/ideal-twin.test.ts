import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../../datasets/registry.js';
import { compileDevice } from '../../../src/device/registry.js';
import { idealTwin } from '../../../src/experiment/figures/ideal-twin.js';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { splitSet } from '../../../src/experiment/overrides.js';
import { runExperiment } from '../../../src/experiment/run.js';
import type { EpochMetrics } from '../../../src/experiment/runner.js';
import { Scratch } from '../scratch.js';

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

const load = (name: string, ...sets: string[]) =>
  loadExperiment(`configs/experiments/${name}.yaml`, { overrides: sets.map(splitSet) });

/** The lines of a file of metrics without their times. */
function metricsOf(...names: string[]) {
  const lines = readFileSync(scratch.path(...names), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const { epoch, samples, correct, count, loss } = JSON.parse(line) as EpochMetrics;
    return { epoch, samples, correct, count, loss };
  });
}

const run = (name: string, out: string, ...sets: string[]) =>
  runExperiment({ experiment: load(name, ...sets), out: scratch.path(out), commandLine: [], offline: true });

describe('the ideal twin', () => {
  it.each(['wse2-orhd', 'wse2-mnist', 'ws2-mnist'])('of %s is the one that is shipped', (name) => {
    const decisive = (config: ReturnType<typeof load>['config']) => {
      const { dataset, network, crossbar, training, seed, device } = config;
      return { dataset, network, crossbar, training, seed, response: compileDevice(device, crossbar) };
    };
    expect(decisive(idealTwin(load(name).config)!)).toEqual(decisive(load(`${name}-ideal`).config));
  });

  it('is the run itself where that is ideal, but not where it still has converters', () => {
    expect(idealTwin(load('wse2-orhd-ideal').config)).toBeUndefined();
    const converters = 'crossbar.converters={forwardInput: {bits: 7, max: 1}}';
    expect(idealTwin(load('wse2-orhd-ideal', converters).config)?.crossbar.converters).toBe('none');
  });

  it.each([
    ['wse2-orhd', orhdIsHere, ['training.epochs=3']],
    ['ws2-mnist', true, ['dataset.trainSubset.count=3000', 'training.epochs=2']],
  ] as const)('of %s comes to the bits of the shipped one, beside the device', async (name, here, sets) => {
    if (!here) return;
    const { record } = await run(name, 'both', ...sets, 'record.idealLine=true');
    const ideal = await run(`${name}-ideal`, 'ideal', ...sets);
    const alone = await run(name, 'alone', ...sets, 'record.idealLine=false');
    expect(metricsOf('both', 'ideal-metrics.jsonl')).toEqual(metricsOf('ideal', 'metrics.jsonl'));
    expect(metricsOf('both', 'metrics.jsonl')).toEqual(metricsOf('alone', 'metrics.jsonl'));
    const { accuracy, bestAccuracy, bestEpoch, samples, epochs } = ideal.record;
    expect(record.ideal).toMatchObject({ status: 'complete', accuracy, bestAccuracy, bestEpoch, samples, epochs });
    expect(alone.record.ideal).toBeNull();
    const weights = (folder: string) => readFileSync(scratch.path(folder, 'final.safetensors'));
    expect(weights('both').equals(weights('alone'))).toBe(true);
  });

  it('that diverges is told apart from the device', async () => {
    // A bounded cell cannot diverge; float weights can.
    const diverging = [
      'training.learningRate=1e30',
      'network.layers[0].activation=relu',
      'dataset.trainSubset.count=50',
    ];
    const failure = run('ws2-mnist', 'out', ...diverging, 'record.idealLine=true');
    await expect(failure).rejects.toThrow(
      /^ideal twin: training: training diverged: .*; lower training\.learningRate, or leave record\.idealLine out$/,
    );
    expect(scratch.names()).toEqual([]);
  });
});
