import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { smallSweep, writeSweep } from '../experiment/sweep/small-sweep.js';
import { startsIn, trialsIn } from '../experiment/sweep/sweep-folder.js';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

useCommand();
beforeEach(() => {
  writeSweep(scratch, tiny);
});

/** Four trials of a moment each. */
const tiny = smallSweep.replace('seeds: 2', 'seeds: 1');

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const sweep = (...args: string[]) => mho.run(['sweep', 'sweep.yaml', '--jobs', '2', ...args], scratch.folder);
const names = (...at: string[]): string[] => readdirSync(scratch.path(...at)).sort();
const trials = (out: string) => trialsIn(scratch, out);
const starts = (out: string) => startsIn(scratch, out);

describe.skipIf(!orhdIsHere)('mho sweep', () => {
  it('leaves a run folder for each trial, and runs none of them again', async () => {
    const { code, stdout, stderr } = await sweep('--json');
    expect(code).toBe(0);
    expect(stderr).toMatch(/4 of 4, .* a minute, 0:00 left\n$/);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).toMatchObject({
      sweep: 'small',
      status: 'complete',
      trials: 4,
      finished: 4,
      failed: 0,
      known: 0,
      begun: 4,
    });
    const found = trials('sweeps/small');
    expect(found.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3]);
    expect(names('sweeps/small')).toEqual([
      'claims',
      'experiment.yaml',
      'running',
      'starts.log',
      'sweep.json',
      'trials',
    ]);
    expect([names('sweeps/small/claims'), names('sweeps/small/running')]).toEqual([[], []]);
    const best = Math.max(...found.map((one) => one.result?.accuracy ?? 0));
    expect(result.best).toMatchObject({ mean: best, seeds: [1] });

    // A trial is what `mho run` makes of its configuration, but for the event file.
    const one = found.find(({ index }) => index === 3)!;
    expect(one).toMatchObject({ point: { 'device.cycleToCycle': 0.05, 'training.learningRate': 0.3 }, seed: 1 });
    const sets = ['dataset.trainSubset.count=200', 'device.cycleToCycle=0.05', 'training.learningRate=0.3'];
    const args = sets.flatMap((set) => ['--set', set]);
    await mho.run(['run', 'cells.yaml', ...args, '--backend', 'wasm', '--out', 'alone', '--quiet'], scratch.folder);
    const weights = (folder: string) => readFileSync(scratch.path(folder, 'final.safetensors'));
    expect(weights(`sweeps/small/trials/${one.hash}`).equals(weights('alone'))).toBe(true);
    const besides = names('alone').filter((name) => !names('sweeps/small/trials', one.hash).includes(name));
    expect(besides).toEqual(['events.out.tfevents.mho']);

    const again = await sweep('--resume', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      finished: 4,
      known: 4,
      begun: 0,
      best: result.best,
    });
    expect(starts('sweeps/small')).toHaveLength(4);
    // A value that is added is run alone.
    writeSweep(scratch, tiny.replace('[0, 0.05]', '[0, 0.05, 0.1]'));
    expect(JSON.parse((await sweep('--resume', '--json')).stdout)).toMatchObject({ finished: 6, known: 4, begun: 2 });
  });

  it('takes its best of the points that its conditions leave now', async () => {
    type Told = { best: { point: Record<string, number>; mean: number } };
    const first = JSON.parse((await sweep('--json')).stdout) as Told;
    const path = 'training.learningRate';
    writeSweep(scratch, `${tiny}where: [${path} != ${first.best.point[path]!}]\n`);
    const again = JSON.parse((await sweep('--resume', '--json')).stdout) as Told;
    expect(again).toMatchObject({ trials: 2, finished: 2, known: 2, begun: 0, leftOut: 2 });
    const left = trials('sweeps/small').filter(({ point }) => point[path] !== first.best.point[path]);
    expect(again.best.mean).toBe(Math.max(...left.map(({ result }) => result!.accuracy!)));
    expect(again.best.mean).toBeLessThan(first.best.mean);
  });

  it('records a bad point, a crash and their words, and lets the others live', async () => {
    writeSweep(scratch, tiny.replace('[0.1, 0.3]', '[0.1, -1]'));
    const { code, stdout, stderr } = await sweep();
    expect(code).toBe(1);
    expect(stderr).toContain('failed with exit code 2: --set training.learningRate: got -1, expected a number > 0');
    expect(stdout).toMatch(/^small: 2 of 4 trials finished, 2 failed; /);
    const bad = trials('sweeps/small').filter(({ status }) => status === 'failed');
    expect(bad.map(({ exitCode, result, error }) => [exitCode, result, error])).toEqual(
      Array.from({ length: 2 }, () => [2, null, '--set training.learningRate: got -1, expected a number > 0']),
    );
    expect(readFileSync(scratch.path('sweeps/small/trials', bad[0]!.hash, 'log.txt'), 'utf8')).toContain('got -1');
    // What cannot be is not tried again.
    expect((await sweep('--resume')).stdout).toMatch(
      /^small: 2 of 4 trials finished, 2 failed, 4 of these known before; /,
    );
    expect(JSON.parse((await sweep('--resume', '--json')).stdout)).toMatchObject({ failed: 2, known: 4, begun: 0 });
  });

  it('records a trial that runs out of memory', async () => {
    writeSweep(scratch, tiny.replace('[0.1, 0.3]', '[0.1]'));
    const options = { NODE_OPTIONS: '--max-old-space-size=24 --max-semi-space-size=1' };
    const child = mho.start(['sweep', 'sweep.yaml', '--jobs', '1', '--out', 'out'], scratch.folder, options);
    const { code, stdout } = await finished(child);
    // The sweep itself needs little; whichever of its trials fit, the table says of each what became of it.
    expect(code).toBe(1);
    expect(stdout).toContain('2 failed');
    for (const { status, error, exitCode, signal } of trials('out')) {
      expect({ status, signal }).toEqual({ status: 'failed', signal: 'SIGABRT' });
      expect(error).toBe('its process ran out of memory (SIGABRT)');
      expect(exitCode).toBe(134);
    }
  });

  it('stops on Ctrl-C with 130, keeps what is finished and goes on from there', async () => {
    writeSweep(scratch, tiny.replace('overrides: {', 'overrides: { training.epochs: 20,'));
    const child = mho.start(['sweep', 'sweep.yaml', '--jobs', '1', '--json', '--out', 'out'], scratch.folder);
    const end = finished(child);
    while (!existsSync(scratch.path('out', 'trials')) || names('out', 'trials').length < 1) await sleep(20);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toContain('stopping; finished trials are kept, and how far the others came: go on with --resume\n');
    const { finished: kept } = JSON.parse(stdout) as { finished: number };
    expect(kept).toBeGreaterThanOrEqual(1);
    expect(names('out', 'trials')).toHaveLength(kept);
    expect([names('out/claims'), names('out/running')]).toEqual([[], []]);
    const again = await sweep('--resume', '--out', 'out', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ finished: 4, known: kept, begun: 4 - kept });
  });
});

