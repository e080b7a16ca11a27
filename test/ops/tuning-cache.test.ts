import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LayoutChoice } from '../../kernels/online-sgd/webgpu/layout-choice.js';
import { layouts } from '../../kernels/online-sgd/webgpu/layout.js';
import { fingerprint, keepTunings } from '../../kernels/webgpu/tuning.js';
import { tuningCache } from '../../src/ops/tuning-cache.js';
import { Scratch } from '../experiment/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  keepTunings({ read: () => undefined, write: () => undefined });
  scratch.remove();
});

const cacheHere = () => tuningCache({ MHO_CACHE_DIR: scratch.path('cache') })!;
const file = () => scratch.path('cache', 'webgpu-layouts.json');

/** Times every layout until one is chosen; the last one is the fastest. */
function choose(key: string): void {
  const choice = new LayoutChoice(key);
  for (let n = 0; choice.next(1000, 0).timed; n++) {
    expect(n).toBeLessThan(20);
    const { layout, samples } = choice.next(1000, 0);
    choice.took(layout, samples, samples * (layout === layouts.at(-1) ? 0.01 : 0.02));
  }
}

const entryOf = (key: string): string => `${key}, from step 0`;

describe('the cache of tunings', () => {
  it('is read by the next process, which compares nothing, and goes by it once a few samples took as long', () => {
    keepTunings(cacheHere());
    choose('a network');
    const { [entryOf('a network')]: found } = JSON.parse(readFileSync(file(), 'utf8')) as Record<string, unknown>;
    expect(found).toEqual({ alone: 0.02, 'two-dispatch': 0.02, columns: 0.01 });
    // Another key stands for another process, in which nothing is known yet.
    writeFileSync(file(), JSON.stringify({ [entryOf('the same network, later')]: found }));
    const choice = new LayoutChoice('the same network, later');
    expect(choice.next(1000, 0)).toEqual({ layout: 'columns', samples: 8, timed: true });
    choice.took('columns', 8, 0.08);
    expect(choice.next(1000, 8)).toEqual({ layout: 'columns', samples: 10, timed: false });
  });

  it.each([
    ['no JSON', 'x{'],
    ['no object', '7'],
    ['no entry', '{"k": null}'],
    ['an empty entry', '{"k": {}}'],
    ['a layout that is not known', '{"k": {"spiral": 1}}'],
    ['a time that is none', '{"k": {"alone": "fast"}}'],
    ['what an earlier version wrote', '{"k": {"layout": "alone", "seconds": 1}}'],
  ])('is passed over where it holds %s, and then written whole', (what, content) => {
    mkdirSync(scratch.path('cache'));
    writeFileSync(file(), content.replace('"k"', JSON.stringify(entryOf(what))));
    keepTunings(cacheHere());
    expect(new LayoutChoice(what).next(1000, 0)).toMatchObject({ timed: true });
    choose(what);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ [entryOf(what)]: { columns: 0.01 } });
  });

  it('is nothing where it cannot be written, or is switched off', () => {
    scratch.write('cache', 'a file where the folder should be');
    cacheHere().write('k', {});
    expect(cacheHere().read('k')).toBeUndefined();
    expect(tuningCache({ MHO_TUNING_CACHE: 'off' })).toBeUndefined();
  });

  it('keeps the newest 500', () => {
    const cache = cacheHere();
    for (let n = 0; n < 510; n++) cache.write(`network ${n}`, { n });
    expect(cache.read('network 9')).toBeUndefined();
    expect(cache.read('network 10')).toEqual({ n: 10 });
    expect(cache.read('network 509')).toEqual({ n: 509 });
  });
});

it('fingerprints differ with the text', () => {
  expect(fingerprint('')).toBe('811c9dc5');
  expect(fingerprint('a')).toBe('e40c292c');
  expect(fingerprint('foobar')).toBe('bf9cf968');
});
