import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import type { Claim } from '../../src/experiment/sweep/claims.js';
import type * as Folder from '../../src/experiment/sweep/folder.js';
import type * as Load from '../../src/experiment/sweep/load.js';
import type * as Plan from '../../src/experiment/sweep/plan.js';
import type { SweepEvent } from '../../src/experiment/sweep/request.js';
import type * as RunSweep from '../../src/experiment/sweep/run-sweep.js';
import { smallSweep, writeSweep } from '../experiment/sweep/small-sweep.js';
import { startsIn, trialsIn } from '../experiment/sweep/sweep-folder.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

useCommand();

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const names = (...at: string[]): string[] =>
  (existsSync(scratch.path(...at)) ? readdirSync(scratch.path(...at)) : []).sort();
const table = async (out: string) => (await mho.run(['results', out, '--csv'], scratch.folder)).stdout;
const weights = (out: string, hash: string) => readFileSync(scratch.path(out, 'trials', hash, 'final.safetensors'));

/** How many trials each process began, in order. */
function processes(out: string): number[] {
  const counts = new Map<number, number>();
  for (const { pid } of startsIn(scratch, out)) counts.set(pid, (counts.get(pid) ?? 0) + 1);
  return [...counts.values()];
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 120_000) throw new Error('nothing came of it within two minutes');
    await sleep(20);
  }
}

/** A module of the command as it is compiled, whose processes are real. */
const compiled = async <Module>(name: string): Promise<Module> =>
  (await import(pathToFileURL(path.join(path.dirname(mho.main), '../experiment/sweep', name)).href)) as Module;

/** Runs the sweep as where `wasm` stood for a GPU: its trials are trained at once, and their kernels are everywhere. */
async function runTogether(
  out: string,
  prepare: (folder: Folder.SweepFolder, names: string[]) => void = () => undefined,
) {
  const { loadSweep } = await compiled<typeof Load>('load.js');
  const { openFolder, experimentFile } = await compiled<typeof Folder>('folder.js');
  const { TrialNames, pointLoader, sheetOf, trialsOf } = await compiled<typeof Plan>('plan.js');
  const { runSweep } = await compiled<typeof RunSweep>('run-sweep.js');
  const sweep = loadSweep(scratch.path('sweep.yaml'));
  const folder = openFolder(scratch.path(out), sheetOf(sweep, 'code'), stringify(sweep.base.resolved), true, null);
  const all = new TrialNames(sweep, 'code', pointLoader(folder.file(experimentFile), sweep));
  prepare(
    folder,
    [...trialsOf(sweep, all)].map(({ hash }) => hash),
  );
  const [controller, events] = [new AbortController(), [] as SweepEvent[]];
  const end = runSweep({
    ...{ sweep, folder, names: all, code: 'code', offline: true, commandLine: ['test'], signal: controller.signal },
    jobs: 1,
    choose: (backend) => Promise.resolve(backend === 'wasm' ? 'webgpu' : 'wasm'),
    observe: (event) => events.push(event),
    warn: () => undefined,
  });
  return { end, events, controller };
}

/** Four trials of a moment each on `wasm`, and the same with one cell a weight. */
const grouped = smallSweep
  .replace('overrides: {', 'overrides: { backend: wasm, training.epochs: 3,')
  .replace('  training.learningRate: [0.1, 0.3]\n', '');

/** Six trials with float weights, of which two go wrong at once and two in the end. */
const floats = smallSweep
  .replace('overrides: {', 'overrides: { backend: wasm, device: { model: ideal },')
  .replace('  device.cycleToCycle: [0, 0.05]\n', '')
  .replace('[0.1, 0.3]', '[0.1, -1, 1e38]');

