import { z } from 'zod';

/** The largest seed: every whole number up to it is exact in a double. */
export const maxSeed = Number.MAX_SAFE_INTEGER;

export const seedSchema = z.int().min(0).max(maxSeed).describe('a whole number from 0 to 2^53 - 1');
