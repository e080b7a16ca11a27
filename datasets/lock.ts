import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './digest.js';

export interface LockTiming {
  /** A lock whose holder gave no sign for so long counts as abandoned [ms]. */
  readonly staleMs: number;
  /** Pause between two looks at a lock that another holds [ms]. */
  readonly pollMs: number;
}

/** A holder gives a sign five times before it counts as gone; 15 s outlasts a slow network file system. */
const defaultTiming: LockTiming = { staleMs: 15_000, pollMs: 50 };

/**
 * Runs `work` while this process alone holds the lock file; waits while another one holds it. A holder that died is
 * noticed at once on the same host, and after `staleMs` without a sign of life on another.
 */
export async function withLock<T>(lock: string, work: () => Promise<T>, timing = defaultTiming): Promise<T> {
  const token = `${hostname()} ${process.pid} ${randomUUID()}`;
  await acquire(lock, token, timing);
  const beat = setInterval(() => void signOfLife(lock), timing.staleMs / 5);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await look(lock))?.token === token) await rm(lock, { force: true });
  }
}

async function acquire(lock: string, token: string, timing: LockTiming): Promise<void> {
  let seen = { sign: '', since: 0 };
  while (!(await create(lock, token))) {
    const holder = await look(lock);
    if (holder === undefined) continue;
    // Silence is measured on our own clock, because the clocks of two hosts may differ.
    if (holder.sign !== seen.sign) seen = { sign: holder.sign, since: performance.now() };
    const silent = performance.now() - seen.since > timing.staleMs;
    if (silent || isDead(holder.token)) await breakLock(lock, holder.token);
    else await sleep(timing.pollMs);
  }
}

async function create(lock: string, token: string): Promise<boolean> {
  try {
    await writeFile(lock, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Who holds the lock, and a sign that changes as long as the holder lives; undefined where nobody does. */
async function look(lock: string): Promise<{ readonly token: string; readonly sign: string } | undefined> {
  try {
    const token = await readFile(lock, 'utf8');
    return { token, sign: `${token} ${(await stat(lock)).mtimeMs}` };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function signOfLife(lock: string): Promise<void> {
  const now = new Date();
  // A lock that was taken from us needs no sign; the work's own checks find out.
  await utimes(lock, now, now).catch(() => undefined);
}

/** Whether the holder ran on this host and is no more. */
function isDead(token: string): boolean {
  const [host, pid] = token.split(' ');
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
}

/** Removes an abandoned lock, and puts it back where another process took it over in the meantime. */
async function breakLock(lock: string, abandoned: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== abandoned) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}
