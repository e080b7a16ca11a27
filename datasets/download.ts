import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MhoError, RunError } from '../src/errors.js';
import { errorCode, mismatch, reasonOf, sha256OfFile } from './digest.js';
import { withLock } from './lock.js';
import type { DataFile, DownloadProgress, DownloadTuning } from './source.js';

export interface DownloadRequest {
  readonly file: DataFile;
  /** Where the file may be had, tried in turn. */
  readonly urls: readonly string[];
  /** Path of the finished file; it appears there whole and checked, or not at all. */
  readonly target: string;
  /** What the user can do where every URL fails. */
  readonly remedy: string;
  readonly progress?: ((progress: DownloadProgress) => void) | undefined;
  readonly tuning?: DownloadTuning | undefined;
}

/** The attempt failed, but another one at the same mirror may succeed. */
class Interrupted extends Error {}

/** The mirror answered with something that no further attempt will change. */
class Refused extends Error {}

/**
 * Downloads a file through `<target>.part`, which outlives a cut connection or a killed process and is resumed.
 * The bytes are checked against the SHA-256 before the file takes its name. Processes that want the same file at the
 * same time wait for the first one.
 * @throws RunError where every mirror fails, naming each with its reason, or where the disk cannot be written
 */
export async function download(request: DownloadRequest): Promise<void> {
  const { target, file } = request;
  await onDisk(target, () => mkdir(path.dirname(target), { recursive: true }));
  await onDisk(target, () =>
    withLock(`${target}.lock`, async () => {
      if (!(await isIntact(target, file))) await fromMirrors(request);
    }),
  );
}

async function isIntact(target: string, file: DataFile): Promise<boolean> {
  return (await sizeOf(target)) === file.bytes && (await sha256OfFile(target)) === file.sha256;
}

async function fromMirrors(request: DownloadRequest): Promise<void> {
  const failures: string[] = [];
  for (const url of request.urls) {
    const failure = await fromMirror(url, request);
    if (failure === undefined) return;
    failures.push(`${url}: ${failure}`);
  }
  const what = `${request.file.name} could not be downloaded: ${failures.join('; ')}`;
  throw new RunError({ where: 'datasets', what, remedy: request.remedy });
}

/** Tries one mirror a bounded number of times; returns why it failed, or undefined where it did not. */
async function fromMirror(url: string, request: DownloadRequest): Promise<string | undefined> {
  const { tries = 3, retryDelayMs = 500 } = request.tuning ?? {};
  for (let attempt = 1; ; attempt++) {
    try {
      await transfer(url, request);
      return undefined;
    } catch (error) {
      if (error instanceof Refused) return error.message;
      if (!(error instanceof Interrupted)) throw error;
      if (attempt >= tries) return `${error.message} (${tries} attempts)`;
      await sleep(retryDelayMs * 2 ** (attempt - 1));
    }
  }
}

/** One attempt: what the `.part` file lacks, then the check, then the name. */
async function transfer(url: string, request: DownloadRequest): Promise<void> {
  const part = `${request.target}.part`;
  const offset = await resumeOffset(part, request.file);
  if (offset < request.file.bytes) await receive(url, part, offset, request);
  const wrong = mismatch(request.file, { bytes: (await sizeOf(part)) ?? 0, sha256: await sha256OfFile(part) });
  if (wrong === undefined) return rename(part, request.target);
  await rm(part, { force: true });
  // What an earlier download left may be to blame; only a file received whole convicts the mirror.
  throw offset > 0 ? new Interrupted(`resumed file: ${wrong}`) : new Refused(wrong);
}

async function resumeOffset(part: string, file: DataFile): Promise<number> {
  const size = (await sizeOf(part)) ?? 0;
  if (size <= file.bytes) return size;
  await rm(part, { force: true });
  return 0;
}

