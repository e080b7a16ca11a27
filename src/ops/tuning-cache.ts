import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, setting } from '../../datasets/places.js';
import type { TuningStore } from '../../kernels/webgpu/tuning.js';

/** Entries that are kept, the newest: more than a user's networks come to. */
const most = 500;

/**
 * Tunings in the user's cache folder, so that the next process need not find them again. A file that cannot be read,
 * written or understood is passed over: it costs a fraction of a second.
 * @returns undefined where `MHO_TUNING_CACHE` is off
 */
export function tuningCache(env: NodeJS.ProcessEnv): TuningStore | undefined {
  if (['off', '0', 'false'].includes(setting(env, 'MHO_TUNING_CACHE') ?? '')) return undefined;
  const file = path.join(cacheFolder(env), 'webgpu-layouts.json');
  return {
    read: (key) => entriesOf(file).get(key),
    write: (key, found) => {
      const entries = entriesOf(file);
      entries.delete(key);
      entries.set(key, found);
      put(file, Object.fromEntries([...entries].slice(-most)));
    },
  };
}

function entriesOf(file: string): Map<string, unknown> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return new Map(typeof content === 'object' && content !== null ? Object.entries(content) : []);
  } catch {
    return new Map();
  }
}

/** Through a file beside it, so that nobody reads half of one. */
function put(file: string, entries: object): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, `${JSON.stringify(entries, undefined, 1)}\n`);
    renameSync(partial, file);
  } catch {
    // A home that cannot be written to is no reason not to train.
  }
}
