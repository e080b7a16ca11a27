import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { smallExperiment } from '../experiment/scratch.js';
import { smallCase } from '../experiment/verify/small-case.js';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

useCommand();
beforeEach(() => {
  scratch.write('small.yaml', smallExperiment);
  scratch.write('case.yaml', passing);
});

/** The small experiment learns little in its one epoch: wide enough for whatever it comes to. */
const passing = smallCase.replace('value: 0.8', 'value: 0.5').replace('sd: 0.05', 'sd: 0.3');

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const verify = (...args: string[]) => mho.run(['verify', ...args], scratch.folder);

describe.skipIf(!orhdIsHere)('mho verify', () => {
  it('trains the seeds of a case and tells it on one line, and to every report', async () => {
    const { code, stdout, stderr } = await verify(
      'case.yaml',
      '--junit',
      'out.xml',
      '--markdown',
      'out.md',
      '--jobs',
      '1',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'small: 2 runs done\n' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /^small +50\.00 % \(mean of 10, sd 30\.00\) +\d\d\.\d\d % \(mean of 2, sd .*\) +.* to .* % +pass$/,
    );
    expect(readFileSync(scratch.path('out.xml'), 'utf8')).toContain('tests="1" failures="0" errors="0"');
    expect(readFileSync(scratch.path('out.md'), 'utf8')).toContain('1 of 1 cases pass');
    expect(scratch.names()).toEqual(['case.yaml', 'out.md', 'out.xml', 'small.yaml']);
  });

  it('exits with 3 where an accuracy is outside, with one JSON object on stdout', async () => {
    scratch.write('case.yaml', smallCase.replace('sd: 0.05', 'sd: 0.00001'));
    const { code, stdout } = await verify('case.yaml', '--json');
    expect(code).toBe(3);
    const { pass, updated, cases } = JSON.parse(stdout) as { pass: boolean; updated: boolean; cases: object[] };
    expect({ pass, updated }).toEqual({ pass: false, updated: false });
    expect(cases).toMatchObject([{ name: 'small', verdict: 'outside', measured: { runs: 2, count: 1797 } }]);
  });

  it('exits with 1 where a run failed, and says why', async () => {
    scratch.write('case.yaml', smallCase.replace('training.epochs=1', 'dataset.trainSubset.count=99999'));
    const { code, stdout } = await verify('case.yaml', '--junit', 'out.xml');
    expect(code).toBe(1);
    expect(stdout).toContain('FAILED: training: dataset.trainSubset.count is 99999, but orhd has 3823 training images');
    expect(readFileSync(scratch.path('out.xml'), 'utf8')).toContain('errors="1"');
  });

  it('holds the reference point to the image', async () => {
    const { code, stdout } = await verify('orhd-reference');
    expect(code).toBe(0);
    expect(stdout).toMatch(/orhd-reference +1738 correct +1738 of 1797 \(96\.72 %\) +exactly +pass\n$/);
  });

  it('measures an expectation anew, and then passes', async () => {
    const updated = await verify('case.yaml', '--update', '--allow-dirty');
    expect(updated).toMatchObject({ code: 0, stderr: 'small: 10 runs done\n' });
    const text = readFileSync(scratch.path('case.yaml'), 'utf8');
    expect(text).toMatch(
      /expected: # measured\n {2}value: 0\.\d+\n {2}sd: 0\.\d+\n {2}seeds: \{ from: 101, to: 110 \}\n/,
    );
    expect(text).toContain(`measured: ${new Date().toISOString().slice(0, 10)}`);
    expect(text).not.toMatch(/value: 0\.5$|commit: abc/m);
    expect((await verify('case.yaml')).code).toBe(0);
  });

  it('quits on Ctrl-C with 130 and writes nothing', async () => {
    scratch.write(
      'case.yaml',
      smallCase.replace('training.epochs=1', 'training.epochs=100000').replace('to: 2', 'to: 3'),
    );
    const child = mho.start(['verify', 'case.yaml', '--jobs', '1', '--junit', 'out.xml'], scratch.folder);
    const end = finished(child);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    child.kill('SIGINT');
    expect((await end).code).toBe(130);
    expect(scratch.names()).toEqual(['case.yaml', 'small.yaml']);
  });
});

describe('mho verify refuses', () => {
  it.each([
    ['--set slow', '--set: got "slow", expected quick or full\n'],
    ['--jobs 0', '--jobs: got "0", expected a whole number from 1 to 1024\n'],
    ['--jobs two', '--jobs: got "two", expected a whole number from 1 to 1024\n'],
    ['--jobs 1 --jobs 2', '--jobs: got 2 values, expected one\n'],
    ['absent.yaml', 'verify: no such file absent.yaml; check the path\n'],
    [
      'case.yaml --junit no/out.xml',
      '--junit no/out.xml: its folder no does not exist; make it, or name another file\n',
    ],
    ['case.yaml --markdown .', '--markdown .: is a folder, expected a place for a file\n'],
    ['case.yaml --job 3', 'mho: unknown option --job; did you mean --jobs?\n'],
  ])('%s', async (args, told) => {
    const { code, stdout, stderr } = await verify(...args.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.replaceAll(`${scratch.folder}/`, '').replace(scratch.folder, '.')).toBe(told);
    expect(scratch.names()).toEqual(['case.yaml', 'small.yaml']);
  });
});