async function receive(url: string, part: string, offset: number, request: DownloadRequest): Promise<void> {
  const { stallMs = 30_000 } = request.tuning ?? {};
  const abort = new AbortController();
  const watchdog = setTimeout(() => {
    abort.abort();
  }, stallMs);
  try {
    const response = await ask(url, offset, abort.signal);
    const start = await startOf(response, offset, part, request.file);
    await receiveBody(response, { url, part, start, request, heard: () => watchdog.refresh() });
  } catch (error) {
    if (error instanceof Interrupted || error instanceof Refused || error instanceof MhoError) throw error;
    throw new Interrupted(abort.signal.aborted ? `no data for ${stallMs} ms` : reasonOf(error));
  } finally {
    clearTimeout(watchdog);
    abort.abort(); // lets go of a body that was not read to its end
  }
}

function ask(url: string, offset: number, signal: AbortSignal): Promise<Response> {
  // A range counts bytes as sent, so it only fits the file where nothing is compressed on the way.
  const headers = new Headers({ 'accept-encoding': 'identity' });
  if (offset > 0) headers.set('range', `bytes=${offset}-`);
  return fetch(url, { headers, signal });
}

/** Position of the body's first byte in the file, from the server's answer to the request for `offset` onwards. */
async function startOf(response: Response, offset: number, part: string, file: DataFile): Promise<number> {
  const status = `HTTP ${response.status} ${response.statusText}`.trim();
  if (response.status === 200) return checkLength(response, 0, file);
  if (response.status === 206 && rangeStart(response) === offset) return checkLength(response, offset, file);
  if (response.status === 206 || response.status === 416) {
    await rm(part, { force: true });
    throw new Interrupted(`${status}: the server does not resume at byte ${offset}`);
  }
  const passing = response.status >= 500 || response.status === 408 || response.status === 429;
  throw passing ? new Interrupted(status) : new Refused(status);
}

function rangeStart(response: Response): number | undefined {
  const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  return match ? Number(match[1]) : undefined;
}

/** Refuses another document, such as a login page, before it overwrites what was received so far. */
function checkLength(response: Response, start: number, file: DataFile): number {
  const length = response.headers.get('content-length');
  const plain = (response.headers.get('content-encoding') ?? 'identity') === 'identity';
  if (!plain || length === null || Number(length) === file.bytes - start) return start;
  throw new Refused(`got a document of ${Number(length) + start} bytes, expected ${file.bytes}`);
}

interface Reception {
  readonly url: string;
  readonly part: string;
  readonly start: number;
  readonly request: DownloadRequest;
  /** Called at each sign of life of the connection. */
  readonly heard: () => void;
}

async function receiveBody(response: Response, reception: Reception): Promise<void> {
  const { part, start } = reception;
  const handle = await onDisk(part, () => open(part, start === 0 ? 'w' : 'r+'));
  try {
    await copyBody(response, handle, reception);
  } finally {
    await handle.close();
  }
}

async function copyBody(response: Response, handle: FileHandle, reception: Reception): Promise<void> {
  const { url, part, start, request, heard } = reception;
  const { name, bytes: total } = request.file;
  let received = start;
  for await (const chunk of chunks(response)) {
    heard();
    if (received + chunk.length > total) throw await discard(part, `got more than the ${total} bytes expected`);
    await onDisk(part, () => writeAll(handle, chunk, received));
    received += chunk.length;
    request.progress?.({ file: name, url, received, total });
  }
  if (received === total) return;
  const short = `got ${received} of ${total} bytes`;
  throw response.headers.get('transfer-encoding') === 'chunked' ? await discard(part, short) : new Interrupted(short);
}

async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

/** Removes a partial file that belongs to another document. */
async function discard(part: string, reason: string): Promise<Refused> {
  await rm(part, { force: true });
  return new Refused(reason);
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    done += (await handle.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Turns a failure of the disk, which no mirror can mend, into an error with the path. */
async function onDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    const remedy = 'free or allow the place, or set XDG_CACHE_HOME to another folder';
    throw new RunError({ where: file, what: `cannot be written: ${reasonOf(error)}`, remedy }, { cause: error });
  }
}
