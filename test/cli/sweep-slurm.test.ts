import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { smallSweep, writeSweep } from '../experiment/sweep/small-sweep.js';
import { startsIn, trialsIn } from '../experiment/sweep/sweep-folder.js';
import { mho, scratch, useCommand } from './command.js';

useCommand();
beforeEach(() => {
  writeSweep(scratch, smallSweep);
});

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
/** A cluster that takes jobs, such as that of scripts/slurm.mjs. */
const slurmIsHere = process.env.SLURM_CONF !== undefined && spawnSync('sinfo', ['--noheader']).status === 0;
const run = (...args: string[]) => mho.run(args, scratch.folder);
const emit = (...args: string[]) => run('sweep', 'sweep.yaml', '--emit', 'slurm', '--out', 'arrayed', ...args);
/** What the tasks of every job that ran here said. */
const logs = (): string => {
  const files = scratch.names().filter((name) => /^mho-small-\d+_\d+\.log$/.test(name));
  return files.map((file) => readFileSync(scratch.path(file), 'utf8')).join('');
};

describe('mho sweep --emit slurm', () => {
  it('prints a job array that a shell can read', async () => {
    const { code, stdout } = await emit('--shards', '3', '--jobs', '2', '--time', '1-12', '--memory', '8G');
    expect(code).toBe(0);
    for (const line of [
      '--array=1-3',
      '--cpus-per-task=2',
      '--mem=8G',
      '--time=1-12',
      '--requeue',
      '--signal=B:TERM@60',
    ]) {
      expect(stdout).toContain(`#SBATCH ${line}\n`);
    }
    expect(stdout).toContain(`--out ${scratch.path('arrayed')} --resume --shard "$part" --jobs 2 &\n`);
    // The number of one task is also that of the whole array, which its place is not.
    expect(stdout).toContain('task=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\n');
    expect(stdout).toContain('scontrol requeue "$task"\n');
    execFileSync('bash', ['-n'], { input: stdout });
    expect(scratch.names()).toEqual(['cells.yaml', 'device.yaml', 'sweep.yaml']);
  });

  it.each([
    [3, 8, '--jobs 8: a task has 3 of the 8 trials at most, and 5 of its 8 cores idle; --jobs 3 is enough\n'],
    [16, 1, '--shards 16: there are 8 trials, and 8 tasks have none\n'],
    [4, 2, ''],
  ])('warns of cores that %i tasks of %i jobs have nothing to do for', async (shards, jobs, message) => {
    const { code, stderr } = await emit('--shards', `${shards}`, '--jobs', `${jobs}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: message });
  });

  it.each([
    [['--emit', 'pbs'], '--emit: got "pbs", expected slurm\n'],
    [['--shards', '0'], '--shards: got "0", expected a whole number of tasks\n'],
    [['--time', 'long'], '--time: got "long", expected a time as Slurm reads it, such as 04:00:00\n'],
    [['--memory', 'much'], '--memory: got "much", expected a size with its unit (K, M, G or T), such as 4G\n'],
    // Slurm would take it for megabytes.
    [['--memory', '4'], '--memory: got "4", expected a size with its unit (K, M, G or T), such as 4G\n'],
  ])('refuses %j', async (args, message) => {
    const all = args[0] === '--emit' ? [] : ['--emit', 'slurm'];
    expect(await run('sweep', 'sweep.yaml', ...all, ...args)).toEqual({ code: 2, stdout: '', stderr: message });
  });
});

describe.skipIf(!slurmIsHere || !orhdIsHere)('on a real Slurm', () => {
  it('an array runs, a killed and a requeued task go on, and the table is that of this machine byte for byte', async () => {
    // Long enough to be killed in the middle.
    writeSweep(scratch, smallSweep.replace('overrides: {', 'overrides: { training.epochs: 60,'));
    scratch.write('sweep.sbatch', (await emit('--shards', '4', '--memory', '500M')).stdout);
    const options = { cwd: scratch.folder, encoding: 'utf8' } as const;
    const submitted = execFileSync('sbatch', ['--parsable', 'sweep.sbatch'], options).trim();
    const queued = (): string[] => {
      const text = execFileSync('squeue', ['--noheader', '--array', '--jobs', submitted, '--format=%t'], options);
      return text.split('\n').filter((line) => line !== '');
    };
    try {
      const killed = await firstStart();
      // The sweep's own process, whose child the trial is.
      process.kill(parentOf(killed.pid), 'SIGKILL');
      await until(() => logs().includes('start 2') || queued().length === 0);
      const one = execFileSync(
        'squeue',
        ['--noheader', '--states=RUNNING', '--format=%A', '--jobs', submitted],
        options,
      );
      const [task] = one.trim().split('\n');
      if (task) spawnSync('scontrol', ['requeue', task]);
      await until(() => queued().length === 0);
    } finally {
      await cancel(submitted);
    }
    expect(logs()).toContain('start 2');
    const records = trialsIn(scratch, 'arrayed');
    expect(records.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'finished'));
    for (const { hash, started } of records) {
      const own = startsIn(scratch, 'arrayed').filter((start) => start.hash === hash);
      // What is finished is not begun again.
      expect(own.slice(0, -1).every(({ at }) => at < started)).toBe(true);
    }
    expect((await run('sweep', 'sweep.yaml', '--out', 'local', '--quiet')).code).toBe(0);
    const [there, here] = [await run('results', 'arrayed', '--csv'), await run('results', 'local', '--csv')];
    expect(there).toEqual(here);
    expect(here.stdout.split('\n')).toHaveLength(10);
  }, 300_000);
});

describe.skipIf(!slurmIsHere || !orhdIsHere)('on a real Slurm', () => {
  it("a task that is killed is queued again alone, also that whose number is the array's", async () => {
    writeSweep(scratch, smallSweep.replace('overrides: {', 'overrides: { training.epochs: 100000,'));
    scratch.write('sweep.sbatch', (await emit('--shards', '2', '--memory', '500M')).stdout);
    const options = { cwd: scratch.folder, encoding: 'utf8' } as const;
    const submitted = execFileSync('sbatch', ['--parsable', 'sweep.sbatch'], options).trim();
    const logOf = (part: number): string => {
      const file = scratch.path(`mho-small-${submitted}_${part}.log`);
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    };
    try {
      await until(() => existsSync(scratch.path('arrayed/starts.log')) && startsIn(scratch, 'arrayed').length === 2);
      const format = ['--noheader', '--array', '--format=%A %K', '--jobs', submitted];
      const tasks = execFileSync('squeue', format, options).trim().split('\n');
      const leading = Number(tasks.find((line) => line.startsWith(`${submitted} `))!.split(' ')[1]);
      const sweeps = startsIn(scratch, 'arrayed').map(({ pid }) => parentOf(pid));
      const own = sweeps.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${leading}/2`))!;
      process.kill(own, 'SIGKILL');
      await until(() => logOf(leading).includes('start 2'));
      expect(logOf(3 - leading)).not.toMatch(/REQUEUE|start 2/);
    } finally {
      await cancel(submitted);
    }
  }, 120_000);

  it('a job that is cancelled ends, and is not queued again', async () => {
    writeSweep(scratch, smallSweep.replace('overrides: {', 'overrides: { training.epochs: 100000,'));
    scratch.write('sweep.sbatch', (await emit('--shards', '1', '--memory', '500M')).stdout);
    const options = { cwd: scratch.folder, encoding: 'utf8' } as const;
    const submitted = execFileSync('sbatch', ['--parsable', 'sweep.sbatch'], options).trim();
    const queued = (): string => execFileSync('squeue', ['--noheader', '--format=%A %T'], options);
    try {
      await firstStart();
      execFileSync('scancel', [submitted]);
      await until(() => !queued().includes(submitted));
      // A task that is queued again starts once its old credential has expired, after 5 seconds here.
      await sleep(12_000);
      expect(queued()).not.toContain(submitted);
    } finally {
      await cancel(submitted);
    }
    expect(logs()).toMatch(/part 1\/1 ends: Slurm says (?:COMPLETING|CANCELLED)\n/);
    expect(logs()).not.toContain('start 2');
  }, 120_000);
});

async function firstStart(): Promise<{ pid: number }> {
  await until(() => existsSync(scratch.path('arrayed/starts.log')));
  return startsIn(scratch, 'arrayed')[0]!;
}

async function until(check: () => boolean): Promise<void> {
  for (let waited = 0; waited < 240_000; waited += 200) {
    if (check()) return;
    await sleep(200);
  }
  throw new Error(`Slurm did not come so far:\n${logs()}`);
}

/** Ends a job, and waits for its processes: they write into the folder that is removed next. */
async function cancel(job: string): Promise<void> {
  spawnSync('scancel', [job]);
  const format = ['--noheader', '--states=all', '--format=%T', '--jobs', job];
  const left = (): string => spawnSync('squeue', format, { encoding: 'utf8' }).stdout;
  await until(() => !/RUNNING|COMPLETING|PENDING/.test(left()));
}

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
