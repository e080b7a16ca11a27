import { existsSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { smallCalibration, writeFiles } from '../experiment/calibrate/synthetic.js';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

useCommand();
beforeEach(() => {
  writeFiles(scratch, tiny);
});

/** Seconds of training: two rungs of one target, on few images. */
const tiny = smallCalibration
  .replace(/ {2}- name: second[^]*?(?=parameters:)/, '')
  .replace(/ {6}- .*epochs=3.*\n/, '')
  .replace("'training.epochs=9'", "'training.epochs=2'")
  .replace('seeds: 4', 'seeds: 2')
  .replace('experiment: cells.yaml', "experiment: cells.yaml\n    overrides: ['dataset.trainSubset.count=200']")
  .replace('candidates: 24, pilots: 6', 'candidates: 6, pilots: 4')
  .replace('rounds: 1, candidates: 8', 'rounds: 1, candidates: 2');

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const calibrate = (...args: string[]) => mho.run(['calibrate', ...args], scratch.folder);
const journal = (out: string): string[] => readFileSync(scratch.path(out, 'runs.jsonl'), 'utf8').trimEnd().split('\n');

describe.skipIf(!orhdIsHere)('mho calibrate', () => {
  it('leaves runs, reports and the fitted point, which runs', async () => {
    const { code, stdout, stderr } = await calibrate('calibration.yaml', '--out', 'out', '--jobs', '2', '--json');
    expect({ code }).toEqual({ code: 0 });
    expect(stderr).toContain('small: start, 4 pilots at every rung: 12 runs\n');
    expect(stderr).toContain('small: start, rung 1 of 2, 6 candidates: 6 runs, 4 of them there already\n');
    const result = JSON.parse(stdout) as { folder: string; runs: { made: number }; families: { values: object }[] };
    expect(result.folder).toBe(scratch.path('out'));
    expect(journal('out')).toHaveLength(result.runs.made);
    expect(readFileSync(scratch.path('out', 'report.md'), 'utf8')).toContain('# Calibration small\n');
    const run = await mho.run(['run', 'out/fitted-first.yaml', '--json', '--out', 'run'], scratch.folder);
    expect(run.code).toBe(0);
    const again = await calibrate('calibration.yaml', '--resume', 'out');
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/^small\nparameter +fitted +mean ± sd +5 to 95 %\nsigma /);
    expect(again.stdout).toMatch(/folder: out\n$/);
    expect(journal('out')).toHaveLength(result.runs.made);
  });

  it('stops on Ctrl-C with 130, and goes on from there', async () => {
    const slow = tiny.replace("'training.epochs=1'", "'training.epochs=60'");
    writeFiles(scratch, slow);
    const child = mho.start(['calibrate', 'calibration.yaml', '--out', 'out', '--jobs', '1', '--json'], scratch.folder);
    const end = finished(child);
    while (!existsSync(scratch.path('out', 'runs.jsonl'))) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    const kept = journal('out').length;
    expect(stderr).toContain(`stopped; ${kept} runs are kept: go on with --resume out\n`);
    expect(existsSync(scratch.path('out', 'report.md'))).toBe(false);
    const { code: done, stdout: result } = await calibrate('calibration.yaml', '--resume', 'out', '--json');
    expect(done).toBe(0);
    expect((JSON.parse(result) as { runs: { made: number } }).runs.made).toBe(journal('out').length);
  });

  it('prints the plan and trains nothing', async () => {
    const { code, stdout, stderr } = await calibrate('calibration.yaml', '--dry-run', '--jobs', '2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      [
        'small: 1 family, at most 24 runs, about 1:16 on 2 at a time',
        'first, rung 1            8 candidates  8 runs   0:08 (1 s each)',
        'first, rung 2            7 candidates  14 runs  2:06 (9 s each)',
        'first, the fitted point                2 runs   0:18 (9 s each)',
        '',
      ].join('\n'),
    );
    expect(scratch.names()).toEqual(['calibration.yaml', 'cells.yaml', 'device.yaml']);
  });
});

describe('mho calibrate refuses', () => {
  it.each([
    [
      '',
      'mho calibrate: no calibration was named, expected a file or the name of a shipped one; write for example ws2\n',
    ],
    ['absent.yaml', 'calibrate: no such file absent.yaml; check the path\n'],
    ['calibration.yaml --jobs 0', '--jobs: got "0", expected a whole number from 1 to 1024\n'],
    ['calibration.yaml --out a --resume b', '--resume: stands beside --out, expected one of them; leave one out\n'],
    ['calibration.yaml --resume b', '--resume b: no such folder; name the folder that mho calibrate said\n'],
    [
      'calibration.yaml --out .',
      '.: is not empty and holds no calibration, expected a free place; name a new folder with --out\n',
    ],
    ['calibration.yaml --outt a', 'mho: unknown option --outt; did you mean --out?\n'],
    [
      'calibration.yaml other.yaml',
      'mho calibrate: got "other.yaml" beside another, expected one file; start the command once for each\n',
    ],
  ])('%s', async (args, told) => {
    const { code, stdout, stderr } = await calibrate(...args.split(' ').filter((arg) => arg !== ''));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.replaceAll(`${scratch.folder}/`, '').replace(scratch.folder, '.')).toBe(told);
    expect(scratch.names()).toEqual(['calibration.yaml', 'cells.yaml', 'device.yaml']);
  });
});
