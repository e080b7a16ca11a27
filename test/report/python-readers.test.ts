import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadExperiment } from '../../src/experiment/loader.js';
import { encodeWeights, finalWeights } from '../../src/experiment/export-run.js';
import { runExperiment } from '../../src/experiment/run.js';
import { writeEvents } from '../../src/report/tensorboard/write-events.js';
import { Scratch } from '../experiment/scratch.js';

/** What Mho writes for programs in Python, read back by those programs. */

const python = path.resolve('.cache/python-readers/bin/python');
const there = existsSync(python);
const title = there ? python : 'skipped: no Python packages; node scripts/python-readers.mjs installs them';

const scratch = new Scratch();
afterAll(() => {
  scratch.remove();
});

function reading(program: string, ...args: string[]): unknown {
  const options = { encoding: 'utf8', env: { ...process.env, PYTHONWARNINGS: 'ignore' }, stdio: 'pipe' } as const;
  return JSON.parse(execFileSync(python, ['-c', program, ...args], options));
}

const readEvents = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'images': 0, 'histograms': 0})
events.Reload()
tags = events.Tags()
scalars = {tag: [[one.step, one.value, one.wall_time] for one in events.Scalars(tag)] for tag in tags['scalars']}
images = {tag: [[one.step, one.width, one.height, one.encoded_image_string[1:4].decode(), len(one.encoded_image_string)] for one in events.Images(tag)] for tag in tags['images']}
def buckets(value):
    return {'num': value.num, 'min': value.min, 'max': value.max, 'limits': list(value.bucket_limit), 'counts': list(value.bucket)}
