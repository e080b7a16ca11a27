import { stringify } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeVersion } from '../../../src/experiment/sweep/code-version.js';
import { loadSweep } from '../../../src/experiment/sweep/load.js';
import { TrialNames, pointLoader, trialsOf } from '../../../src/experiment/sweep/plan.js';
import { Scratch, messageOf } from '../scratch.js';
import { smallSweep, writeSweep } from './small-sweep.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

function namesOf(text = smallSweep, code = '1') {
  const sweep = loadSweep(writeSweep(scratch, text));
  const base = scratch.write('base.yaml', stringify(sweep.base.resolved));
  return { sweep, names: new TrialNames(sweep, code, pointLoader(base, sweep)) };
}

const hashes = (text?: string, code?: string): string[] => {
  const { sweep, names } = namesOf(text, code);
  return [...trialsOf(sweep, names)].map(({ hash }) => hash);
};

describe('the name of a trial', () => {
  it('is that of its configuration loaded in full, whatever kinds of values the axes have', () => {
    const text = smallSweep.replace(
      'axes:\n',
      `axes:
  device.gMax: [10 nS, 20 nS, 5 pS]
  device.nonlinearity.ltp: [{ label: 1 }, { label: 2 }]
  crossbar.coding: [differential-pair, offset]
  training.epochs: [1, 2]
  network.layers[0].units: [4, 0]
`,
    );
    const { sweep, names } = namesOf(text);
    const all = [...sweep.points.all()];
    expect(all).toHaveLength(2 * 2 * 2 * 3 * 2 * 2 * 2 * 2);
    // What cannot be is named too; whether it can be is not asked.
    const possible = all.slice(0, 128).filter(({ point }) => {
      return point['device.gMax'] !== '5 pS' && point['network.layers[0].units'] !== 0;
    });
    expect(possible.length).toBeGreaterThan(60);
    expect(possible.map((point) => names.nameOf(point))).toEqual(possible.map((point) => names.fullNameOf(point)));
    expect(new Set(all.map((point) => names.nameOf(point))).size).toBe(all.length);
  });

  it('is of the values alone, not of where they are written or what is said of them', () => {
    const other = smallSweep
      .replace('name: small', 'name: other\ntitle: Another')
      .replace('{ dataset.trainSubset.count: 200 }', '{ dataset: { trainSubset: { count: 200 } }, description: told }');
    expect(hashes(other)).toEqual(hashes());
  });

  it('is another for another value, seed or version of the code', () => {
    const [first, second] = [hashes(), hashes(smallSweep, '2')];
    expect(new Set([...first, ...second]).size).toBe(16);
    expect(hashes(smallSweep.replace('count: 200', 'count: 201')).some((name) => first.includes(name))).toBe(false);
    // A value that is added leaves the names of the others.
    expect(hashes(smallSweep.replace('[0, 0.05]', '[0, 0.02, 0.05]'))).toEqual(expect.arrayContaining(first));
  });

  it('stays what it was: a change would run every sweep again', () => {
    expect(hashes()[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(codeVersion()).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{12}$/);
    expect(codeVersion()).toBe(codeVersion());
  });
});

describe('parts of a sweep', () => {
  it('are disjoint and together the whole', () => {
    const { sweep, names } = namesOf();
    const whole = [...trialsOf(sweep, names)];
    const parts = [1, 2, 3].flatMap((part) => [...trialsOf(sweep, names, { part, of: 3 })]);
    expect(parts.sort((a, b) => a.index - b.index)).toEqual(whole);
    expect([...trialsOf(sweep, names, { part: 3, of: 3 })]).toHaveLength(2);
  });
});

describe('a sweep file is refused', () => {
  it.each([
    ['device.cycleToCycle', 'device.cycleToCycl', 'is not a known key; did you mean cycleToCycle?'],
    ['[0, 0.05]', '[-1, -2]', 'got -1, expected a number'],
    ['seeds: 2', 'seeds: [1, 1]', 'seeds: has the seed 1 twice; name each seed once'],
    [
      'axes:\n',
      'axes:\n  seed: [1]\n',
      'axes.seed: sets the seed; write seeds: [1, 2, 3], or seeds: 3, beside the axes',
    ],
    [
      'seeds: 2',
      'zip: [[device.cycleToCycle, a]]',
      'zip[0]: a is not an axis; axes are device.cycleToCycle, training.learn',
    ],
    [
      '[0, 0.05]',
      '{ linspace: [0, 1] }',
      'does not say how many values; write [first, last, how many], or latinHypercube: n',
    ],
    ['cells.yaml', 'cell.yaml', 'experiment: no such file'],
    ['seeds: 2', 'wher: []', 'wher: is not a known key; did you mean where?'],
    ['overrides: {', 'overrides: { training.learningRate: 1,', 'is an axis too; leave one of the two out'],
  ])('with %s as %s', (from, to, message) => {
    expect(messageOf(() => loadSweep(writeSweep(scratch, smallSweep.replace(from, to))))).toContain(message);
  });

  it('unless one value of an axis is good: the others are trials that fail', () => {
    expect(loadSweep(writeSweep(scratch, smallSweep.replace('[0, 0.05]', '[-1, 0.05]'))).points.most).toBe(8);
  });
});