describe.skipIf(!orhdIsHere)('trials that are trained at once', () => {
  it('leave what they leave alone, those of each kind from one process', async () => {
    writeSweep(scratch, grouped.replace('axes:', 'axes:\n  crossbar.coding: [differential-pair, offset]'));
    const { end, events } = await runTogether('groups');
    expect(await end).toMatchObject({ status: 'complete', trials: 8, finished: 8, failed: 0, begun: 8 });
    expect(processes('groups')).toEqual([4, 4]);
    await mho.run(['sweep', 'sweep.yaml', '--out', 'alone', '--quiet'], scratch.folder);
    expect(processes('alone')).toEqual(Array.from({ length: 8 }, () => 1));
    // Names hold the version of the code, and nothing else that differs.
    const rows = (text: string): string[] => text.split('\n').map((row) => row.replace(/\b[0-9a-f]{16}\b/, ''));
    expect(rows(await table('groups'))).toEqual(rows(await table('alone')));
    const byIndex = (out: string) => trialsIn(scratch, out).sort((a, b) => a.index - b.index);
    byIndex('groups').forEach(({ hash, together, result }, i) => {
      const alone = byIndex('alone')[i]!;
      expect([together, alone.together, result]).toEqual([4, 1, alone.result]);
      expect(weights('groups', hash).equals(weights('alone', alone.hash))).toBe(true);
      expect(names('groups', 'trials', hash)).toEqual(names('alone', 'trials', alone.hash));
    });
    const progress = events.filter((event) => event.type === 'progress').map(({ trial }) => trial.hash);
    expect(new Set(progress).size).toBe(8);
  });

  it('fail by themselves where a point cannot be, or comes to nothing', async () => {
    writeSweep(scratch, floats);
    const { end } = await runTogether('groups');
    expect(await end).toMatchObject({ finished: 2, failed: 4, begun: 6 });
    expect(processes('groups')).toEqual([6]);
    const failed = trialsIn(scratch, 'groups').filter(({ status }) => status === 'failed');
    const told = failed.map(({ point, exitCode, error }) => [point['training.learningRate'], exitCode, error]);
    const both = (...record: unknown[]) => [record, record];
    const [refusal, , divergence] = failed.map(({ error }) => error).sort();
    expect(refusal).toBe('--set training.learningRate: got -1, expected a number > 0');
    expect(divergence).toMatch(/^training: training diverged: after 200 samples the network's outputs are not numbers/);
    expect(told.sort()).toEqual([...both(-1, 2, refusal), ...both(1e38, 1, divergence)]);
    for (const { hash, error } of failed)
      expect(readFileSync(scratch.path('groups', 'trials', hash, 'log.txt'), 'utf8')).toBe(`${error!}\n`);
    expect(names('groups', 'claims').filter((name) => !name.endsWith('.failed'))).toEqual([]);
    expect(names('groups', 'running')).toEqual([]);
  });

  it('are begun again in halves where one fells what they share, until it is alone', async () => {
    writeSweep(scratch, grouped);
    const { end, events } = await runTogether('groups', (folder, [, , bad]) => {
      // Whole, and of another network: whoever opens it with others takes them down.
      const trainer = {
        epoch: 1,
        samples: 200,
        evaluations: 2,
        states: [],
        time: { driftedAt: 0, elapsed: 0, pending: [] },
      };
      const run = { trainer, metrics: [], evaluation: undefined, trainSeconds: 1, epochSeconds: 0 };
      folder.checkpoint(bad!).write({ run, recorded: { points: [], stages: [], histograms: [] } });
    });
    expect(await end).toMatchObject({ status: 'complete', finished: 3, failed: 1, begun: 10 });
    expect(processes('groups')).toEqual([4, 2, 2, 1, 1]);
    const lost = events.flatMap((event) => (event.type === 'lost' ? [event] : []));
    expect(lost.map(({ trials, processes: count }) => [trials.length, count])).toEqual([
      [4, 2],
      [2, 2],
    ]);
    for (const { reason } of lost) expect(reason).toMatch(/^OnlineSgd: replica \d: has 2 layers but 0 states$/);
    const failed = trialsIn(scratch, 'groups').filter(({ status }) => status === 'failed');
    expect(failed.map(({ exitCode, together, error }) => [exitCode, together, error])).toEqual([
      [2, 1, 'OnlineSgd: replica 0: has 2 layers but 0 states'],
    ]);
  });

  it('are each run once by two sweeps at once on one folder, whoever takes which', async () => {
    writeSweep(scratch, grouped);
    const both = await Promise.all([runTogether('twice'), runTogether('twice')]);
    for (const { end } of both) expect(await end).toMatchObject({ status: 'complete', finished: 4, failed: 0 });
    expect(new Set(startsIn(scratch, 'twice').map(({ hash }) => hash)).size).toBe(4);
    expect(startsIn(scratch, 'twice')).toHaveLength(4);
    expect([names('twice', 'claims'), names('twice', 'running')]).toEqual([[], []]);
  });

  it('are shown no longer once another process has them', async () => {
    writeSweep(scratch, grouped.replace('seeds: 2', 'seeds: 1').replace('training.epochs: 3', 'training.epochs: 400'));
    let claims: Folder.SweepFolder['claims'] | undefined;
    const { end, events } = await runTogether('groups', (folder) => {
      claims = folder.claims;
    });
    await until(() => names('groups', 'running').length === 2);
    const { hash, pid } = startsIn(scratch, 'groups')[0]!;
    process.kill(pid, 'SIGKILL');
    // Before the sweep hears of it.
    let claim: Claim | undefined;
    while (!claim) claim = claims!.take(hash);
    await until(() => events.some((event) => event.type === 'waiting'));
    const shown = new Set<string>();
    for (const event of events) {
      if (event.type === 'begin') shown.add(event.trial.hash);
      if (event.type === 'end' || event.type === 'passed') shown.delete(event.trial.hash);
      if (event.type === 'lost') for (const trial of event.trials) shown.delete(trial.hash);
    }
    expect([...shown]).toEqual([]);
    claim.release();
    expect(await end).toMatchObject({ status: 'complete', finished: 2, failed: 0 });
  });

  it('go on where they were after SIGTERM, SIGKILL of their process, and the end of the sweep', async () => {
    writeSweep(scratch, grouped.replace('training.epochs: 3', 'training.epochs: 400, training.order: shuffle'));
    const epochs = (): number => {
      const lines = names('groups', 'running').map((name) => {
        const file = scratch.path('groups', 'running', name, 'metrics.jsonl');
        return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 2 : 0;
      });
      return lines.length === 4 ? Math.min(...lines) : 0;
    };
    const first = await runTogether('groups');
    await until(() => epochs() >= 20);
    // What is told to end is begun again as it was.
    process.kill(startsIn(scratch, 'groups').at(-1)!.pid, 'SIGTERM');
    await until(() => startsIn(scratch, 'groups').length === 8 && epochs() >= 40);
    first.controller.abort();
    expect(await first.end).toMatchObject({ status: 'interrupted', finished: 0, begun: 8 });
    expect([names('groups', 'checkpoints').length, names('groups', 'running'), names('groups', 'claims')]).toEqual([
      4,
      [],
      [],
    ]);
    const second = await runTogether('groups');
    await until(() => startsIn(scratch, 'groups').length === 12 && epochs() >= 60);
    process.kill(startsIn(scratch, 'groups').at(-1)!.pid, 'SIGKILL');
    expect(await second.end).toMatchObject({ status: 'complete', finished: 4, begun: 8 });
    expect(processes('groups')).toEqual([4, 4, 4, 2, 2]);
    const from = readFileSync(scratch.path('groups', 'starts.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.split(' ')[3]));
    [0, 20, 40, 40].forEach((epoch, i) => {
      for (const samples of from.slice(4 * i, 4 * i + 4)) expect(samples).toBeGreaterThanOrEqual(200 * epoch);
    });
    const undisturbed = await runTogether('calm');
    await undisturbed.end;
    for (const { hash } of trialsIn(scratch, 'calm'))
      expect(weights('groups', hash).equals(weights('calm', hash))).toBe(true);
    expect(await table('groups')).toBe(await table('calm'));
  }, 240_000);
});

/** Three trials on a GPU that computes on the processor. */
const onGpu = smallSweep
  .replace('count: 200', 'count: 20')
  .replace('  training.learningRate: [0.1, 0.3]\n', '')
  .replace('[0, 0.05]', '[0.05]')
  .replace('seeds: 2', 'seeds: 3');

describe.skipIf(!orhdIsHere || !hasGpu)(`mho sweep --backend webgpu (${gpuTitle})`, () => {
  const sweep = (...args: string[]) => ['sweep', 'sweep.yaml', '--backend', 'webgpu', ...args];

  it('gives the table of a process a trial, survives kill -9 of a group and of itself, and runs nothing twice', async () => {
    writeSweep(scratch, onGpu);
    const one = await mho.run(sweep('--group', '1', '--out', 'alone', '--quiet'), scratch.folder);
    expect(one.code).toBe(0);
    expect(processes('alone')).toEqual([1, 1, 1]);
    const child = mho.start(sweep('--out', 'groups', '--resume'), scratch.folder);
    const killed = finished(child);
    await until(() => names('groups', 'running').length === 3);
    process.kill(startsIn(scratch, 'groups').at(-1)!.pid, 'SIGKILL');
    await until(() => processes('groups').length === 2);
    child.kill('SIGKILL');
    const { stderr } = await killed;
    expect(stderr).toContain(
      '3 trials at once: the process was killed (SIGKILL); they go on in 2 processes, each from where it was kept, or anew',
    );
    const again = await mho.run(sweep('--out', 'groups', '--resume', '--json'), scratch.folder);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'complete', finished: 3, failed: 0 });
    expect(processes('groups')[0]).toBe(3);
    expect(await table('groups')).toBe(await table('alone'));
    for (const { hash, result } of trialsIn(scratch, 'groups')) {
      expect(result?.backend).toBe('webgpu');
      expect(weights('groups', hash).equals(weights('alone', hash))).toBe(true);
    }
    const starts = startsIn(scratch, 'groups').length;
    expect((await mho.run(sweep('--out', 'groups', '--resume'), scratch.folder)).code).toBe(0);
    expect(startsIn(scratch, 'groups')).toHaveLength(starts);
  }, 240_000);
});

describe('mho sweep', () => {
  it.each([
    [['--group', '0'], '--group: got "0", expected a whole number from 1 to 4096\n'],
    [
      ['--backend', 'gpu'],
      '--backend: got "gpu", expected one of auto, wasm, webgpu, tensorflow, cpu; did you mean webgpu?\n',
    ],
  ])('refuses %j', async (args, message) => {
    writeSweep(scratch);
    const { code, stdout, stderr } = await mho.run(['sweep', 'sweep.yaml', ...args], scratch.folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(message);
    expect(scratch.names()).toEqual(['cells.yaml', 'device.yaml', 'sweep.yaml']);
  });

  it('refuses a backend beside an axis of backends', async () => {
    writeSweep(scratch, smallSweep.replace('axes:', 'axes:\n  backend: [wasm, cpu]'));
    const { stderr } = await mho.run(['sweep', 'sweep.yaml', '--backend', 'webgpu'], scratch.folder);
    expect(stderr).toBe('--backend: stands beside the axis backend, expected one of them; leave one out\n');
  });

  it('says where a group changes nothing, and hands both on to a submit script', async () => {
    writeSweep(scratch, smallSweep.replace('seeds: 2', 'seeds: 1').replace('[0.1, 0.3]', '[0.1]'));
    const { stderr } = await mho.run(
      ['sweep', 'sweep.yaml', '--backend', 'wasm', '--group', '4', '--offline'],
      scratch.folder,
    );
    expect(stderr).toContain(
      '--group changes nothing: trials are trained at once on webgpu alone, and these run on wasm\n',
    );
    const emit = ['sweep', 'sweep.yaml', '--emit', 'slurm', '--backend', 'webgpu', '--group', '8'];
    expect((await mho.run(emit, scratch.folder)).stdout).toMatch(
      / --out \S+ --backend webgpu --group 8 --resume --shard "\$part"/,
    );
  });
});
