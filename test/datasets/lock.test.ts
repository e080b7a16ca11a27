import { readFile, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withLock } from '../../datasets/lock.js';
import { temporaryFolder } from './helpers.js';

const timing = { staleMs: 300, pollMs: 5 };

test('holders follow one another, and the lock goes with the last', async () => {
  const lock = await lockPath();
  let [inside, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++inside);
    await sleep(10);
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(lock, work, timing)));
  expect(most).toBe(1);
  expect(await readdir(path.dirname(lock))).toEqual([]);
});

test('the lock goes where the work fails, and the failure comes through', async () => {
  const lock = await lockPath();
  await expect(withLock(lock, () => Promise.reject(new Error('broken')), timing)).rejects.toThrow('broken');
  expect(await readdir(path.dirname(lock))).toEqual([]);
});

test('work that takes longer than a silence is not disturbed', async () => {
  const lock = await lockPath();
  const order: string[] = [];
  const long = async () => {
    await sleep(4 * timing.staleMs);
    order.push('long');
  };
  const first = withLock(lock, long, timing);
  await sleep(50);
  await withLock(lock, () => Promise.resolve(order.push('short')), timing);
  await first;
  expect(order).toEqual(['long', 'short']);
});

test('a holder of this host that is no more is passed over at once', async () => {
  const lock = await lockPath();
  // Above the largest process number of Linux, so nothing runs under it.
  await writeFile(lock, `${hostname()} 4194305 token`);
  const patient = { staleMs: 600_000, pollMs: 5 };
  expect(await withLock(lock, () => Promise.resolve('mine'), patient)).toBe('mine');
});

test('a holder of another host is passed over after a silence, and not before', async () => {
  const lock = await lockPath();
  await writeFile(lock, 'elsewhere 1 token');
  const start = performance.now();
  await withLock(
    lock,
    async () => {
      expect(await readFile(lock, 'utf8')).toContain(hostname());
    },
    timing,
  );
  expect(performance.now() - start).toBeGreaterThan(timing.staleMs);
  expect(await readdir(path.dirname(lock))).toEqual([]);
});

test('a lock that another process took over is left to it', async () => {
  const lock = await lockPath();
  await withLock(lock, () => writeFile(lock, 'elsewhere 1 token'), timing);
  expect(await readFile(lock, 'utf8')).toBe('elsewhere 1 token');
});

async function lockPath(): Promise<string> {
  return path.join(await temporaryFolder(), 'file.lock');
}
