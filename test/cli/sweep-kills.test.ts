import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import type { TrialRecord } from '../../src/experiment/sweep/trial.js';
import { keyOf, uniform } from '../../src/random.js';
import { smallSweep, writeSweep } from '../experiment/sweep/small-sweep.js';
import { startsIn, trialsIn } from '../experiment/sweep/sweep-folder.js';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

useCommand();

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
    for (let round = 0; round <= 3; round++) {
      const child = mho.start(['sweep', 'sweep.yaml', '--jobs', '2', '--resume'], scratch.folder);
      const end = finished(child);
      if (round < 3) {
        for (const k of [0, 1]) {
          const pid = await nextStart();
          await sleep(300 * uniform(keyOf(11, 'sweepPoints'), 10 * round + k));
          kills += kill(pid);
        }
        await nextStart();
        kills += kill(child.pid);
      }
      const { code } = await end;
      if (round === 3) expect(code).toBe(0);
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

  it('gives the same table byte for byte in parts, and from two sweeps at once on one folder', async () => {
    writeSweep(scratch, smallSweep.replace('seeds: 2', 'seeds: 1'));
    const parts = ['1/4', '2/4', '3/4', '4/4'].map((part) => sweep('--shard', part, '--out', 'parts', '--quiet'));
    const twice = [sweep('--resume', '--out', 'twice', '--json'), sweep('--resume', '--out', 'twice', '--json')];
    expect((await Promise.all(parts)).map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const both = (await Promise.all(twice)).map(
      ({ stdout }) => JSON.parse(stdout) as { finished: number; begun: number },
    );
    expect(both.map(({ finished: all }) => all)).toEqual([4, 4]);
    expect([starts('twice').length, starts('parts').length]).toEqual([4, 4]);
    const apart = ['2/2', '1/2'].map((part) => sweep('--shard', part, '--out', `apart-${part[0]!}`, '--quiet'));
    await Promise.all(apart);
    const table = (...folders: string[]) => mho.run(['results', ...folders, '--csv'], scratch.folder);
    const [one, other, merged] = [await table('parts'), await table('twice'), await table('apart-2', 'apart-1')];
    expect([other, merged]).toEqual([one, one]);
    expect(one.stdout.split('\n')).toHaveLength(6);
  });
});

/** Waits for the next start of a trial, and tells its process; of none within some seconds, what there is to run is over. */
async function nextStart(): Promise<number | undefined> {
  const log = () => (existsSync(scratch.path('sweeps/killed/starts.log')) ? starts('sweeps/killed') : []);
  const before = log().length;
  for (let waited = 0; waited < 5000; waited += 20) {
    const now = log();
    if (now.length > before) return now.at(-1)!.pid;
    await sleep(20);
  }
  return undefined;
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
