import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMeasurement } from '../../../datasets/measurements.js';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { splitSet } from '../../../src/experiment/overrides.js';
import { seedsOf } from '../../../src/experiment/verify/case.js';
import { loadCases, loadFile, shippedCases } from '../../../src/experiment/verify/case-files.js';
import { Scratch, messageOf, smallExperiment } from '../scratch.js';
import { loadCase, smallCase } from './small-case.js';

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
      'case.yaml:7:12: statistic: got "meen", expected one of mean, median, count, order; did you mean mean?',
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

describe('a file of an order', () => {
  const text = `name: two
title: Two rates
sets: [full]
experiment: small.yaml
overrides: [training.epochs=2]
seeds: { from: 1, to: 3 }
statistic: order
lastEpochs: 2
significance: 0.05
ranks:
  - [{ name: fast, accept: [0.5, 0.9] }]
  - [{ name: slow, overrides: [training.learningRate=0.001] }, { name: slower, overrides: [training.learningRate=1e-4] }]
`;
  const mistake = (from: string, to: string): string => {
    const file = scratch.write('two.yaml', text.replace(from, to));
    return messageOf(() => loadFile(file)).replaceAll(`${scratch.folder}${path.sep}`, '');
  };

  it('is a case for each of its runs, which is to be above those of the next rank', () => {
    const cases = loadFile(scratch.write('two.yaml', text));
    expect(cases.map(({ config, order }) => [config.name, config.overrides, order!.above])).toEqual([
      ['two/fast', ['training.epochs=2'], ['two/slow', 'two/slower']],
      ['two/slow', ['training.epochs=2', 'training.learningRate=0.001'], []],
      ['two/slower', ['training.epochs=2', 'training.learningRate=1e-4'], []],
    ]);
    expect(cases[0]!.config).toMatchObject({ statistic: 'mean', lastEpochs: 2, accept: [0.5, 0.9] });
    expect(cases.every(({ experiment }) => experiment === scratch.path('small.yaml'))).toBe(true);
  });

  it.each([
    ['to: 3 }', 'to: 1 }', 'two.yaml:6:23: seeds.to: leaves no spread, expected two seeds at least; raise to'],
    [
      'name: slower',
      'name: slow',
      'two.yaml:12:72: ranks[1][1].name: got slow twice, expected a name for each run; name it otherwise',
    ],
    [
      '[0.5, 0.9]',
      '[0.9, 0.5]',
      'two.yaml:11:28: ranks[0][0].accept: has its upper end first; write the lower end first',
    ],
    [
      '[training.learningRate=1e-4]',
      '[seed=4]',
      'ranks[1][1].overrides[0]: sets the seed, expected it under seeds; take it out',
    ],
    [
      'training.learningRate=1e-4',
      'training.learningRat=1e-4',
      'two.yaml: ranks[1][1].overrides[0]: training.learningRat: training.learningRat: is not a known key',
    ],
    [
      'name: fast,',
      'name: fast, experiment: smal.yaml,',
      'two.yaml:11:32: ranks[0][0].experiment: no such file smal.yaml; did you mean small.yaml?',
    ],
  ])('that has %s as %s is refused', (from, to, message) => {
    expect(mistake(from, to)).toContain(message);
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
    const files = new Set(names('full').map((name) => name.replace(/\/.*$/, '')));
    if (tablesAreHere) expect([...files]).toEqual([...shippedCases().keys()]);
  });
});

describe('the shipped cases', () => {
  const loaded = [...shippedCases()].filter(([name]) => isLoadable(name)).flatMap(([, file]) => loadFile(file));
  const cases = loaded.filter(({ order }) => order === undefined);

  it('hold the order of all devices of the MLP+NeuroSim library in its benchmark', () => {
    const ranked = loaded.filter(({ order }) => order !== undefined);
    expect(ranked.map(({ config }) => config.name.replace('neurosim-order/', ''))).toEqual([
      ...['software', 'epiram', 'hzo-fefet', 'taox-hfox', 'ag-asi'],
      ...['pcmo', 'alox-hfo2', 'gst-pcm', 'taox-tio2'],
    ]);
    expect(ranked.every(({ config }) => config.sets.join() === 'full')).toBe(true);
    for (const { config, experiment } of ranked) {
      const device = config.name.replace('neurosim-order/', '');
      const overrides = config.overrides.map(splitSet);
      const { config: trained } = loadExperiment(experiment, { overrides });
      expect(trained.otherDevice ?? (device === 'software' ? 'software' : 'epiram')).toBe(device);
      expect([trained.training.epochs, trained.training.samplesPerEpoch]).toEqual([125, 8000]);
    }
  });

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
