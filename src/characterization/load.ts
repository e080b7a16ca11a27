import path from 'node:path';
import { UsageError, nearestName } from '../errors.js';
import { shippedConfigs, toldConfig, unreadable } from '../experiment/files.js';
import { applyOverride, splitSet, wholesFirst } from '../experiment/overrides.js';
import { ConfigError, type Mistake } from '../experiment/place.js';
import { originMistakes } from '../experiment/provenance.js';
import { withDefaults } from '../experiment/resolved.js';
import { find, scalarAt, toPlain, withEntry, type Entry, type Mapping, type Tree } from '../experiment/tree.js';
import { readYamlFile } from '../experiment/yaml-source.js';
import { acceptMistake } from './expectation.js';
import type { Measure, Prepared } from './measure.js';
import { measures } from './registry.js';
import { folderOfFile } from '../experiment/pipes.js';

/** A characterization file that passed every check. */
export interface LoadedCharacterization extends Prepared {
  /** Absolute path. */
  readonly file: string;
  readonly measure: Measure;
  /** As written, whole: the cell's file put in, options applied, defaults put in. Loads again alike. */
  readonly resolved: unknown;
}

/** The characterizations that come with Mho, by name, sorted. */
export function shippedCharacterizations(): ReadonlyMap<string, string> {
  return shippedConfigs('characterization');
}

/**
 * Loads a characterization by its file, or by the name of a shipped one.
 * @param sets - `path=value`, laid upon the file in order
 * @throws UsageError where there is none; ConfigError with the mistakes of the file
 */
export function loadCharacterization(name: string, sets: readonly string[] = []): LoadedCharacterization {
  const file = toldConfig('characterization', name, 'characterize');
  const problem = unreadable(file);
  if (problem) throw new UsageError({ where: 'characterize', ...problem });
  const mistakes: Mistake[] = [];
  const refuse = (mistake: Mistake): void => void mistakes.push(mistake);
  const written = withCell(mappingOf(file), refuse);
  const tree = wholesFirst(sets.map(splitSet)).reduce((root, set) => applyOverride(root, set, refuse), written);
  const measure = measureOf(tree, refuse);
  if (!measure || mistakes.length > 0) throw new ConfigError(mistakes);
  return checked(file, tree, measure);
}

function checked(file: string, tree: Mapping, measure: Measure): LoadedCharacterization {
  const { prepared, mistakes } = measure.prepare(tree);
  if (!prepared) throw new ConfigError(mistakes);
  const resolved = withDefaults(measure.schema, toPlain(tree));
  const wrong = [...expectationMistakes(tree, prepared, measure), ...originMistakes(tree, resolved)];
  if (wrong.length > 0) throw new ConfigError(wrong);
  return { ...prepared, file, measure, resolved };
}

function expectationMistakes(tree: Tree, { common }: Prepared, { quantities }: Measure): Mistake[] {
  const known = Object.keys(quantities);
  return common.expected.flatMap(({ quantity, accept }, i): Mistake[] => {
    const kind = quantities[quantity];
    const [name, held] = [
      ['expected', i, 'quantity'],
      ['expected', i, 'accept'],
    ] as const;
    if (kind === undefined) {
      const what = `got ${JSON.stringify(quantity)}, expected one of ${known.join(', ')}`;
      return [{ place: find(tree, name).node.place, path: name, what }];
    }
    const what = acceptMistake(accept, kind);
    return what === undefined ? [] : [{ place: find(tree, held).node.place, path: held, what }];
  });
}

function mappingOf(file: string): Mapping {
  const { tree, mistakes } = readYamlFile(file);
  if (tree?.kind === 'mapping') return tree;
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const place = { kind: 'file', file, line: 1, column: 1 } as const;
  throw new ConfigError([{ place, path: [], what: 'is not a mapping of keys to values' }]);
}

/** Puts the file that `cell` names in its place, so that several measurements share one cell. */
function withCell(root: Mapping, refuse: (mistake: Mistake) => void): Mapping {
  const cell = root.entries.get('cell');
  if (cell?.value.kind !== 'scalar' || typeof cell.value.value !== 'string') return root;
  const { place } = cell.value;
  const folder = place.kind === 'file' ? folderOfFile(place.file) : process.cwd();
  const file = path.resolve(folder, cell.value.value);
  const problem = unreadable(file);
  if (problem) refuse({ place, path: ['cell'], ...problem });
  const entry: Entry | undefined = problem ? undefined : { key: cell.key, value: mappingOf(file) };
  return withEntry(root, 'cell', entry);
}

function measureOf(tree: Mapping, refuse: (mistake: Mistake) => void): Measure | undefined {
  const name = scalarAt(tree, 'measure');
  const measure = measures.find((one) => one.name === name);
  if (measure) return measure;
  const names = measures.map((one) => one.name);
  const near = typeof name === 'string' ? nearestName(name, names) : undefined;
  const got = name === undefined ? 'is missing' : `got ${JSON.stringify(name)}`;
  const what = `${got}, expected one of ${names.join(', ')}`;
  const { place } = find(tree, ['measure']).node;
  refuse({ place, path: ['measure'], what, ...(near !== undefined && { remedy: `did you mean ${near}?` }) });
  return undefined;
}
