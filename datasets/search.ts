import { readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { RunError } from '../src/errors.js';
import { errorCode, mismatch, reasonOf, sha256 } from './digest.js';
import type { DataFile, FileStatus, RejectedCopy } from './source.js';

/** A search that kept the bytes it checked, so that what is parsed is exactly what was hashed. */
export interface FoundFile extends FileStatus {
  readonly place: string;
  readonly content: Buffer;
}

export type SearchResult = FoundFile | (FileStatus & { readonly place: undefined; readonly content: undefined });

/** Looks through the folders, in order, for the first copy of the file whose SHA-256 is right. */
export async function searchFile(file: DataFile, folders: readonly string[]): Promise<SearchResult> {
  const rejected: RejectedCopy[] = [];
  const tried: string[] = [];
  for (const folder of folders) {
    const place = path.join(folder, file.name);
    tried.push(place);
    const copy = await readCopy(file, place);
    if (copy instanceof Uint8Array) return { file, place, content: copy, rejected, tried };
    if (copy !== undefined) rejected.push(copy);
  }
  return { file, place: undefined, content: undefined, rejected, tried };
}

/** {@link searchFile} for small files that are read while a configuration is. */
export function searchFileSync(file: DataFile, folders: readonly string[]): SearchResult {
  const rejected: RejectedCopy[] = [];
  const tried: string[] = [];
  for (const folder of folders) {
    const place = path.join(folder, file.name);
    tried.push(place);
    const copy = readCopySync(file, place);
    if (copy instanceof Uint8Array) return { file, place, content: copy, rejected, tried };
    if (copy !== undefined) rejected.push(copy);
  }
  return { file, place: undefined, content: undefined, rejected, tried };
}

async function readCopy(file: DataFile, place: string): Promise<Buffer | RejectedCopy | undefined> {
  try {
    return (await stat(place)).isFIFO() ? { place, reason: pipe } : judge(file, place, await readFile(place));
  } catch (error) {
    return unread(place, error);
  }
}

/** A search looks at places again, and would wait at a pipe. */
const pipe = 'is a pipe, expected a file';

function readCopySync(file: DataFile, place: string): Buffer | RejectedCopy | undefined {
  try {
    return statSync(place).isFIFO() ? { place, reason: pipe } : judge(file, place, readFileSync(place));
  } catch (error) {
    return unread(place, error);
  }
}

/** The bytes of a good copy, or what is wrong with a bad one. */
function judge(file: DataFile, place: string, content: Buffer): Buffer | RejectedCopy {
  const reason = mismatch(file, { bytes: content.length, sha256: sha256(content) });
  return reason === undefined ? content : { place, reason };
}

/** Why a copy cannot be read; undefined where there is none. */
function unread(place: string, error: unknown): RejectedCopy | undefined {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  return { place, reason: `cannot be read: ${reasonOf(error)}` };
}

/** The status of a search without the bytes. */
export function statusOf(found: SearchResult): FileStatus {
  const { file, place, rejected, tried } = found;
  return { file, place, rejected, tried };
}

/** Tells of the damaged copies that a good copy stood in for. */
export function warnOfRejected(found: FoundFile, warn: ((message: string) => void) | undefined): void {
  for (const { place, reason } of found.rejected) {
    warn?.(`${place}: ${reason}; used ${found.place} instead; delete or replace that copy, or check its rights`);
  }
}

/**
 * The error of a file of which no good copy is at hand: damaged copies by name, otherwise every place looked at.
 * @param remedy - the command that makes the file present
 * @param absent - names of the files that are absent with it, itself included
 */
export function missingFile(
  status: FileStatus,
  remedy: string,
  absent: readonly string[] = [status.file.name],
): RunError {
  const first = status.rejected.at(0);
  if (first === undefined) {
    const what = `${absent.join(' and ')} ${absent.length > 1 ? 'are' : 'is'} absent, looked at: ${status.tried.join(', ')}`;
    return new RunError({ where: 'datasets', what, remedy });
  }
  const also = status.rejected
    .slice(1)
    .map(({ place, reason }) => `; ${place}: ${reason}`)
    .join('');
  return new RunError({ where: first.place, what: `${first.reason}${also}`, remedy: `delete it and ${remedy}` });
}
