import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../datasets/places.js';
import { datasetNames, datasetSource } from '../../../datasets/registry.js';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { splitSet } from '../../../src/experiment/overrides.js';
import { labelOf } from '../../../src/experiment/schema.js';
import { Scratch, messageOf, smallDevice, smallExperiment } from '../scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

/** ORHD has 3823 training images; the experiment trains one epoch. */
function load(addition: string, ...sets: string[]) {
  const file = scratch.write('small.yaml', `${smallExperiment}${addition}\n`);
  return loadExperiment(file, { overrides: sets.map(splitSet) });
}

const mistakes = (addition: string, ...sets: string[]) =>
  messageOf(() => load(addition, ...sets)).replaceAll(`${scratch.folder}/`, '');

describe('record', () => {
  it('is an event file alone unless told', () => {
    const { config, resolved } = load('');
    const record = { weightMaps: false, idealLine: false, tensorboard: true };
    expect(config.record).toEqual(record);
    expect(resolved).toMatchObject({ record, published: 'none' });
  });

  it.each([
    [
      'record: { evaluateAt: [100, 50] }',
      'small.yaml:11:29: record.evaluateAt[1]: got 50, expected more than the count before it, 100; write the counts in rising order, each once',
    ],
    ['record: { evaluateAt: [-1] }', 'small.yaml:11:24: record.evaluateAt[0]: got -1, expected a whole number >= 0'],
    [
      'record: { evaluateAt: [100, 3824] }',
      'small.yaml:11:29: record.evaluateAt[1]: got 3824, but the training ends after 3823 samples; take it out, or train longer',
    ],
    [
      'record: { weightMaps: [4000] }',
      'small.yaml:11:24: record.weightMaps[0]: got 4000, but the training ends after 3823 samples; take it out, or train longer',
    ],
    ['record: { evaluateEvery: 0 }', 'small.yaml:11:26: record.evaluateEvery: got 0, expected a whole number >= 1'],
    ['record: { idealLin: true }', 'small.yaml:11:11: record.idealLin: is not a known key; did you mean idealLine?'],
  ])('%s is a mistake', (addition, message) => {
    expect(mistakes(addition)).toBe(message);
  });

  it('takes the last count of the training', () => {
    expect(load('record: { evaluateAt: [0, 3823] }').config.record.evaluateAt).toEqual([0, 3823]);
  });

  it('loses what the command line puts out of reach, also in the configuration that is left', () => {
    const lists = 'record: { evaluateAt: [0, 100, 3823], weightMaps: [100, 200] }';
    const { config, resolved } = load(lists, 'dataset.trainSubset.count=60');
    expect(config.record).toMatchObject({ evaluateAt: [0], weightMaps: [0] });
    expect(resolved).toMatchObject({ record: { evaluateAt: [0], weightMaps: [0] } });
    expect(load(lists, 'training.epochs=2').config.record.evaluateAt).toEqual([0, 100, 3823]);
  });

  it('loses what the file that extends it puts out of reach, but keeps to its own counts', () => {
    scratch.write('base.yaml', `${smallExperiment}record: { evaluateAt: [100, 3823] }\n`);
    const extending = (record: string) =>
      scratch.write('over.yaml', `extends: base.yaml\ndataset: { trainSubset: { count: 200 } }\n${record}\n`);
    expect(loadExperiment(extending('')).config.record.evaluateAt).toEqual([100]);
    expect(messageOf(() => loadExperiment(extending('record: { evaluateAt: [100, 300] }')))).toMatch(
      /over\.yaml:3:29: record\.evaluateAt\[1\]: got 300, but the training ends after 200 samples/,
    );
  });

  it('holds the counts of the command line to the training as it is', () => {
    expect(mistakes('', 'record.evaluateAt=[5000]', 'training.epochs=1')).toBe(
      '--set record.evaluateAt: record.evaluateAt[0]: got 5000, but the training ends after 3823 samples; take it out, or train longer',
    );
    expect(load('', 'record.evaluateAt=[5000]', 'training.epochs=2').config.record.evaluateAt).toEqual([5000]);
  });
});

