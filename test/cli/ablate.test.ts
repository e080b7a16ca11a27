import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { effects } from '../../src/crossbar/effects/registry.js';
import type { Ablation } from '../../src/experiment/ablation/ablate.js';
import { smallDevice, smallExperiment } from '../experiment/scratch.js';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

useCommand();
beforeEach(() => {
  scratch.write('device.yaml', `${smallDevice}cycleToCycle: 0.05\n`);
  const layers = smallExperiment.replaceAll(/units: (\d+)/g, 'units: $1\n      weightLimit: 2');
  scratch.write('small.yaml', layers.replace('device: { model: ideal }', 'device: device.yaml'));
});

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const subset = ['--set', 'dataset.trainSubset.count=300', '--jobs', '2'];
const ablate = (...args: string[]) => mho.run(['ablate', 'small.yaml', ...args], scratch.folder);

describe.skipIf(!orhdIsHere)('mho ablate', () => {
  it('tells each effect in one JSON object, and each of its runs can be repeated', async () => {
    const { code, stdout, stderr } = await ablate(...subset, '--seeds', '2', '--json', '--csv', 'out.csv');
    expect(code).toBe(0);
    const { rows, ...ablation } = JSON.parse(stdout) as Ablation;
    expect(ablation).toMatchObject({ experiment: 'small', status: 'complete', seeds: [1, 2], count: 1797 });
    const parts = ['clipping', 'cycle-to-cycle', 'granularity', 'nonlinearity-ltd', 'nonlinearity-ltp'];
    expect(
      rows
        .filter(({ part }) => part)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(parts);
    expect(stderr).toMatch(/^device: \d\d\.\d\d % over 2 runs/m);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2 + 2 * parts.length + 2);
    expect(readFileSync(scratch.path('out.csv'), 'utf8')).toMatch(/^cycle-to-cycle,alone,-?0/m);

    const [better, worse] = await Promise.all(
      ['better', 'worse'].map((side) =>
        accuracies(rows.find(({ name }) => name === 'cycle-to-cycle')!.inDevice![side as 'better' | 'worse']),
      ),
    );
    const mean = (better![0]! - worse![0]! + better![1]! - worse![1]!) / 2;
    expect(rows.find(({ name }) => name === 'cycle-to-cycle')!.inDevice!.difference!.mean).toBeCloseTo(mean, 12);
  });

  /** What `mho run` comes to with seeds 1 and 2 and the values of a row. */
  async function accuracies(sets: readonly string[]): Promise<number[]> {
    const given = [...subset.slice(0, 2), ...sets.flatMap((set) => ['--set', set])];
    const runs = ['1', '2'].map(async (seed) => {
      const args = [
        'run',
        'small.yaml',
        '--seed',
        seed,
        '--json',
        '--quiet',
        '--out',
        `${sets.length}-${seed}`,
        ...given,
      ];
      const { stdout } = await mho.run(args, scratch.folder);
      return (JSON.parse(stdout) as { accuracy: number }).accuracy;
    });
    return Promise.all(runs);
  }

  it('shows a table of what was asked for, at most 80 columns wide, and nothing else with --quiet', async () => {
    const args = ['--seeds', '1', '--effects', 'cycle-to-cycle, drift', '--quiet', '--markdown', 'out.md'];
    const { code, stdout, stderr } = await ablate(...subset, ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^cycle-to-cycle +-?\d+\.\d\d +-?\d+\.\d\d$/m);
    expect(stdout).toContain('not there: drift (no time passes, or the device forgets nothing)');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(readFileSync(scratch.path('out.md'), 'utf8')).toContain('| cycle-to-cycle |');
  });

  it('tells a run that fails beside the rows that do not', async () => {
    const { code, stdout } = await ablate(
      '--set',
      'dataset.trainSubset.count=99999',
      '--seeds',
      '1',
      '--effects',
      'clipping',
    );
    expect(code).toBe(1);
    expect(stdout).toContain('device failed: training: dataset.trainSubset.count is 99999');
    expect(stdout).toMatch(/^clipping \[1\] +failed +failed$/m);
  });

  it('takes the name of a shipped experiment, in its workers too', async () => {
    const few = ['--set', 'dataset.trainSubset.count=50', '--epochs', '1', '--seeds', '1', '--effects', 'clipping'];
    const { code, stdout } = await mho.run(['ablate', 'wse2-orhd', ...few, '--json'], scratch.folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ experiment: 'wse2-orhd', device: { runs: 1, errors: [] } });
  });

  it('ends at Ctrl-C with what was reached', async () => {
    const args = [
      'ablate',
      'small.yaml',
      ...subset.slice(0, 2),
      '--jobs',
      '1',
      '--seeds',
      '1',
      '--epochs',
      '200',
      '--json',
    ];
    const child = mho.start(args, scratch.folder);
    const end = finished(child);
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (data: Buffer) => {
        if (data.toString().includes('device:')) resolve();
      });
    });
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toContain('stopping; Ctrl-C again quits at once and keeps nothing');
    const { status, device } = JSON.parse(stdout) as Ablation;
    expect(status).toBe('interrupted');
    expect(device).toMatchObject({ runs: 1, errors: [] });
  });
});

describe('mho ablate refuses', () => {
  it.each([
    ['small.yaml --seeds 0', '--seeds: got "0", expected a whole number from 1 to 1024\n'],
    ['small.yaml --jobs x', '--jobs: got "x", expected a whole number from 1 to 1024\n'],
    ['small.yaml --stalled-below 2', '--stalled-below: got "2", expected a number between 0 and 1\n'],
    [
      'small.yaml --epochs 2 --set training.epochs=3',
      '--epochs: stands beside --set training.epochs, expected one of them; leave one out\n',
    ],
    ['small.yaml --csv no/out.csv', '--csv no/out.csv: its folder no does not exist; make it, or name another file\n'],
    ['absent.yaml', 'experiment: no such file absent.yaml; check the path\n'],
    [
      '',
      'mho ablate: no experiment was named, expected a file or the name of a shipped one; write for example wse2-orhd\n',
    ],
    [
      'small.yaml other.yaml',
      'mho ablate: got "other.yaml" beside another, expected one file; start the command once for each\n',
    ],
    ['small.yaml --effect clipping', 'mho: unknown option --effect; did you mean --effects?\n'],
  ])('%s', async (args, message) => {
    const { code, stdout, stderr } = await mho.run(['ablate', ...args.split(' ').filter(Boolean)], scratch.folder);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: message });
  });
});

it('mho ablate --help lists every effect', async () => {
  const { code, stdout } = await mho.run(['ablate', '--help']);
  expect(code).toBe(0);
  for (const { name, summary } of effects) expect(stdout).toMatch(new RegExp(`^ +${name} +${summary}$`, 'm'));
});
