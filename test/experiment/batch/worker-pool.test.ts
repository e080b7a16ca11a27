import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { datasetSource } from '../../../datasets/registry.js';
import type { JobResult, TrainingJob } from '../../../src/experiment/batch/job.js';
import { trainJob } from '../../../src/experiment/batch/train-job.js';
import type { trainInWorkers as trainInWorkersOf } from '../../../src/experiment/batch/worker-pool.js';
import { CompiledCommand } from '../../cli/compiled.js';
import { Scratch, smallExperiment } from '../scratch.js';

/** Workers are real processes, so they run compiled code. */
let compiled: CompiledCommand;
let trainInWorkers: typeof trainInWorkersOf;
let scratch: Scratch;
beforeAll(async () => {
  compiled = new CompiledCommand();
  const file = path.resolve('dist', `test-cli-${process.pid}`, 'src/experiment/batch/worker-pool.js');
  ({ trainInWorkers } = (await import(pathToFileURL(file).href)) as { trainInWorkers: typeof trainInWorkersOf });
});
afterAll(() => {
  compiled.remove();
});
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  vi.unstubAllEnvs();
  scratch.remove();
});

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);

function job(seed: number, of: Partial<TrainingJob> = {}): TrainingJob {
  const experiment = scratch.path('small.yaml');
  return { label: `small, seed ${seed}`, experiment, overrides: [], cwd: scratch.folder, seed, offline: true, ...of };
}

/** How many images each run recognised; what a failed one says of itself. */
function counts(results: readonly JobResult[]): (number | string)[] {
  return results.map((result) => ('error' in result ? result.error : result.correct));
}

describe.skipIf(!orhdIsHere)('workers', () => {
  it('give the results of runs in this process, in the order of the jobs, and leave nothing', async () => {
    scratch.write('small.yaml', smallExperiment);
    vi.stubEnv('TMPDIR', scratch.path('temporary'));
    mkdirSync(scratch.path('temporary'));
    const heard: number[] = [];
    const jobs = [3, 1, 2].map((seed) => job(seed));
    const inWorkers = counts(await trainInWorkers(jobs, 2, (i) => heard.push(i)));
    const here: JobResult[] = [];
    for (const [i, one] of jobs.entries()) here.push(await trainJob(one, scratch.path(`run${i}`)));
    expect(inWorkers).toEqual(counts(here));
    expect(new Set(inWorkers).size).toBeGreaterThan(1);
    expect(heard.sort()).toEqual([0, 1, 2]);
    expect(readdirSync(scratch.path('temporary'))).toEqual([]);
    expect(existsSync(scratch.path('runs'))).toBe(false);
  });

  it('record nothing for figures, whatever the experiment asks for', async () => {
    scratch.write('small.yaml', smallExperiment);
    const overrides = ['record={idealLine: true, evaluateAt: [100], weightMaps: true}', 'crossbar.converters={}'];
    const [asked, plain] = [
      await trainJob(job(1, { overrides }), scratch.path('a')),
      await trainJob(job(1), scratch.path('b')),
    ];
    expect(counts([asked])).toEqual(counts([plain]));
    expect(readdirSync(scratch.path('a'))).not.toContain('ideal-metrics.jsonl');
    expect(readdirSync(scratch.path('a', 'figures')).sort()).toEqual([
      'accuracy-per-epoch.csv',
      'confusion.csv',
      'figures.json',
    ]);
  });

  it('go on after a run that fails, which says why', async () => {
    scratch.write('small.yaml', smallExperiment);
    const bad = job(1, { overrides: ['dataset.trainSubset.count=99999'] });
    const [failed, fine] = await trainInWorkers([bad, job(1)], 1, () => undefined);
    expect(failed).toEqual({
      error: 'training: dataset.trainSubset.count is 99999, but orhd has 3823 training images',
    } satisfies JobResult);
    expect(fine).toMatchObject({ count: 1797 });
  });

  it('start anew where one died, at the cost of its own job', async () => {
    scratch.write('small.yaml', smallExperiment);
    const marker = JSON.stringify(scratch.path('died'));
    const preload = scratch.write(
      'preload.mjs',
      `import { existsSync, writeFileSync } from 'node:fs';
       if (!existsSync(${marker})) {
         writeFileSync(${marker}, '');
         setTimeout(() => process.exit(7), 50);
       }`,
    );
    vi.stubEnv('NODE_OPTIONS', `--import=${pathToFileURL(preload).href}`);
    const long = job(1, { overrides: ['training.epochs=100000'] });
    const [died, next] = await trainInWorkers([long, job(2)], 1, () => undefined);
    expect(died).toEqual({ error: 'small, seed 1: its process ended with exit code 7' });
    expect(next).toMatchObject({ count: 1797 });
  });
});
