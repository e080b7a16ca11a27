import { UsageError } from '../../../errors.js';
import type { ReadOptions } from './options.js';

/** What a function makes, or its mistake where such are to be left out. */
export function attempted<T>({ skipBad }: ReadOptions, make: () => T): T | UsageError {
  try {
    return make();
  } catch (error) {
    if (!skipBad || !(error instanceof UsageError)) throw error;
    return error;
  }
}
