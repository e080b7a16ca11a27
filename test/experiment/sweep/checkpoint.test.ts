import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeptExperiment } from '../../../src/experiment/keeper.js';
import { Checkpoint } from '../../../src/experiment/sweep/checkpoint.js';
import { TrialKeeper } from '../../../src/experiment/sweep/trial-keeper.js';
import { Scratch } from '../scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  scratch.remove();
});

const kept: KeptExperiment = {
  run: {
    trainer: {
      ...{ epoch: 1, samples: 4000, evaluations: 2 },
      // Of a larger buffer, as a kernel's memory is: the part alone is written.
      states: [
        {
          plus: new Float32Array([9, 0.1, Number.MIN_VALUE, 1 / 3, 9]).subarray(1, 4),
          minus: new Float32Array(),
          columns: Float32Array.of(-0),
        },
      ],
      time: { driftedAt: 0, elapsed: 0.1, pending: [[[{ temperature: 300, time: 0.3 }]]] },
    },
    ...{ metrics: [], evaluation: undefined, trainSeconds: 1.5, epochSeconds: 0.25 },
  },
  recorded: { points: [], stages: [], histograms: [] },
};
const checkpoint = (trial = 'abc') => new Checkpoint(scratch.path('checkpoints'), trial);

describe('a checkpoint', () => {
  it('gives back what was kept, to the bit, until it is removed', () => {
    expect(checkpoint().read()).toBeUndefined();
    checkpoint().write(kept);
    expect(checkpoint().read()).toEqual(kept);
    expect(readFileSync(scratch.path('checkpoints', 'abc')).length).toBeLessThan(1000);
    checkpoint().remove();
    expect(readdirSync(scratch.path('checkpoints'))).toEqual([]);
  });

  it('is passed over where it is cut short, changed, of another form or of another trial', () => {
    const file = scratch.path('checkpoints', 'abc');
    checkpoint().write(kept);
    const whole = readFileSync(file);
    const changed = Buffer.from(whole);
    changed[whole.length - 20]! ^= 1;
    for (const content of [
      whole.subarray(0, -1),
      whole.subarray(0, 5),
      Buffer.alloc(0),
      changed,
      Buffer.from('mho-checkpoint 0\n'),
    ]) {
      writeFileSync(file, content);
      expect(checkpoint().read()).toBeUndefined();
    }
    writeFileSync(scratch.path('checkpoints', 'def'), whole);
    expect(checkpoint('def').read()).toBeUndefined();
    writeFileSync(file, whole);
    expect(checkpoint().read()).toEqual(kept);
  });
});

describe('the keeper of a trial', () => {
  it('keeps once a minute, and after training where that took long', () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const keeper = new TrialKeeper(checkpoint(), () => undefined);
    const due: number[] = [];
    for (now = 0; now < 200_000; now += 1000) {
      if (!keeper.isDue(false)) continue;
      due.push(now);
      keeper.keep(kept);
    }
    expect(due).toEqual([60_000, 120_000, 180_000]);
    expect(keeper.isDue(true)).toBe(true);
    keeper.keep(kept);
    expect(keeper.isDue(true)).toBe(false);
    expect(new TrialKeeper(checkpoint(), () => undefined).from).toEqual(kept);
  });

  it('ends at once where nothing trains, after it has kept what trains, and without that where a chunk takes too long', () => {
    vi.useFakeTimers();
    const codes: number[] = [];
    const exit = (code: number): void => void codes.push(code);
    new TrialKeeper(checkpoint(), exit).stop(143);
    expect(codes).toEqual([143]);
    const training = new TrialKeeper(checkpoint(), exit);
    expect(training.isDue(false)).toBe(false);
    training.stop(130);
    training.stop(143);
    expect([codes, checkpoint().read()]).toEqual([[143], undefined]);
    expect(training.isDue(false)).toBe(true);
    training.keep(kept);
    expect([codes, checkpoint().read()]).toEqual([[143, 130], kept]);
    const slow = new TrialKeeper(checkpoint(), exit);
    slow.isDue(false);
    slow.stop(130);
    vi.advanceTimersByTime(10_000);
    expect(codes.slice(2)).toContain(130);
  });

  it('goes on where it cannot write, and removes what a killed one left half written', () => {
    scratch.write('checkpoints', 'a file in the place of the folder');
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    new TrialKeeper(checkpoint(), () => undefined).keep(kept);
    expect(said.mock.calls[0]![0]).toMatch(/^warning: /);
    const other = new Checkpoint(scratch.path('others'), 'abc');
    other.write(kept);
    writeFileSync(scratch.path('others', 'abc.partial-1'), 'half');
    writeFileSync(scratch.path('others', 'abcd'), 'of another trial');
    expect(new TrialKeeper(other, () => undefined).from).toEqual(kept);
    expect(readdirSync(scratch.path('others')).sort()).toEqual(['abc', 'abcd']);
  });
});
