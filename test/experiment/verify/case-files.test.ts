import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMeasurement } from '../../../datasets/measurements.js';
import { seedsOf } from '../../../src/experiment/verify/case.js';
import { loadCase, loadCases, shippedCases } from '../../../src/experiment/verify/case-files.js';
import { Scratch, messageOf, smallExperiment } from '../scratch.js';
import { smallCase } from './small-case.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.write('small.yaml', smallExperiment);
});
afterEach(() => {
  scratch.remove();
});

/** What is told of the small case after a change. */
function mistakeAfter(from: string | RegExp, to: string): string {
  const file = scratch.write('case.yaml', smallCase.replace(from, to));
  return messageOf(() => loadCase(file)).replaceAll(`${scratch.folder}${path.sep}`, '');
}

/** ENODe's tables are not the project's own: they are looked for, or downloaded. */
const tablesAreHere = 'text' in readMeasurement('data:enode/dG_increasing.txt');
const isLoadable = (name: string): boolean => tablesAreHere || !name.startsWith('enode-');

describe('a regression file', () => {
  it('loads with its experiment', () => {
    const { config, experiment } = loadCase(scratch.write('case.yaml', smallCase));
    expect(experiment).toBe(scratch.path('small.yaml'));
    expect(config).toMatchObject({ name: 'small', statistic: 'mean', seeds: { from: 1, to: 2 } });
    expect(seedsOf(config.seeds)).toEqual([1, 2]);
  });

  it.each([
    [
      'statistic: mean',
      'statistic: meen',
      'case.yaml:7:12: statistic: got "meen", expected one of mean, median, count; did you mean mean?',
    ],
    ['to: 2 }', 'to: 0 }', 'case.yaml:6:23: seeds.to: is below from; swap from and to'],
    ['from: 1,', 'from: 1.5,', 'case.yaml:6:16: seeds.from: got 1.5, expected a whole number from 0 to 2^53 - 1'],
    [
      'from: 101,',
      'from: 2,',
      'case.yaml:6:8: seeds: holds seeds that the expectation was measured with, expected others; choose seeds outside expected.seeds',
    ],
    [
      '[training.epochs=1]',
      '[seed=3]',
      'case.yaml:5:13: overrides[0]: sets the seed, expected it under seeds; take it out',
    ],
    [
      'stalled: 0',
      'stalled: 1',
      'case.yaml:13:12: expected.stalled: got 1, but no run counts as stalled; write stalledBelow',
    ],
    [
      'to: 110 }',
      'to: 101 }',
      'case.yaml:13:12: expected.stalled: leaves 1 of 1 runs, expected at least 2 to have a spread; measure more seeds with mho verify --update',
    ],
    [
      'accept: [0.1, 0.99]',
      'accept: [0.9, 0.95]',
      'case.yaml:10:10: expected.value: got 0.8, outside accept, 0.9 to 0.95; the figure is no longer',
    ],
    [
      'accept: [0.1, 0.99]',
      'accept: [0.99, 0.1]',
      'case.yaml:17:9: accept: got [0.99, 0.1]; write the lower end first',
    ],
    [
      /expected:[^]*$/,
      '',
      'case.yaml:1:1: has neither expected nor accept, so nothing could be outside; write accept: [low, high], or an expectation',
    ],
    [
      'measured: 2026-01-01',
      'measured: yesterday',
      'case.yaml:14:13: expected.measured: got "yesterday", expected a date such as 2026-11-22',
    ],
    ['small.yaml', 'smal.yaml', 'case.yaml:4:13: experiment: no such file smal.yaml; did you mean small.yaml?'],
  ] as const)('that has %s as %s is refused', (from, to, message) => {
    expect(mistakeAfter(from, to)).toContain(message);
  });

  it('tells a mistake in its values for the experiment by its own place', () => {
    expect(mistakeAfter('training.epochs=1', 'training.epoch=1')).toBe(
      'case.yaml: overrides[0]: training.epoch: training.epoch: is not a known key; did you mean epochs?',
    );
  });
});

describe('the choice of cases', () => {
  it('is by file or by name, and a misspelt name is told the right one', () => {
    const file = scratch.write('case.yaml', smallCase);
    expect(loadCases([file, 'orhd-device'], 'quick').map(({ config }) => config.name)).toEqual([
      'small',
      'orhd-device',
    ]);
    expect(messageOf(() => loadCases(['orhd-devise'], 'quick'))).toMatch(
      /^verify: got "orhd-devise", .*did you mean orhd-device\?$/,
    );
    expect(messageOf(() => loadCases([file, file], 'quick'))).toBe(
      'verify: got two cases named small; name each file once',
    );
  });

  it('is otherwise a set', () => {
    const names = (set: 'quick' | 'full'): string[] => loadCases([], set).map(({ config }) => config.name);
    expect(names('quick')).toEqual([
      'mnist-device-subset',
      'neurosim-gst-pcm',
      'orhd-device',
      'orhd-ideal',
      'orhd-linear',
      'orhd-nonlinear',
      'orhd-reference',
      'ws2-mnist',
      'ws2-nanosheet',
    ]);
    if (tablesAreHere) expect(names('full')).toEqual([...shippedCases().keys()]);
  });
});

describe('the shipped cases', () => {
  const cases = [...shippedCases()].filter(([name]) => isLoadable(name)).map(([, file]) => loadCase(file));

  it.each(cases.map((one) => [one.config.name, one] as const))('%s is named as its file', (name, { file }) => {
    expect(path.basename(file)).toBe(`${name}.yaml`);
  });

  it('hold every headline experiment and both reference points', () => {
    const experiments = cases.filter(({ config }) => config.overrides.length === 0).map(({ experiment }) => experiment);
    expect(experiments.map((file) => path.basename(file, '.yaml')).sort()).toEqual([
      ...(tablesAreHere ? ['enode-orhd', 'enode-orhd-pair'] : []),
      ...['ws2-mnist', 'ws2-mnist-ideal', 'ws2-nanosheet-mnist'],
      ...['wse2-mnist', 'wse2-mnist-ideal', 'wse2-mnist-reference'],
      ...['wse2-orhd', 'wse2-orhd-ideal', 'wse2-orhd-reference'],
    ]);
  });

  it('were measured with enough seeds to know their spread', () => {
    for (const { config } of cases) {
      if (config.statistic === 'count') continue;
      expect(seedsOf(config.expected!.seeds).length, config.name).toBeGreaterThanOrEqual(8);
      expect(config.expected!.sd, config.name).toBeGreaterThan(0);
    }
  });
});
