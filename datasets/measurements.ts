import { foldersOf, missingRemedy } from './archive.js';
import { enode } from './enode.js';
import type { MeasurementSource } from './measurement.js';
import { taoxRamps } from './taox.js';
import { nearestName } from '../src/errors.js';
import { searchFileSync } from './search.js';

/** Measurements that device files and `mho fit` name as `data:<measurement>/<file>`; the only list of them. */
export const measurements: readonly MeasurementSource[] = [enode, taoxRamps];

const scheme = 'data:';

/** Whether the path of a table names a measurement instead of a file. */
export function isMeasurement(name: string): boolean {
  return name.startsWith(scheme);
}

/** A measured file that was found and checked, or what is wrong and what to do. */
export type MeasuredFile =
  | { readonly place: string; readonly text: string }
  | {
      readonly what: string;
      readonly remedy: string;
      /** The measurement, where its file is what is missing. */
      readonly measurement?: string;
    };

/** Reads a measured file by its name, `data:<measurement>/<file>`, without network. */
export function readMeasurement(
  name: string,
  known: readonly MeasurementSource[] = measurements,
  env: NodeJS.ProcessEnv = process.env,
): MeasuredFile {
  const [measurement, file] = name.slice(scheme.length).split('/', 2);
  const source = known.find((candidate) => candidate.name === measurement);
  if (!source)
    return unknown(
      name,
      known.map((one) => one.name),
    );
  const wanted = source.files.find((candidate) => candidate.name === file);
  if (!wanted)
    return unknown(
      name,
      source.files.map((one) => `${source.name}/${one.name}`),
    );
  const { place, content, rejected, tried } = searchFileSync(wanted, foldersOf(source.archive, env));
  if (place !== undefined) return { place, text: content.toString('utf8') };
  const [damaged] = rejected;
  if (damaged)
    return {
      what: `${damaged.place}: ${damaged.reason}`,
      remedy: `delete it and ${missingRemedy(source.archive)}`,
      measurement: source.name,
    };
  return {
    what: `${wanted.name} of ${source.name} is absent, looked at: ${tried.join(', ')}`,
    remedy: missingRemedy(source.archive),
    measurement: source.name,
  };
}

function unknown(name: string, expected: readonly string[]): MeasuredFile {
  const near = nearestName(name.slice(scheme.length), expected);
  const remedy = near === undefined ? 'see `npx mho data list`' : `did you mean ${scheme}${near}?`;
  const what = `got ${JSON.stringify(name)}, expected ${expected.map((one) => `${scheme}${one}`).join(' or ')}`;
  return { what, remedy };
}
