import { measurements } from '../../datasets/measurements.js';
import { isOffline } from '../../datasets/places.js';
import type { LoadOptions } from '../../datasets/source.js';
import { ConfigError } from './place.js';

/**
 * Loads a configuration; where measured tables that it names are not at hand, downloads them and loads it once more.
 * @param load - throws ConfigError with the tables that are absent
 * @throws what `load` throws; RunError where the tables cannot be downloaded
 */
export async function withMeasurements<T>(load: () => T, options: LoadOptions): Promise<T> {
  try {
    return load();
  } catch (error) {
    const absent = error instanceof ConfigError ? absentMeasurements(error) : [];
    if (absent.length === 0 || isOffline(options.offline, options.env ?? process.env)) throw error;
    for (const source of measurements.filter(({ name }) => absent.includes(name))) await source.fetch(options);
    return load();
  }
}

/** The measurements that a configuration lacks; none where anything else is wrong with it. */
function absentMeasurements({ mistakes }: ConfigError): string[] {
  const absent = mistakes.flatMap(({ measurement }) => measurement ?? []);
  return absent.length === mistakes.length ? absent : [];
}