describe('published', () => {
  it('keeps the printed digits beside the fraction', () => {
    const { config, resolved } = load("published: { accuracy: 91.59 %, untrained: 13.4 %, source: 'A, figure 1' }");
    expect(config.published).toEqual({
      accuracy: { value: 0.9159, printed: '91.59 %' },
      untrained: { value: 0.134, printed: '13.4 %' },
      source: 'A, figure 1',
    });
    expect(resolved).toMatchObject({ published: { accuracy: '91.59 %' } });
  });

  it.each(['0.9159', "'91.59'", '101 %', '-3 %'])('an accuracy of %s is a mistake', (accuracy) => {
    expect(mistakes(`published: { accuracy: ${accuracy}, source: A }`)).toMatch(
      /^small\.yaml:11:24: published\.accuracy: got .*, expected a percentage as it is printed, such as 91\.59 %$/,
    );
  });

  describe('of a device in whose place another is put', () => {
    const stated = 'published: { accuracy: 91.59 %, untrained: 13.4 %, ideal: 96.71 %, source: A }';
    const left = { ideal: { value: 0.9671, printed: '96.71 %' }, source: 'A' };

    it('stands nowhere in a run of a shipped experiment', () => {
      const file = path.join(projectRoot(), 'configs/experiments/wse2-orhd.yaml');
      const printed = '91.59 %';
      expect(JSON.stringify(loadExperiment(file).resolved)).toContain(printed);
      const { config, resolved } = loadExperiment(file, { overrides: [splitSet('device=epiram')] });
      expect(JSON.stringify(resolved)).not.toContain(printed.slice(0, 5));
      expect(config.description).toBe('wse2-orhd with the device epiram in place of its own.');
      expect(config.published).toEqual({
        ...{ ideal: { value: 0.9671, printed: '96.71 %' }, rounding: 'truncated', epochs: 40 },
        source: expect.stringMatching(/^Wang/) as string,
      });
    });

    it('is left out where an option puts it there; the ideal case stays', () => {
      expect(load(stated, 'device=ideal').config.published).toEqual(left);
      expect(load(stated, 'device=ideal', 'published.accuracy=90 %').config.published).toMatchObject({
        accuracy: { printed: '90 %' },
      });
    });

    it('is named for labels, but not where it is the same device', () => {
      expect(load(stated, 'device=ideal').config.otherDevice).toBe('ideal');
      const mine = scratch.write('mine.yaml', smallDevice);
      const weighty = smallExperiment.replaceAll(/units: (\d+)/g, 'units: $1\n      weightLimit: 2');
      const file = scratch.write('own.yaml', weighty.replace('device: { model: ideal }', `device: ${mine}`));
      const own = (set: string) => loadExperiment(file, { overrides: [splitSet(set)], cwd: scratch.folder }).config;
      expect(own('device=mine.yaml').otherDevice).toBeUndefined();
      expect(own('device.cycleToCycle=0.1').otherDevice).toBeUndefined();
      expect(labelOf(own('device=taox'))).toBe('small with taox');
    });

    it('is left out where a file puts it there, unless that states its own', () => {
      const base = scratch.write('small.yaml', `${smallExperiment}${stated}\n`);
      const other = (more: string): object => {
        const file = scratch.write('other.yaml', `extends: ${base}\ndevice: { model: ideal }\n${more}`);
        return loadExperiment(file).config.published as object;
      };
      expect(other('')).toEqual(left);
      expect(other('published: { accuracy: 80 % }')).toMatchObject({ ...left, accuracy: { printed: '80 %' } });
    });

    it('stays where only a value of the device is changed', () => {
      expect(load(stated, 'device.name=other').config.published).toMatchObject({
        accuracy: { printed: '91.59 %' },
      });
    });
  });

  it('needs its source', () => {
    expect(mistakes('published: { accuracy: 90 % }')).toMatch(/^small\.yaml:11:12: published\.source: is missing/);
  });
});

it.each(datasetNames)('the number of training images of %s is known without its files', async (name) => {
  const source = datasetSource(name);
  if ((await source.locate()).some(({ place }) => place === undefined)) return;
  expect((await source.load()).train.count).toBe(source.trainImages);
});
