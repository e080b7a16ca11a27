import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, thisProcess } from '../../../src/experiment/process-identity.js';
import { Claims } from '../../../src/experiment/sweep/claims.js';
import { Scratch } from '../scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

const claims = (shard: string | null = null) => new Claims(scratch.folder, shard);

/** A process that is no more, with the time at which it started. */
async function dead(): Promise<{ pid: number; born: string | null }> {
  const child = spawn('true');
  await once(child, 'close');
  return { pid: child.pid!, born: null };
}

function leave(file: string, holder: object): void {
  const all = { host: os.hostname(), shard: null, at: new Date().toISOString(), ...holder };
  scratch.write(file, `${JSON.stringify(all)}\n`);
}

describe('a claim', () => {
  it('is had by one at a time, and free again when it is let go', () => {
    const claim = claims().take('a');
    expect(claim).toBeDefined();
    expect(claims().take('a')).toBeUndefined();
    expect(claims().holder('a')).toBe('here');
    expect(claims().take('b')).toBeDefined();
    claim!.release();
    expect(claims().holder('a')).toBe('nobody');
    expect(claims().take('a')).toBeDefined();
  });

  it('of a dead process is taken over by one alone, and nothing is left of it in the end', async () => {
    leave('a.1', await dead());
    expect(claims().holder('a')).toBe('nobody');
    const [first, second] = [claims().take('a'), claims().take('a')];
    expect([first === undefined, second === undefined]).toEqual([false, true]);
    first!.release();
    expect(readdirSync(scratch.folder)).toEqual([]);
  });

  it('of a process whose number another has got is left', () => {
    leave('a.1', { ...thisProcess(), born: '1' });
    expect(claims().holder('a')).toBe(process.platform === 'linux' ? 'nobody' : 'here');
  });

  it('of another host holds, unless it is of the same part of the sweep', () => {
    leave('a.1', { host: 'elsewhere', pid: 1, born: null, shard: '2/4' });
    expect(claims().take('a')).toBeUndefined();
    expect(claims('1/4').take('a')).toBeUndefined();
    expect(claims().holder('a')).toBe('elsewhere');
    expect(claims('2/4').take('a')).toBeDefined();
  });

  it('that is just being written holds', () => {
    scratch.write('a.1', '');
    expect(claims().take('a')).toBeUndefined();
    expect(claims().holder('a')).toBe('here');
  });
});

describe('a process', () => {
  it('lives, until it does not', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    expect(isAlive({ pid: child.pid!, born: null })).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(isAlive({ pid: child.pid!, born: null })).toBe(false);
    expect(isAlive(thisProcess())).toBe(true);
  });
});
