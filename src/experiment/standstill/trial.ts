import { UsageError } from '../../errors.js';
import { Trainer } from '../../training/trainer.js';
import type { TrainingSpec } from '../../training/training-spec.js';
import { movedPart } from './facts.js';

/** What a short training came to. */
export interface Trial {
  /** Fraction of the test images. */
  readonly accuracy: number;
  /** Whether any weight moved. */
  readonly moves: boolean;
}

/**
 * Trains for so many samples, drawn at random, from the start.
 * @returns undefined where such an experiment cannot be
 */
export async function tryOut(spec: TrainingSpec, samples: number, signal?: AbortSignal): Promise<Trial | undefined> {
  const training = { ...spec.training, order: 'random', samplesPerEpoch: samples, epochs: 1 } as const;
  // Results have the same bits on every backend, and this one is always there and starts at once.
  const trainer = await created({ ...spec, training, backend: 'wasm' });
  if (!trainer) return undefined;
  try {
    const before = await trainer.snapshot();
    await trainer.trainEpoch({ signal });
    const after = await trainer.snapshot();
    const { accuracy } = await trainer.evaluate();
    return { accuracy, moves: after.some((layer, l) => movedPart(before[l]!, layer) > 0) };
  } finally {
    trainer.dispose();
  }
}

async function created(spec: TrainingSpec): Promise<Trainer | undefined> {
  try {
    return await Trainer.create(spec);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
