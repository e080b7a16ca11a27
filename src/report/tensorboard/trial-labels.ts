import { shortNames } from '../../experiment/sweep/short-names.js';
import type { TrialRead } from '../results/sweep.js';

/** What a value's text has at most in a name of a folder. */
const longest = 40;

/** A name has so many bytes at most, without the hash of 17 more: file systems take 255. */
const longestName = 200;

/**
 * Names of trials by point and seed, as folders can be called: `states=8,gMin=10uS,seed=1`. A path goes by its last step where no
 * other one ends alike; two trials that would have one name are told apart by their hashes.
 */
export function trialLabels(trials: readonly TrialRead[]): (trial: TrialRead) => string {
  const names = shortNames(trials.flatMap(({ point }) => Object.keys(point)));
  const text = ({ point, seed }: TrialRead): string => {
    const values = Object.entries(point).map(([path, value]) => `${names.get(path)!}=${inName(String(value))}`);
    return endOf([...values, `seed=${seed}`].join(','));
  };
  const counts = new Map<string, number>();
  for (const trial of trials) counts.set(text(trial), (counts.get(text(trial)) ?? 0) + 1);
  return (trial) => (counts.get(text(trial)) === 1 ? text(trial) : `${text(trial)},${trial.hash}`);
}

/** The end of a text, in as many whole characters as fit. */
function endOf(text: string): string {
  const characters = Array.from(text);
  for (let bytes = Buffer.byteLength(text); bytes > longestName;) bytes -= Buffer.byteLength(characters.shift()!);
  return characters.join('');
}

/** A value without what separates folders, or blanks, which command lines would have to quote. */
function inName(value: string): string {
  return value
    .replaceAll(/\s+/g, '')
    .replaceAll(/[^\p{L}\p{N}.+%-]+/gu, '_')
    .slice(0, longest);
}
