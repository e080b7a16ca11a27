import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { DataFile } from './source.js';

/** SHA-256 of bytes in memory, 64 lower-case hex digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file, read as a stream. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Says how bytes differ from what the file should be, or undefined where they are the file. */
export function mismatch(file: DataFile, got: { readonly bytes: number; readonly sha256: string }): string | undefined {
  if (got.sha256 === file.sha256) return undefined;
  const sizes = got.bytes === file.bytes ? '' : ` (${got.bytes} bytes, expected ${file.bytes})`;
  return `got SHA-256 ${got.sha256}, expected ${file.sha256}${sizes}`;
}

/** Message of whatever was thrown, with the cause that `fetch` hides its reason in. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** The `code` of a system error, such as `ENOENT`; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