describe('mho sweep', () => {
  it('prints what it would run, and runs nothing', async () => {
    const { code, stdout } = await sweep('--dry-run', '--shard', '2/3');
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'small: 4 trials, 1 of them in part 2 of 3',
        'device.cycleToCycle    2 values: 0, 0.05',
        'training.learningRate  2 values: 0.1, 0.3',
        'seeds: 1',
        '',
      ].join('\n'),
    );
    expect(scratch.names()).toEqual(['cells.yaml', 'device.yaml', 'sweep.yaml']);
  });

  it('says what conditions leave out, and which points cannot be', async () => {
    writeSweep(
      scratch,
      `${tiny.replace('[0.1, 0.3]', '[0.1, -1]')}where: [device.cycleToCycle < 1e-3 or seed is null]\n`,
    );
    expect((await sweep('--dry-run')).stderr).toContain('asks for the seed');
    writeSweep(scratch, `${tiny.replace('[0.1, 0.3]', '[0.1, -1]')}where: [device.cycleToCycle < 1e-3]\n`);
    const { code, stdout, stderr } = await sweep('--dry-run');
    expect(code).toBe(1);
    expect(stdout).toContain('small: 2 trials\n');
    expect(stdout).toContain('where: leaves out 2 of 4 points, 2 are left\n');
    expect(stderr).toBe(
      '1 of 2 points cannot be, and would be trials that fail:\ndevice.cycleToCycle=0, training.learningRate=-1: ' +
        'sweep.yaml:6:26: axes["training.learningRate"]: training.learningRate: got -1, expected a number > 0\n',
    );
    const plan = JSON.parse((await sweep('--dry-run', '--json')).stdout) as object;
    expect(plan).toMatchObject({ trials: 2, points: 4, leftOut: 2, tried: 2, notes: [] });
    expect(plan).toHaveProperty('refused.length', 1);
    writeSweep(scratch, tiny.replace('seeds: 1', 'latinHypercube: 8\nwhere: [training.learningRate < 0.2]'));
    expect((await sweep('--dry-run')).stdout).toContain(
      'where: leaves out 2 of 4 points, 2 are left; what is left is no whole Latin hypercube, some slices are empty\n',
    );
  });

  it.each([
    [
      '',
      'mho sweep: no sweep was named, expected a file or the name of a shipped one; write for example states-orhd\n',
    ],
    ['absent.yaml', 'sweep: no such file absent.yaml; check the path\n'],
    ['sweep.yaml --jobs 0', '--jobs: got "0", expected a whole number from 1 to 1024\n'],
    ['sweep.yaml --shard 5/4', '--shard: got "5/4", expected a part and how many there are, such as 1/4 to 4/4\n'],
    ['sweep.yaml --out .', '.: is not empty and holds no sweep, expected a free place; name a new folder with --out\n'],
    [
      'sweep.yaml cells.yaml',
      'mho sweep: got "cells.yaml" beside another, expected one file; start the command once for each\n',
    ],
  ])('refuses %s', async (args, message) => {
    const { code, stdout, stderr } = await mho.run(
      ['sweep', ...args.split(' ').filter((arg) => arg !== '')],
      scratch.folder,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.replaceAll(`${scratch.folder}/`, '').replace(scratch.folder, '.')).toBe(message);
    expect(scratch.names()).toEqual(['cells.yaml', 'device.yaml', 'sweep.yaml']);
  });
});
