import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import type { TrialRecord } from '../../src/experiment/sweep/trial.js';
import { keyOf, uniform } from '../../src/random.js';
import { Scratch } from '../experiment/scratch.js';
import { smallSweep, writeSweep } from '../experiment/sweep/small-sweep.js';
import { startsIn, trialsIn } from '../experiment/sweep/sweep-folder.js';
import { CompiledCommand, finished } from './compiled.js';

let mho: CompiledCommand;
let scratch: Scratch;
beforeAll(() => {
  mho = new CompiledCommand();
});
afterAll(() => {
  mho.remove();
});
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const sweep = (...args: string[]) => mho.run(['sweep', 'sweep.yaml', '--jobs', '2', ...args], scratch.folder);
/** Six trials, long enough to be killed. */
const killed = smallSweep
  .replace('name: small', 'name: killed')
  .replace('[0.1, 0.3]', '[0.1]')
  .replace('seeds: 2', 'seeds: 3');

const names = (...at: string[]): string[] => readdirSync(scratch.path(...at)).sort();
const trials = (out: string) => trialsIn(scratch, out);
const starts = (out: string) => startsIn(scratch, out);

/** What must not differ between two ways of running the same sweep. */
const told = ({ hash, index, point, seed, status, result }: TrialRecord) => ({
  hash,
  index,
  point,
  seed,
  status,
  result,
});

describe.skipIf(!orhdIsHere)('mho sweep', () => {
  it('survives kill -9 of its processes and of itself, with nothing lost and nothing run twice', async () => {
    writeSweep(scratch, killed);
    let kills = 0;
    for (let round = 0; ; round++) {
      const child = mho.start(['sweep', 'sweep.yaml', '--jobs', '2', '--resume'], scratch.folder);
      const end = finished(child);
      const wait = (k: number) => sleep(200 + 900 * uniform(keyOf(11, 'sweepPoints'), 10 * round + k));
      if (round < 3) {
        await wait(0);
        kills += kill(newestStart());
        await wait(1);
        kills += kill(newestStart());
        child.kill('SIGKILL');
        kills++;
      }
      const { code } = await end;
      if (round >= 3) {
        expect(code).toBe(0);
        break;
      }
    }
    const records = trials('sweeps/killed');
    expect(records).toHaveLength(6);
    expect(records.every(({ status }) => status === 'finished')).toBe(true);
    const begun = starts('sweeps/killed');
    // A killed sweep takes its two processes along.
    expect(begun.length).toBeGreaterThan(6);
    expect(begun.length).toBeLessThanOrEqual(6 + 2 * kills);
    for (const { hash, started } of records) {
      const own = begun.filter((start) => start.hash === hash);
      // The start that was finished is the last one: what is finished is not begun.
      expect(own.at(-1)!.at >= started, hash).toBe(true);
      expect(
        own.slice(0, -1).every(({ at }) => at < started),
        hash,
      ).toBe(true);
    }
    expect([names('sweeps/killed/claims'), names('sweeps/killed/running')]).toEqual([[], []]);
    const { stdout } = await sweep('--out', 'calm', '--quiet', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ begun: 6 });
    expect(trials('calm').map(told)).toEqual(records.map(told));
  });

  it('gives the same trials in parts, and from two sweeps at once on one folder', async () => {
    writeSweep(scratch, smallSweep.replace('seeds: 2', 'seeds: 1'));
    const parts = ['1/3', '2/3', '3/3'].map((part) => sweep('--shard', part, '--out', 'parts', '--quiet'));
    const twice = [sweep('--resume', '--out', 'twice', '--json'), sweep('--resume', '--out', 'twice', '--json')];
    expect((await Promise.all(parts)).map(({ code }) => code)).toEqual([0, 0, 0]);
    const both = (await Promise.all(twice)).map(
      ({ stdout }) => JSON.parse(stdout) as { finished: number; begun: number },
    );
    expect(both.map(({ finished: all }) => all)).toEqual([4, 4]);
    expect([starts('twice').length, starts('parts').length]).toEqual([4, 4]);
    expect(trials('parts').map(told)).toEqual(trials('twice').map(told));
  });
});

/** The process of the trial that was begun last. */
function newestStart(): number | undefined {
  return existsSync(scratch.path('sweeps/killed/starts.log')) ? starts('sweeps/killed').at(-1)?.pid : undefined;
}

/** @returns how many were killed */
function kill(pid: number | undefined): number {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    return pid === undefined ? 0 : 1;
  } catch {
    return 0;
  }
}
