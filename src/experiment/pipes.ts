import { closeSync, constants, openSync, readFileSync, readSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What pipes brought, by their paths. */
export type Brought = ReadonlyMap<string, Uint8Array>;

/** A pipe can be read once, and a configuration may be looked at more than once, in other processes too. */
const brought = new Map<string, Uint8Array>();

/** What they brought to the process that this one works for: here the same paths are nothing, or something else. */
let known: Brought = new Map();

/** What was read of pipes here, for a process that cannot read them. */
export function broughtByPipes(): Brought {
  return new Map([...known, ...brought]);
}

/** Lets this process read what pipes brought to another. */
export function knowPipes(others: Brought): void {
  known = others;
}

/** Time between two looks at a pipe whose writer has nothing yet [ms]. */
const betweenLooks = 20;

/** Whether a path is a pipe: a named one, a shell's `<(…)`, or `/dev/stdin` behind `|`. */
export function isPipe(file: string): boolean {
  return known.has(file) || pipeStats(file) !== undefined;
}

/** The folder that paths in a file are relative to: its own, and of a pipe the current one, as of options. */
export function folderOfFile(file: string, cwd: string = process.cwd()): string {
  return isPipe(file) ? cwd : path.dirname(file);
}

/**
 * The bytes of a file, or all that a pipe brings until its writers close it; the same again where it is named again.
 * Empty of a pipe that nobody writes to.
 */
export function fileBytes(file: string): Buffer {
  const reading = readFile(file);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, betweenLooks);
  }
}

/** {@link fileBytes} that waits where signals are heard. */
export async function fileBytesResponsively(file: string): Promise<Buffer> {
  const reading = readFile(file);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
    await pause(betweenLooks);
  }
}

/** Of a pipe; of a process that Node started, stdin is a socket instead. */
function pipeStats(file: string): Stats | undefined {
  try {
    const stats = statSync(file);
    return stats.isFIFO() || stats.isSocket() ? stats : undefined;
  } catch {
    return undefined;
  }
}

/** Yields where a pipe has nothing yet. */
function* readFile(file: string): Generator<undefined, Buffer, undefined> {
  const stats = known.has(file) ? undefined : pipeStats(file);
  const before = known.get(file) ?? (stats && brought.get(file));
  if (before) return Buffer.from(before);
  if (!stats) return readFileSync(file);
  const bytes = yield* readPipe(file, stats);
  // One that nobody writes to yet may be written to when it is named next.
  if (bytes.length > 0) brought.set(file, bytes);
  return bytes;
}

/** Never waits inside the system for a writer, where Ctrl-C would not be heard. */
function* readPipe(file: string, stats: Stats): Generator<undefined, Buffer, undefined> {
  // A socket has no path to be opened by.
  const own = stats.isSocket() ? descriptorOf(file) : undefined;
  const pipe = own ?? openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const parts: Buffer[] = [];
  try {
    for (;;) {
      const part = Buffer.alloc(65536);
      const length = readNow(pipe, part);
      if (length === undefined) yield;
      else if (length > 0) parts.push(part.subarray(0, length));
      else break;
    }
  } finally {
    if (own === undefined) closeSync(pipe);
  }
  return Buffer.concat(parts);
}

/** The number of an open file that a path stands for, as `/dev/stdin`. */
function descriptorOf(file: string): number | undefined {
  if (file === '/dev/stdin') return 0;
  const [, number] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(file) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Bytes read: none where no writer is left, undefined where one is that has written nothing. */
function readNow(pipe: number, into: Buffer): number | undefined {
  try {
    return readSync(pipe, into);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return undefined;
    if (code === 'EOF') return 0;
    throw error;
  }
}
