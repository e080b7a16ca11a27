import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import type { RunRecord } from '../../src/experiment/record.js';
import type { ReplicasRecord } from '../../src/experiment/replicas/summary.js';
import { withoutClocks } from '../helpers/event-file.js';
import { smallExperiment } from '../experiment/scratch.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

useCommand();
beforeEach(() => {
  scratch.write('small.yaml', smallExperiment);
});

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const deviceExperiment = path.resolve('configs/experiments/wse2-orhd.yaml');

function recordOf(...names: string[]): ReplicasRecord {
  return JSON.parse(readFileSync(scratch.path(...names, 'replicas.json'), 'utf8')) as ReplicasRecord;
}

/** Waits until the first replica's unfinished folder holds an epoch that was trained. */
async function trainingBegun(): Promise<void> {
  for (;;) {
    const files = readdirSync(scratch.folder, { recursive: true, encoding: 'utf8' });
    const metrics = files.find((file) => file.endsWith('metrics.jsonl'));
    if (metrics !== undefined && readFileSync(scratch.path(metrics), 'utf8').includes('"epoch":1,')) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const weightsOf = (...names: string[]): Buffer => readFileSync(scratch.path(...names, 'final.safetensors'));

/** Trains nothing, and is then left alone: a run with a warning and with pictures. */
const retentionExperiment = smallExperiment
  .replace('device: { model: ideal }', `device: ${path.resolve('configs/devices/pi-ws2-ns.yaml')}`)
  .replaceAll(/units: (\d+)/g, 'units: $1\n      weightLimit: 2')
  .replace('learningRate: 0.1', 'learningRate: 1e-9')
  .concat('conditions: { retention: { temperatures: [25 degC], times: [1 s, 1000 s] } }\n');

/** Files of a run folder, in order. */
const filesOf = (...names: string[]): string[] =>
  readdirSync(scratch.path(...names), { recursive: true, encoding: 'utf8' }).sort();

describe.skipIf(!orhdIsHere)('mho run --replicas', () => {
  it('leaves for each seed the run folder that its run alone leaves, and a summary', async () => {
    const common = [deviceExperiment, '--epochs', '1', '--set', 'training.order=shuffle'];
    const args = ['run', ...common, '--replicas', '3', '--seed', '4', '--jobs', '2', '--out', 'all', '--json'];
    const { code, stdout, stderr } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    expect(
      stderr.split('\n').filter((line) => /^replica-\d \(seed \d\): accuracy \d+\.\d\d %$/.test(line)),
    ).toHaveLength(3);
    const record = recordOf('all');
    expect(JSON.parse(stdout)).toMatchObject({ status: 'complete', trained: 'apart', replicas: record.replicas });
    expect(readdirSync(scratch.path('all')).sort()).toEqual([
      'config.yaml',
      'replica-1',
      'replica-2',
      'replica-3',
      'replicas.json',
    ]);
    for (const { name, seed, accuracy } of record.replicas) {
      await mho.run(['run', ...common, '--seed', String(seed), '--out', `seed-${seed}`, '--quiet'], scratch.folder);
      expect(weightsOf('all', name).equals(weightsOf(`seed-${seed}`))).toBe(true);
      const alone = JSON.parse(readFileSync(scratch.path(`seed-${seed}`, 'run.json'), 'utf8')) as { accuracy: number };
      expect(accuracy).toBe(alone.accuracy);
      expect(readFileSync(scratch.path('all', name, 'config.yaml'))).toEqual(
        readFileSync(scratch.path(`seed-${seed}`, 'config.yaml')),
      );
    }
    const sorted = record.replicas.map(({ accuracy }) => accuracy!).sort((a, b) => a - b);
    expect(record.spread).toMatchObject([{ count: 3, median: sorted[1], min: sorted[0], max: sorted[2] }]);
  });

  it('leaves pictures and warnings as the run alone does', async () => {
    scratch.write('forgets.yaml', retentionExperiment);
    const args = ['run', 'forgets.yaml', '--replicas', '2', '--out', 'all', '--jobs', '2', '--threads', '2'];
    const { code, stderr } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^replica-1: .*no weight moved/m);
    await mho.run(['run', 'forgets.yaml', '--out', 'one', '--quiet', '--threads', '2'], scratch.folder);
    expect(filesOf('all', 'replica-1')).toEqual(filesOf('one'));
    expect(filesOf('one').some((file) => file.endsWith('.png'))).toBe(true);
    const record = (...names: string[]) =>
      JSON.parse(readFileSync(scratch.path(...names, 'run.json'), 'utf8')) as RunRecord;
    const { warnings, threads } = record('one');
    expect(warnings).toHaveLength(1);
    expect(record('all', 'replica-1')).toMatchObject({ warnings, threads });
    const bytes = (...names: string[]): Buffer => readFileSync(scratch.path(...names));
    for (const file of filesOf('one').filter((name) => !/^figures$|run\.json|metrics\.jsonl|tfevents/.test(name)))
      expect(bytes('all', 'replica-1', file).equals(bytes('one', file))).toBe(true);
    const events = 'events.out.tfevents.mho';
    expect(withoutClocks(bytes('all', 'replica-1', events))).toEqual(withoutClocks(bytes('one', events)));
  });

  it.skipIf(!hasGpu)(`leaves them on webgpu too: ${gpuTitle}`, async () => {
    scratch.write('forgets.yaml', retentionExperiment);
    const less = ['dataset.trainSubset.count=20', 'conditions.retention.times=[1 s]'].flatMap((set) => ['--set', set]);
    const small = [...less, '--backend', 'webgpu', '--quiet', '--out'];
    const args = ['run', 'forgets.yaml', '--replicas', '2', '--jobs', '3', '--threads', '2', ...small, 'all'];
    const { code, stderr } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    expect(stderr).toContain('--jobs changes nothing: on webgpu replicas are trained together, in one process');
    expect(stderr).toContain('--threads changes nothing: there are threads on wasm alone, and this runs on webgpu');
    await mho.run(['run', 'forgets.yaml', ...small, 'one'], scratch.folder);
    expect(filesOf('all', 'replica-1')).toEqual(filesOf('one'));
    const warningsOf = (...names: string[]) =>
      (JSON.parse(readFileSync(scratch.path(...names, 'run.json'), 'utf8')) as RunRecord).warnings;
    expect(warningsOf('all', 'replica-1')).toEqual(warningsOf('one'));
    expect(warningsOf('one')).toHaveLength(1);
  });

  it('names the folder after a device that stands in the place of its own', async () => {
    const args = ['run', 'small.yaml', '--replicas', '2', '--set', 'device=idealDevice.yaml', '--json', '--quiet'];
    scratch.write('idealDevice.yaml', 'model: ideal\n');
    const { code, stdout } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ experiment: 'small', otherDevice: 'idealDevice' });
    expect(readdirSync(scratch.path('runs'))[0]).toMatch(/^small-idealDevice-.*-1x2$/);
  });

  it('says nothing where it is killed, and its processes end with it', async () => {
    const args = ['run', deviceExperiment, '--replicas', '2', '--jobs', '2', '--epochs', '100000', '--out', 'all'];
    const child = mho.start(args, scratch.folder);
    const end = finished(child);
    await trainingBegun();
    child.kill('SIGKILL');
    // stderr is closed by the last of its processes.
    const { stderr } = await end;
    expect(stderr).not.toMatch(/EPIPE|\n +at /);
    // The next run to the place takes away what lies there.
    const again = await mho.run(['run', 'small.yaml', '--out', 'all', '--quiet'], scratch.folder);
    expect(again.code).toBe(0);
    expect(scratch.names()).toEqual(['all', 'small.yaml']);
  });

  it('records one that fails, and leaves the others alone', async () => {
    const vary = 'replicas={vary: {training.learningRate: [0.1, 1e38]}}';
    const { code, stdout } = await mho.run(['run', 'small.yaml', '--set', vary, '--out', 'all'], scratch.folder);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^replica-2 +1 +1e\+38 +- +- +0 +failed: training: training diverged/m);
    expect(stdout).toMatch(/^training\.learningRate=0\.1: median \d\d\.\d\d %, .* \(1 complete\)$/m);
    expect(stdout).toMatch(/^training\.learningRate=1e\+38: no replica is complete$/m);
    expect(stdout).toMatch(/^small: 1 of 2 replicas complete, 1 failed, in /m);
    expect(recordOf('all')).toMatchObject({
      status: 'partial',
      replicas: [{ status: 'complete' }, { status: 'failed' }],
    });
    expect(readdirSync(scratch.path('all')).sort()).toEqual(['config.yaml', 'replica-1', 'replicas.json']);
  });

  it('counts one whose process is killed among those that failed', async () => {
    const args = ['run', deviceExperiment, '--replicas', '3', '--jobs', '2', '--epochs', '8', '--out', 'all'];
    const child = mho.start([...args, '--set', 'record.idealLine=false'], scratch.folder);
    const end = finished(child);
    await trainingBegun();
    const [worker] = readFileSync(`/proc/${child.pid!}/task/${child.pid!}/children`, 'utf8').trim().split(' ');
    process.kill(Number(worker), 'SIGKILL');
    const { code, stdout, stderr } = await end;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^replica-\d \(seed \d\): failed: its process ended with SIGKILL$/m);
    expect(stdout).toMatch(/^wse2-orhd: 2 of 3 replicas complete, 1 failed, in /m);
    const { status, replicas } = recordOf('all');
    expect(status).toBe('partial');
    expect(replicas.filter((row) => row.status === 'failed')).toMatchObject([{ runFolder: null, epochs: 0 }]);
  });

  it('leaves nothing where every one fails', async () => {
    const args = ['run', 'small.yaml', '--replicas', '2', '--set', 'training.learningRate=1e38', '--out', 'all'];
    const { code, stdout, stderr } = await mho.run(args, scratch.folder);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^replicas: all 2 failed, the first with: training: training diverged/m);
    expect(scratch.names()).toEqual(['small.yaml']);
  });

  it('ends on Ctrl-C with what was reached', async () => {
    const args = ['run', deviceExperiment, '--replicas', '3', '--jobs', '1', '--epochs', '100000', '--out', 'all'];
    const child = mho.start(args, scratch.folder);
    const end = finished(child);
    await trainingBegun();
    child.kill('SIGINT');
    const { code, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toContain('stopping; Ctrl-C again quits at once');
    const { status, replicas } = recordOf('all');
    expect(status).toBe('interrupted');
    expect(replicas.map((row) => row.status)).toEqual(['interrupted', 'not begun', 'not begun']);
    expect(replicas[0]!.samples).toBeGreaterThan(0);
    expect(weightsOf('all', 'replica-1').length).toBeGreaterThan(1000);
    expect(scratch.names()).toEqual(['all', 'small.yaml']);
  });

  it.skipIf(!hasGpu)(`trains them in one session on webgpu: ${gpuTitle}`, async () => {
    const common = ['small.yaml', '--set', 'dataset.trainSubset.count=40', '--quiet', '--out'];
    const args = ['run', ...common, 'all', '--replicas', '2', '--backend', 'webgpu', '--json'];
    const { code, stdout } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'complete', trained: 'together', backend: 'webgpu' });
    for (const seed of [1, 2]) {
      await mho.run(['run', ...common, `seed-${seed}`, '--seed', String(seed)], scratch.folder);
      expect(weightsOf('all', `replica-${seed}`).equals(weightsOf(`seed-${seed}`))).toBe(true);
    }
  });

  it.each([
    [['--replicas', '0'], '--replicas: got 0, expected a whole number from 1 to 4096 or a mapping\n'],
    [
      ['--replicas', '2', '--set', 'replicas=3'],
      '--replicas: stands beside --set replicas, expected one of them; leave one out\n',
    ],
    [
      ['--jobs', '2'],
      '--jobs: says how many replicas are trained at a time, but one network is to be trained; add --replicas, or leave it out\n',
    ],
    [['--replicas', '2', '--jobs', 'x'], '--jobs: got "x", expected a whole number from 1 to 1024\n'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await mho.run(['run', 'small.yaml', ...args], scratch.folder);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: message });
    expect(scratch.names()).toEqual(['small.yaml']);
  });
});
