import { describe, expect, it } from 'vitest';
import { MhoError, RunError, UsageError, nearestName } from '../src/errors.js';

describe('errors', () => {
  it('say where, what and what to do', () => {
    const parts = { where: 'a.yaml:3:1', what: 'got 1, expected 2', remedy: 'write 2' };
    expect(new UsageError(parts).message).toBe('a.yaml:3:1: got 1, expected 2; write 2');
    expect(new RunError({ where: 'disk', what: 'is full' }).message).toBe('disk: is full');
    expect(new UsageError(parts).parts).toEqual(parts);
  });

  it('tell misuse, exit code 2, from failure, exit code 1', () => {
    const [usage, run] = [new UsageError({ where: 'a', what: 'b' }), new RunError({ where: 'a', what: 'b' })];
    expect([usage.exitCode, usage.name, run.exitCode, run.name]).toEqual([2, 'UsageError', 1, 'RunError']);
    expect([usage, run].every((error) => error instanceof MhoError)).toBe(true);
  });

  it('keep their cause', () => {
    const cause = new Error('EACCES');
    expect(new RunError({ where: 'disk', what: 'cannot be read' }, { cause }).cause).toBe(cause);
  });
});

describe('the nearest name', () => {
  const names = ['exponential', 'linear', 'soft-bounds', 'lookup-table'];

  it.each([
    ['exponental', 'exponential'],
    ['LINEAR', 'linear'],
    ['softbounds', 'soft-bounds'],
    ['lookup_tabel', 'lookup-table'],
    ['quadratic', undefined],
    ['', undefined],
  ])('to %j is %s', (word, expected) => {
    expect(nearestName(word, names)).toBe(expected);
  });

  it('is one that ends alike before one of other letters, and not before one that holds the whole word', () => {
    expect(nearestName('gpu', ['auto', 'cpu', 'webgpu'])).toBe('webgpu');
    expect(nearestName('gpu', ['cpu', 'webgpu', 'newgpu'])).toBe('cpu');
    expect(nearestName('epoch', ['epochs', 'samplesPerEpoch'])).toBe('epochs');
  });

  it('is none of which a short word has but half of the letters, and one with two letters exchanged', () => {
    const devices = ['enode', 'pcmo', 'taox', 'epiram'];
    expect(nearestName('nope', devices)).toBeUndefined();
    expect(nearestName('node', devices)).toBe('enode');
    expect(nearestName('taxo', devices)).toBe('taox');
    expect(nearestName('pmco', devices)).toBe('pcmo');
  });

  it('is the first of several equally near', () => {
    expect(nearestName('wasn', ['wasm', 'wasp'])).toBe('wasm');
  });
});
