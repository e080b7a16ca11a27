import { writeSync } from 'node:fs';

/** Hears of what cannot be written before a library does that would print a stack trace. */
export function watchOutputs(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const hear = stream.isTTY ? overlook : endOnFailure;
    if (!stream.listeners('error').includes(hear)) stream.on('error', hear);
  }
}

/** A terminal that was closed: SIGHUP tells of it, and what is kept then is not lost for want of a reader. */
function overlook(): void {
  // Nobody is left to tell.
}

/**
 * A reader that has seen enough, as `head`, closes the pipe: the command goes on without it. Any other failure, such
 * as a full disk, loses the result, so the command ends; what is unfinished is removed as the process exits.
 */
function endOnFailure(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  lastWords(`mho: the output cannot be written: ${error.message}; check the free space, or write elsewhere\n`);
  process.exit(1);
}

/** Written past the streams, one of which has just failed. */
function lastWords(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Where stderr is what failed there is nobody left to tell; the exit code still says it.
  }
}
