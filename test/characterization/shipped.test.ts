import { describe, expect, it } from 'vitest';
import { characterize } from '../../src/characterization/characterize.js';
import { claimRows } from '../../src/characterization/claims/rows.js';
import { loadCharacterization, shippedCharacterizations } from '../../src/characterization/load.js';

const documented = ['name', 'title', 'description', 'source', 'measure', 'seed', 'expected', 'origin'];

/** Paths of all values that are no mappings. */
function leaves(value: unknown, at: string): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [at];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, at === '' ? key : `${at}.${key}`));
}

function withoutOrigin(values: object): string[] {
  const { origin = {}, ...rest } = values as { origin?: object };
  const own = Object.entries(rest).filter(([key]) => !documented.includes(key) && key !== 'model');
  const stated = Object.keys(origin);
  return own.flatMap(([key, value]) => {
    const inner = typeof value === 'object' && value !== null && 'origin' in value;
    const missing = inner ? withoutOrigin(value).map((leaf) => `${key}.${leaf}`) : leaves(value, key);
    return missing.filter((leaf) => !stated.some((one) => leaf === one || leaf.startsWith(`${one}.`)));
  });
}

describe.each([...shippedCharacterizations()])('%s', (name, file) => {
  const loaded = loadCharacterization(file);

  it('is named as its file', () => {
    expect(loaded.common.name).toBe(name);
  });

  it('says of every value where it comes from', () => {
    expect(withoutOrigin(loaded.resolved as object)).toEqual([]);
  });

  it('holds claims that there are', () => {
    const ids = claimRows.map(({ id }) => id);
    expect(loaded.common.expected.flatMap(({ claim }) => claim ?? []).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('meets what is expected of it', () => {
    const { judgements } = characterize(loaded);
    expect(judgements.filter(({ verdict }) => verdict !== 'met')).toEqual([]);
  });

  it('gives the same twice', () => {
    expect(characterize(loadCharacterization(file))).toEqual(characterize(loaded));
  });
});