histograms = {tag: [[one.step, buckets(one.histogram_value)] for one in events.Histograms(tag)] for tag in tags['histograms']}
print(json.dumps({'scalars': scalars, 'images': images, 'histograms': histograms}))
`;

const runsBelow = `
import json, sys
from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
runs = EventMultiplexer()
runs.AddRunsFromDirectory(sys.argv[1])
runs.Reload()
print(json.dumps(sorted(runs.Runs())))
`;

interface Read {
  readonly scalars: Record<string, [step: number, value: number, time: number][]>;
  readonly images: Record<string, [step: number, width: number, height: number, format: string, bytes: number][]>;
  readonly histograms: Record<
    string,
    [step: number, { num: number; min: number; max: number; limits: number[]; counts: number[] }][]
  >;
}

describe.skipIf(!there)(`in Python (${title})`, () => {
  const run = scratch.path('run');
  /** What a TensorBoard saw while the second epoch was trained. */
  let follower: (Read & { readonly runs: readonly string[] }) | undefined;
  const runsOf = (folder: string) => reading(runsBelow, folder) as string[];
  beforeAll(async () => {
    const overrides = ['training.epochs=2', 'record.histograms=true', 'record.energy=true'].map((text) => {
      const [at, value] = text.split('=') as [string, string];
      return { path: at, value, option: '--set' };
    });
    const experiment = loadExperiment('configs/experiments/wse2-orhd.yaml', { overrides });
    await runExperiment({
      ...{ experiment, out: run, commandLine: ['mho', 'run'] },
      observe: (event) => {
        if (event.type !== 'progress' || event.epoch !== 2 || follower !== undefined) return;
        const [partial] = scratch.names().filter((name) => name.startsWith('.run.partial-'));
        follower = { ...(reading(readEvents, scratch.path(partial!)) as Read), runs: runsOf(scratch.folder) };
      },
    });
  }, 60_000);

  it('TensorBoard follows a run that goes on', () => {
    // Its folder is hidden until it is whole.
    expect(follower!.runs).toEqual([expect.stringMatching(/^\.run\.partial-/)]);
    expect(follower!.scalars.accuracy!.map(([step]) => step)).toEqual([0, 3823]);
    expect(follower!.images.confusion).toHaveLength(2);
  });

  it("TensorBoard reads a run's own event file, with what mho tensorboard makes of the run, and more images", () => {
    const { folder, files } = writeEvents([run], scratch.path('again'));
    const [own, made] = [run, path.join(folder, path.dirname(files[0]!))].map(
      (place) => reading(readEvents, place) as Read,
    );
    const valuesOf = ({ scalars }: Read) =>
      Object.fromEntries(Object.entries(scalars).map(([tag, all]) => [tag, all.map(([step, value]) => [step, value])]));
    expect(valuesOf(own!)).toEqual(valuesOf(made!));
    expect(Object.keys(own!.scalars).length).toBeGreaterThan(8);
    expect(own!.images.confusion!.map(([step]) => step)).toEqual([0, 3823, 7646]);
    expect(own!.images.confusion!.at(-1)).toEqual(made!.images.confusion!.at(-1));
    expect(Object.keys(own!.histograms)).toEqual(Object.keys(made!.histograms));
    for (const [tag, all] of Object.entries(own!.histograms)) {
      expect(all.map(([step, { counts }]) => [step, counts])).toEqual(
        made!.histograms[tag]!.map(([step, { counts }]) => [step, counts]),
      );
    }
  });

  it('TensorBoard reads the scalars, the confusion matrix and the histograms of a run', () => {
    const { folder, files } = writeEvents([run], scratch.path('events'));
    const read = reading(readEvents, path.join(folder, path.dirname(files[0]!))) as Read;
    const lines = readFileSync(path.join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
    const metrics = lines.map((line) => JSON.parse(line) as { samples: number; accuracy: number; loss: number });
    for (const kind of ['accuracy', 'loss'] as const) {
      const got = read.scalars[kind]!.map(([step, value]) => [step, value]);
      expect(got).toEqual(metrics.map((one) => [one.samples, Math.fround(one[kind])]));
    }
    expect(read.scalars['ideal/accuracy']).toHaveLength(3);
    expect(read.scalars['energy/potentiation_J']!.every(([, joules]) => joules > 0)).toBe(true);
    const times = read.scalars.accuracy!.map(([, , time]) => time);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    const [step, width, height, format] = read.images.confusion![0]!;
    expect([step, format]).toEqual([metrics.at(-1)!.samples, 'PNG']);
    expect([width, height]).toEqual([254, 200]);
    const { tensors } = finalWeights(run);
    for (const tag of ['layer0/g_plus', 'layer0/g_minus', 'layer1/g_plus', 'layer1/g_minus']) {
      const { shape, data } = tensors[tag.replace('/', '.')]!;
      const [last, { num, min, max, limits, counts }] = read.histograms[tag]!.at(-1)!;
      expect(last).toBe(metrics.at(-1)!.samples);
      expect(num).toBe(shape[0]! * shape[1]!);
      expect([min, max]).toEqual([Math.min(...data), Math.max(...data)]);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(num);
      const below = limits.map((limit) => data.filter((value) => value < limit).length);
      const summed = counts.map((_, i) => counts.slice(0, i + 1).reduce((sum, count) => sum + count, 0));
      // The greatest value stands at the last limit itself; a float at an edge may fall to either side.
      const off = summed.slice(0, -1).map((count, i) => Math.abs(count - below[i]!));
      expect(Math.max(...off)).toBeLessThanOrEqual(2);
    }
  });

  it('numpy and safetensors read the same weights and conductances', () => {
    const weights = finalWeights(run);
    const npz = scratch.write('final.npz', encodeWeights(weights, 'npz'));
    const program = `
import json, sys, numpy
from safetensors.numpy import load_file
arrays, tensors = numpy.load(sys.argv[1]), load_file(sys.argv[2])
assert sorted(arrays.files) == sorted(tensors), (arrays.files, list(tensors))
print(json.dumps({name: {'equal': bool((arrays[name] == tensors[name]).all()), 'type': str(arrays[name].dtype),
    'shape': list(arrays[name].shape), 'first': float(tensors[name][0, 0]), 'last': float(tensors[name][-1, -1])} for name in tensors}))`;
    const read = reading(program, npz, path.join(run, 'final.safetensors'));
    const expected = Object.entries(weights.tensors).map(([name, { shape, data }]) => {
      return [name, { equal: true, type: 'float32', shape, first: data[0], last: data.at(-1) }];
    });
    expect(read).toEqual(Object.fromEntries(expected));
  });
});
