import { describe, expect, it } from 'vitest';
import { failedRecord, reasonOf } from '../../../src/experiment/sweep/failed-record.js';

const trial = { hash: 'a'.repeat(16), index: 0, point: {}, seed: 1 };

const circumstances = {
  exitCode: 1,
  signal: null,
  code: 'c',
  started: '2026-01-01T00:00:00.000Z',
  seconds: 1,
  together: 1,
};

/** Of a process that did not live to say why. */
const errorOf = (log: string, signal: NodeJS.Signals | null = null): string | null =>
  reasonOf({ exitCode: 1, signal, log, seconds: 1 }, 1);

describe('a trial whose process failed says why', () => {
  it.each([
    [
      'RangeError: WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory\n    at new Promise (<anonymous>)\n',
    ],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n 1: 0xb8 node::Abort()\n'],
    ['RangeError: Array buffer allocation failed\n    at new Float32Array (<anonymous>)\n'],
    ["terminate called after throwing an instance of 'std::bad_alloc'\n"],
  ])('out of memory: %s', (log) => {
    expect(errorOf(log)).toBe('its process ran out of memory (exit code 1)');
  });

  it('in the words of its error, without the stack, which stays in the log', () => {
    const log =
      'seed 1: warning: told before\nTypeError: no such thing\n    at a (file.js:1:2)\n    at b (file.js:3:4)\n';
    expect(errorOf(log)).toBe('seed 1: warning: told before\nTypeError: no such thing');
  });

  it('the same where it lived to say it', () => {
    const error = 'TypeError: no such thing\n    at a (file.js:1:2)';
    expect(failedRecord(trial, { ...circumstances, error }).error).toBe('TypeError: no such thing');
  });

  it('by its end where it said nothing', () => {
    expect(errorOf('', 'SIGSEGV')).toBe('its process ended with SIGSEGV');
  });
});
