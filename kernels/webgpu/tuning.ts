/**
 * What was found the fastest on a GPU, by a key that holds all that decides it. A process keeps it; a place that outlives the
 * process may be given, which browsers do not have.
 */
export interface TuningStore {
  /** Whatever lies under the key; it may have been written by another version. */
  read(key: string): unknown;
  write(key: string, found: object): void;
}

let store: TuningStore | undefined;

export function keepTunings(place: TuningStore): void {
  store = place;
}

export function readTuning(key: string): unknown {
  return store?.read(key);
}

export function writeTuning(key: string, found: object): void {
  store?.write(key, found);
}

/** A short name for a text, another one for almost every other text: FNV-1a, 32 bits. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
