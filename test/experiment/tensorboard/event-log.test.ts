import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../../datasets/registry.js';
import type { KeptExperiment } from '../../../src/experiment/keeper.js';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { splitSet } from '../../../src/experiment/overrides.js';
import { runExperiment, type ExperimentRequest } from '../../../src/experiment/run.js';
import type { EpochMetrics } from '../../../src/experiment/runner.js';
import { eventsOf, recordsOf, scalarsOf, withoutClocks } from '../../helpers/event-file.js';
import { Scratch, smallDevice, smallExperiment } from '../scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);

const drive =
  '{ ltp: { voltage: 1 V, width: 1 us, gap: 1 us }, ltd: { voltage: -1 V, width: 1 us, gap: 1 us }, read: { voltage: 0.1 V, time: 1 us } }';
const everything = [
  ...['dataset.trainSubset.count=300', 'training.epochs=3', `device.drive=${drive}`, 'record.histograms=true'],
  ...['record.energy=true', 'record.idealLine=true', 'record.evaluateAt=[100, 450]'],
];

function run(out: string, sets: readonly string[], more: Partial<ExperimentRequest> = {}) {
  scratch.write('device.yaml', smallDevice);
  const text = smallExperiment
    .replace('{ model: ideal }', 'device.yaml')
    .replaceAll(/units: (\d+)/g, 'units: $1\n      weightLimit: 2');
  const experiment = loadExperiment(scratch.write('small.yaml', text), { overrides: sets.map(splitSet) });
  return runExperiment({ experiment, out: scratch.path(out), commandLine: ['test'], ...more });
}

const eventFile = 'events.out.tfevents.mho';
const bytesOf = (...names: string[]): Buffer => readFileSync(scratch.path(...names, eventFile));
const metricsOf = (...names: string[]): EpochMetrics[] =>
  readFileSync(scratch.path(...names), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as EpochMetrics);

describe.skipIf(!orhdIsHere)('the event file of a run', () => {
  it('holds every evaluation of the run and of its twin, at the samples learnt by then', async () => {
    const before = Date.now() / 1000;
    await run('out', everything);
    const events = eventsOf(bytesOf('out'));
    const metrics = metricsOf('out', 'metrics.jsonl');
    const ideal = metricsOf('out', 'ideal-metrics.jsonl');
    for (const kind of ['accuracy', 'loss', 'epoch'] as const)
      expect(scalarsOf(events, kind)).toEqual(metrics.map((one) => [one.samples, Math.fround(one[kind])]));
    expect(scalarsOf(events, 'samples_per_second')).toHaveLength(3);
    for (const kind of ['accuracy', 'loss'] as const)
      expect(scalarsOf(events, `ideal/${kind}`)).toEqual(ideal.map((one) => [one.samples, Math.fround(one[kind])]));
    for (const prefix of ['', 'ideal/']) {
      const within = scalarsOf(events, `${prefix}within_epochs/accuracy`);
      expect(within.map(([step]) => step)).toEqual([0, 100, 300, 450, 600, 900]);
    }
    const { epochs } = JSON.parse(readFileSync(scratch.path('out', 'energy.json'), 'utf8')) as {
      epochs: { potentiation: number }[];
    };
    expect(scalarsOf(events, 'energy/potentiation_J')).toEqual(
      epochs.map(({ potentiation }, i) => [300 * (i + 1), Math.fround(potentiation)]),
    );
    const stepsWith = (tag: string) => events.filter(({ values }) => values.has(tag)).map(({ step }) => step);
    expect(stepsWith('confusion')).toEqual([0, 300, 600, 900]);
    expect(stepsWith('layer0/g_plus')).toEqual([0, 100, 300, 450, 600, 900]);
    const times = events.map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(before);
    expect(times.at(-1)).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('is there and whole after each epoch while the run goes on', async () => {
    const seen: number[] = [];
    await run('out', ['training.epochs=3'], {
      observe: (event) => {
        if (event.type !== 'progress' || event.samplesDone < 3823) return;
        const [partial] = readdirSync(scratch.folder).filter((name) => name.startsWith('.out.partial-'));
        seen.push(scalarsOf(eventsOf(bytesOf(partial!)), 'accuracy').length);
      },
    });
    expect(seen).toEqual([1, 2, 3]);
  });

  it('is whole of a run that was interrupted, with its histograms at the end', async () => {
    const controller = new AbortController();
    await run('out', ['record.histograms=true'], {
      signal: controller.signal,
      observe: (event) => {
        // The first chunk is a small part of an epoch.
        if (event.type === 'progress') controller.abort();
      },
    });
    const events = eventsOf(bytesOf('out'));
    const { samples } = JSON.parse(readFileSync(scratch.path('out', 'run.json'), 'utf8')) as { samples: number };
    expect(samples).toBeLessThan(3823);
    expect(events.map(({ step }) => step)).toEqual([0, samples]);
    const cells = ['layer0/g_plus', 'layer0/g_minus', 'layer1/g_plus', 'layer1/g_minus'];
    expect([...events[1]!.values.keys()]).toEqual(cells);
  });

  it('of a run that another process takes up is that of one that was not cut', async () => {
    let kept: KeptExperiment | undefined;
    const gone = new Error('gone');
    const cut = run('cut', everything, {
      keeper: {
        from: undefined,
        isDue: () => true,
        keep: (now) => {
          kept = structuredClone(now);
          if (now.run.trainer.samples === 450) throw gone;
        },
      },
    });
    await expect(cut).rejects.toBe(gone);
    expect(scratch.names()).not.toContain('cut');
    await run('cut', everything, { keeper: { from: kept, isDue: () => false, keep: () => undefined } });
    await run('alone', everything);
    expect(withoutClocks(bytesOf('cut'))).toEqual(withoutClocks(bytesOf('alone')));
    // One file goes on in the other: the version is named once.
    expect(recordsOf(bytesOf('cut'))).toHaveLength(recordsOf(bytesOf('alone')).length);
  });

  it('is not there where the experiment says so, and then nothing else is another', async () => {
    await run('with', ['training.epochs=2']);
    await run('without', ['training.epochs=2', 'record.tensorboard=false']);
    const [all, fewer] = ['with', 'without'].map((name) => readdirSync(scratch.path(name)));
    expect(all!.filter((name) => !fewer!.includes(name))).toEqual([eventFile]);
    const weights = ['with', 'without'].map((name) => readFileSync(scratch.path(name, 'final.safetensors')));
    expect(weights[0]!.equals(weights[1]!)).toBe(true);
  });
});
