import { fold, keyOf, type Key } from '../src/random.js';

/** Root keys of one layer's draws; pulses are drawn by [device][background rows, foreground rows]. */
export interface LayerKeys {
  readonly read: Key;
  readonly predict: Key;
  readonly backwardRead: Key;
  readonly gaps: readonly (readonly [Key, Key])[];
  readonly thinning: readonly (readonly [Key, Key])[];
}

export function layerKeys(seed: number, layer: number): LayerKeys {
  const streams = (purpose: 'pulseGaps' | 'pulseThinning'): (readonly [Key, Key])[] =>
    [0, 1].map((device) => {
      const key = fold(fold(keyOf(seed, purpose), layer), device);
      return [fold(key, 0), fold(key, 1)] as const;
    });
  const read = fold(keyOf(seed, 'readNoise'), layer);
  return {
    read: fold(read, 0),
    predict: fold(read, 1),
    backwardRead: fold(keyOf(seed, 'backwardReadNoise'), layer),
    gaps: streams('pulseGaps'),
    thinning: streams('pulseThinning'),
  };
}

/** Keys of the draws at one step for one polarity. */
export interface StepKeys {
  readonly cycleToCycle: Key;
  readonly programming: Key;
  /** The same for both polarities: their cells are counted apart. */
  readonly writeNoise: Key;
}

export function stepKeys(seed: number, layer: number, device: number, step: number): StepKeys {
  const ofDevice = (purpose: 'cycleToCycle' | 'programming'): Key =>
    fold(fold(fold(keyOf(seed, purpose), layer), device), step);
  return {
    cycleToCycle: ofDevice('cycleToCycle'),
    programming: ofDevice('programming'),
    writeNoise: fold(fold(keyOf(seed, 'writeNoise'), layer), step),
  };
}
