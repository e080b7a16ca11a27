import { MhoError } from '../../errors.js';

/** What a run that failed says of it; of an error that nobody meant, the stack is what helps. */
export function failureOf(error: unknown): string {
  return error instanceof MhoError ? error.message : String(error instanceof Error ? error.stack : error);
}
