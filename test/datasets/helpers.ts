import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { DataFile } from '../../datasets/source.js';

/** An empty folder that goes when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mho-datasets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An HTTP server on 127.0.0.1 that closes when the test ends; returns its base URL. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A base URL where nothing listens: the port of a server that has just closed. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}

/** Bytes that are the same in every run and differ along the file. */
export function sampleBytes(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 17) & 255));
}

export function dataFile(name: string, content: Uint8Array): DataFile {
  return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** The first byte that a request's Range header asks for; 0 where it has none. */
export function rangeOf(header: string | undefined): number {
  return Number(/^bytes=(\d+)-$/.exec(header ?? '')?.[1] ?? 0);
}

/** A server's answer as any static file server gives it, ranges included. */
export function fileListener(content: Uint8Array): RequestListener {
  return (request, response) => {
    const start = rangeOf(request.headers.range);
    if (start >= content.length) return void response.writeHead(416).end();
    const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
    const length = { 'content-length': content.length - start };
    response.writeHead(start > 0 ? 206 : 200, { ...length, ...(start > 0 ? range : {}) }).end(content.subarray(start));
  };
}

const optdigitsFolders = [
  fileURLToPath(new URL('../../../shared/datasets/optdigits', import.meta.url)),
  path.join(homedir(), '.cache/mho/optdigits'),
];

/** Folder of the ORHD files for the tests that need them; undefined where this machine has none. */
export const optdigits = optdigitsFolders.find((folder) => existsSync(path.join(folder, 'optdigits.tes')));
