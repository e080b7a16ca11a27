import os from 'node:os';
import { setting } from '../../datasets/places.js';
import { mostThreads } from '../../kernels/online-sgd/contract.js';
import { whyNoThreads } from '../../kernels/wasm/team.js';
import { UsageError } from '../errors.js';

/** Threads that `auto` takes at most: what more of them would gain a network of some hundred columns was not measured. */
const mostByItself = 4;

/** Threads of a machine for one training run. They change how long it takes and nothing of what comes out. */
export interface ThreadsState {
  /** Threads that `auto` takes. */
  readonly auto: number;
  /** Why there is one only, where that is so. */
  readonly reason: string | null;
}

export function diagnoseThreads(): ThreadsState {
  const reason = whyNoThreads() ?? (os.availableParallelism() === 1 ? 'there is one core' : null);
  return { auto: reason === null ? Math.min(os.availableParallelism(), mostByItself) : 1, reason };
}

/**
 * Threads of a run: what its option says, else the environment, else `auto`, one for each core up to four.
 * @throws UsageError where that is neither `auto` nor a whole number from 1 to 64
 */
export function threadsOf(option: string | undefined, env: NodeJS.ProcessEnv = process.env): number {
  return askedThreads(option, env) ?? diagnoseThreads().auto;
}

/**
 * Threads that were asked for by number; undefined where that is left to `auto`.
 * @throws UsageError where it is neither `auto` nor a whole number from 1 to 64
 */
export function askedThreads(option: string | undefined, env: NodeJS.ProcessEnv = process.env): number | undefined {
  const [where, text] =
    option === undefined ? ['MHO_THREADS', setting(env, 'MHO_THREADS') ?? 'auto'] : ['--threads', option];
  if (text === 'auto') return undefined;
  const threads = /^\d+$/.test(text) ? Number(text) : 0;
  if (threads >= 1 && threads <= mostThreads) return threads;
  const what = `got ${JSON.stringify(text)}, expected auto or a whole number from 1 to ${mostThreads}`;
  throw new UsageError({ where, what });
}
