import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

/** What becomes of a command whose terminal is closed. */

useCommand();

const long = ['run', 'wse2-orhd', '--epochs', '100000', '--set', 'record.idealLine=false', '--out', 'run'];

/** Starts the command in a terminal of its own, and returns what closes it. */
function inTerminal(args: readonly string[]): () => void {
  const command = [process.execPath, mho.main, ...args].map((word) => `'${word}'`).join(' ');
  const terminal = spawn('script', ['-qc', command, '/dev/null'], { cwd: scratch.folder, stdio: 'ignore' });
  return () => terminal.kill('SIGKILL');
}

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 20_000, interval: 50 }).toBe(true);
}

function lines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

/** Of the run that goes on in this folder. */
function partial(folder: string): string | undefined {
  return readdirSync(folder).find((name) => name.includes('.partial-'));
}

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('a terminal that is closed', () => {
  it('ends a run, which keeps what it reached', async () => {
    const close = inTerminal(long);
    await until(() => lines(scratch.path(partial(scratch.folder) ?? '', 'metrics.jsonl')).length > 5);
    close();
    await until(() => existsSync(scratch.path('run')));
    const record = JSON.parse(readFileSync(scratch.path('run/run.json'), 'utf8')) as {
      status: string;
      samples: number;
    };
    expect(record.status).toBe('interrupted');
    expect(record.samples).toBeGreaterThan(4 * 3823);
  });

  it('ends a sweep, whose trials leave checkpoints and no claims', async () => {
    const axes = { 'device.cycleToCycle': [0, 0.01] };
    const overrides = { 'training.epochs': 100_000, 'record.idealLine': false };
    scratch.write('map.yaml', JSON.stringify({ name: 'map', experiment: 'wse2-orhd', overrides, axes }));
    const close = inTerminal(['sweep', 'map.yaml', '--jobs', '2']);
    const running = scratch.path('sweeps/map/running');
    const begun = (): number => {
      const trials = existsSync(running) ? readdirSync(running) : [];
      return trials.filter((name) => lines(path.join(running, name, 'metrics.jsonl')).length > 2).length;
    };
    await until(() => begun() === 2);
    close();
    await until(() => readdirSync(scratch.path('sweeps/map/claims')).length === 0);
    expect(readdirSync(scratch.path('sweeps/map/checkpoints'))).toHaveLength(2);
    expect(readdirSync(running)).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('SIGHUP without a terminal', () => {
  it('ends nothing, as under nohup, whose word Node forgets', async () => {
    const child = mho.start([...long.slice(0, 2), '--epochs', '60', ...long.slice(4)], scratch.folder);
    const end = finished(child);
    await until(() => partial(scratch.folder) !== undefined);
    child.kill('SIGHUP');
    expect((await end).code).toBe(0);
  });
});
