import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeptExperiment } from '../../../src/experiment/keeper.js';
import { Checkpoint } from '../../../src/experiment/sweep/checkpoint.js';
import { Departure } from '../../../src/experiment/sweep/departure.js';
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

/** A keeper of a process that trains one trial, and what it ends with. */
function keeperOf(codes: number[] = [], of = checkpoint()) {
  const departure = new Departure((code) => void codes.push(code));
  return { keeper: new TrialKeeper(of, departure), departure };
}

describe('the keeper of a trial', () => {
  it('keeps once a minute, and after training where that took long', () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const { keeper } = keeperOf();
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
    expect(keeperOf().keeper.from).toEqual(kept);
  });

  it('lets the process end at once where nothing trains, after it kept what trains, and where a chunk takes too long', () => {
    vi.useFakeTimers();
    const codes: number[] = [];
    keeperOf(codes).departure.stop(143);
    expect(codes).toEqual([143]);
    const training = keeperOf(codes);
    expect(training.keeper.isDue(false)).toBe(false);
    training.departure.stop(130);
    training.departure.stop(143);
    expect([codes, checkpoint().read()]).toEqual([[143], undefined]);
    expect(training.keeper.isDue(false)).toBe(true);
    training.keeper.keep(kept);
    expect([codes, checkpoint().read()]).toEqual([[143, 130], kept]);
    const trained = keeperOf(codes);
    for (const isLast of [false, true]) trained.keeper.isDue(isLast);
    trained.departure.stop(7);
    expect(codes.splice(2)).toEqual([7]);
    const slow = keeperOf(codes);
    slow.keeper.isDue(false);
    slow.departure.stop(130);
    vi.advanceTimersByTime(10_000);
    expect(codes.slice(2)).toContain(130);
  });

  it('waits for every trial of the process that trains, whether it is kept or ends', () => {
    const codes: number[] = [];
    const departure = new Departure((code) => void codes.push(code));
    const [a, b, c, idle] = ['a', 'b', 'c', 'idle'].map((name) => new TrialKeeper(checkpoint(name), departure));
    for (const keeper of [a!, b!, c!]) keeper.isDue(false);
    departure.stop(130);
    // One that has not begun to train is not waited for; one that was kept may go on meanwhile.
    for (const keeper of [a!, idle!, a!]) {
      expect(keeper.isDue(false)).toBe(true);
      keeper.keep(kept);
    }
    b!.over();
    expect(codes).toEqual([]);
    c!.isDue(false);
    c!.keep(kept);
    expect(codes).toEqual([130]);
    expect(readdirSync(scratch.path('checkpoints')).sort()).toEqual(['a', 'c', 'idle']);
  });

  it('goes on where it cannot write, and removes what a killed one left half written', () => {
    scratch.write('checkpoints', 'a file in the place of the folder');
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    keeperOf().keeper.keep(kept);
    expect(said.mock.calls[0]![0]).toMatch(/^warning: /);
    const other = new Checkpoint(scratch.path('others'), 'abc');
    other.write(kept);
    writeFileSync(scratch.path('others', 'abc.partial-1'), 'half');
    writeFileSync(scratch.path('others', 'abcd'), 'of another trial');
    expect(keeperOf([], other).keeper.from).toEqual(kept);
    expect(readdirSync(scratch.path('others')).sort()).toEqual(['abc', 'abcd']);
  });
});
