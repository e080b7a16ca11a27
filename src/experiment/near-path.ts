import { nearestName } from '../errors.js';

/**
 * The path that was most likely meant: one that begins with the word, or ends with it behind a dot, otherwise one of few
 * letters' difference; undefined where none is near.
 */
export function nearestPath(word: string, paths: readonly string[]): string | undefined {
  const [small, least] = [word.toLowerCase(), 3];
  const shortest = (names: readonly string[]): string | undefined => [...names].sort((a, b) => a.length - b.length)[0];
  const begins = paths.filter((path) => path.toLowerCase().startsWith(small));
  const ends = paths.filter((path) => path.toLowerCase().endsWith(`.${small}`));
  if (word.length < least) return nearestName(word, paths);
  return shortest(ends) ?? shortest(begins) ?? nearestName(word, paths);
}

/** Paths of every value of a configuration, mappings and lists among them. */
export function pathsIn(value: unknown, at = ''): string[] {
  const own = at === '' ? [] : [at];
  if (typeof value !== 'object' || value === null) return own;
  const inner = Array.isArray(value)
    ? value.flatMap((item, i) => pathsIn(item, `${at}[${i}]`))
    : Object.entries(value).flatMap(([key, item]) => pathsIn(item, at === '' ? key : `${at}.${key}`));
  return [...own, ...inner];
}
