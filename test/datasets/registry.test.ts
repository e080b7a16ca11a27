import { describe, expect, test } from 'vitest';
import { chosenSources, datasetNames, datasetSource, loadDataset, reportFrom } from '../../datasets/registry.js';
import type { FileStatus } from '../../datasets/source.js';
import { UsageError } from '../../src/errors.js';

describe('registry', () => {
  test('names its data sets', () => {
    expect(datasetNames).toEqual(['mnist', 'orhd']);
    expect(datasetNames.map((name) => datasetSource(name).name)).toEqual(datasetNames);
  });

  test('says what each is, with a licence, a citation and a checksum for every file', () => {
    for (const source of chosenSources([])) {
      expect([source.licence, source.citation, source.title, source.source, source.remedy]).not.toContain('');
      for (const { sha256, bytes } of source.files) {
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(bytes).toBeGreaterThan(0);
      }
    }
  });

  test('an unknown name is refused with the nearest one', () => {
    const load = () => loadDataset('minst');
    expect(load).toThrow(UsageError);
    expect(load).toThrow('dataset: got "minst", expected one of mnist, orhd; did you mean mnist?');
    expect(() => datasetSource('imagenet')).toThrow(/run `npx mho data list`$/);
  });

  test('loads by name what the source says it holds', async () => {
    const dataset = await loadDataset('mnist', { offline: true });
    const { features, classes } = datasetSource('mnist');
    expect([dataset.features, dataset.classes]).toEqual([features, classes]);
  });

  test('measurements are kept beside data sets, and are none', () => {
    expect(chosenSources(['enode']).map(({ name }) => name)).toEqual(['enode']);
    expect(() => datasetSource('enode')).toThrow('dataset: got "enode", expected one of mnist, orhd');
    expect(() => chosenSources(['enod'])).toThrow(
      'expected one of mnist, orhd, enode, taox-ramps; did you mean enode?',
    );
  });

  test('chooses all or the named, each once', () => {
    expect(chosenSources([]).map(({ name }) => name)).toEqual(['mnist', 'orhd', 'enode', 'taox-ramps']);
    expect(chosenSources(['orhd', 'orhd']).map(({ name }) => name)).toEqual(['orhd']);
  });

  test('a report tells present from intact', () => {
    const source = datasetSource('orhd');
    const good: FileStatus = { file: source.files[0]!, place: '/x', rejected: [], tried: ['/x'] };
    const shadowed = { ...good, rejected: [{ place: '/y', reason: 'wrong' }] };
    const absent = { ...good, place: undefined };
    const flags = [[good], [good, shadowed], [good, absent]].map((files) => reportFrom(source, files));
    expect(flags.map(({ present, intact }) => [present, intact])).toEqual([
      [true, true],
      [true, false],
      [false, false],
    ]);
  });
});
