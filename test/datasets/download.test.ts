import { readFile, readdir, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type DownloadRequest, download } from '../../datasets/download.js';
import type { DownloadTuning } from '../../datasets/source.js';
import { RunError } from '../../src/errors.js';
import { dataFile, deadUrl, fileListener, rangeOf, sampleBytes, serve, temporaryFolder } from './helpers.js';

const content = sampleBytes(200_000);
const half = content.length / 2;
const file = dataFile('sample.bin', content);
const tuning: DownloadTuning = { stallMs: 5000, tries: 3, retryDelayMs: 1 };

describe('download', () => {
  test('leaves the whole file and nothing else', async () => {
    const { request, folder, target } = await requestFor(await serve(fileListener(content)));
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
    expect(await readdir(folder)).toEqual(['sample.bin']);
  });

  test('reports progress up to the last byte', async () => {
    const base = await serve(fileListener(content));
    const { request } = await requestFor(base);
    const events: number[] = [];
    await download({
      ...request,
      progress: ({ file, url, received, total }) => {
        expect([file, url, total]).toEqual(['sample.bin', `${base}sample.bin`, content.length]);
        events.push(received);
      },
    });
    expect(events.at(-1)).toBe(content.length);
    expect(events).toEqual([...events].sort((a, b) => a - b));
  });

  test('asks for nothing where the file is already there', async () => {
    const { request, target } = await requestFor(await deadUrl());
    await writeFile(target, content);
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
  });

  test('replaces a damaged file', async () => {
    const { request, target } = await requestFor(await serve(fileListener(content)));
    await writeFile(target, 'oops');
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
  });

  test('resumes after a cut connection, where it was cut', async () => {
    const { listener, ranges } = cutting(1);
    const { request, folder, target } = await requestFor(await serve(listener));
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
    expect(ranges).toEqual([0, half]);
    expect(await readdir(folder)).toEqual(['sample.bin']);
  });

  test('gives up after its tries, keeps the .part file, and a later download goes on from it', async () => {
    const { listener, ranges } = cutting(2);
    const { request, folder, target } = await requestFor(await serve(listener), { ...tuning, tries: 1 });
    await expect(download(request)).rejects.toThrow(/terminated.*\(1 attempts\)/);
    expect(await readdir(folder)).toEqual(['sample.bin.part']);
    expect((await readFile(`${target}.part`)).length).toBe(half);
    await expect(download(request)).rejects.toThrow(RunError);
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
    expect(ranges).toEqual([0, half, half + half / 2]);
  });

  test('goes on from a .part file that was there before', async () => {
    const { listener, ranges } = recording(fileListener(content));
    const { request, target } = await requestFor(await serve(listener));
    await writeFile(`${target}.part`, content.subarray(0, 777));
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
    expect(ranges).toEqual([777]);
  });

  test('needs no server for a .part file that is complete', async () => {
    const { request, target } = await requestFor(await deadUrl());
    await writeFile(`${target}.part`, content);
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
  });

  test.each([
    ['shorter than the file', Buffer.alloc(777, 1)],
    ['as long as the file', Buffer.alloc(content.length, 1)],
    ['longer than the file', Buffer.alloc(content.length + 1, 1)],
  ])('starts over from a .part file of other bytes, %s', async (_, rubbish) => {
    const { request, target } = await requestFor(await serve(fileListener(content)));
    await writeFile(`${target}.part`, rubbish);
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
  });

  test('starts over where the server ignores the range', async () => {
    const whole: RequestListener = (_, response) =>
      void response.writeHead(200, { 'content-length': content.length }).end(content);
    const { listener, ranges } = recording(whole);
    const { request, target } = await requestFor(await serve(listener));
    await writeFile(`${target}.part`, content.subarray(0, 777));
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
    expect(ranges).toEqual([777]);
  });

  test.each([
    ['416', (response: Parameters<RequestListener>[1]) => response.writeHead(416).end()],
    [
      'another range',
      (response: Parameters<RequestListener>[1]) =>
        response.writeHead(206, { 'content-range': `bytes 5-9/${content.length}` }).end('12345'),
    ],
  ])('starts over where the server answers a range with %s', async (_, answer) => {
    const { listener, ranges } = recording((request, response) => {
      if (request.headers.range !== undefined) answer(response);
      else fileListener(content)(request, response);
    });
    const { request, target } = await requestFor(await serve(listener));
    await writeFile(`${target}.part`, content.subarray(0, 777));
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
    expect(ranges).toEqual([777, 0]);
  });

  test('a wrong hash is an error with both hashes, and leaves nothing', async () => {
    const other = Buffer.alloc(content.length, 1);
    const { request, folder } = await requestFor(await serve(fileListener(other)));
    await expect(download(request)).rejects.toThrow(RunError);
    await expect(download(request)).rejects.toThrow(
      `got SHA-256 ${dataFile('', other).sha256}, expected ${file.sha256}`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('a wrong hash does not replace the file that was there', async () => {
    const { request, target } = await requestFor(await serve(fileListener(Buffer.alloc(content.length, 1))));
    await writeFile(target, 'what was there');
    await expect(download(request)).rejects.toThrow(/SHA-256/);
    expect(await readFile(target, 'utf8')).toBe('what was there');
  });

  test('404 is not tried again', async () => {
    const { listener, ranges } = recording((_, response) => void response.writeHead(404).end('no such file'));
    const base = await serve(listener);
    const { request, folder } = await requestFor(base);
    await expect(download(request)).rejects.toThrow(
      `datasets: sample.bin could not be downloaded: ${base}sample.bin: HTTP 404 Not Found; do this`,
    );
    expect(ranges).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test('503 is tried again', async () => {
    let requests = 0;
    const busy: RequestListener = (request, response) => {
      if (++requests < 3) response.writeHead(503).end();
      else fileListener(content)(request, response);
    };
    const { request, target } = await requestFor(await serve(busy));
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
    expect(requests).toBe(3);
  });

  test('a login page leaves the .part file as it was', async () => {
    const page: RequestListener = (_, response) => void response.writeHead(200, { 'content-length': 5 }).end('login');
    const { request, target } = await requestFor(await serve(page));
    await writeFile(`${target}.part`, content.subarray(0, 777));
    await expect(download(request)).rejects.toThrow(`got a document of 5 bytes, expected ${content.length}`);
    expect((await readFile(`${target}.part`)).equals(content.subarray(0, 777))).toBe(true);
  });

  test.each([
    ['shorter', content.subarray(0, 100), `got 100 of ${content.length} bytes`],
    ['longer', Buffer.concat([content, content]), `got more than the ${content.length} bytes expected`],
  ])('a %s document of unstated length is refused', async (_, body, message) => {
    const { request, folder } = await requestFor(
      await serve((_, response) => void (response.write(body), response.end())),
    );
    await expect(download(request)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a second mirror stands in for one that is down', async () => {
    const { request, target } = await requestFor(await deadUrl());
    const good = `${await serve(fileListener(content))}sample.bin`;
    await download({ ...request, urls: [...request.urls, good] });
    expect((await readFile(target)).equals(content)).toBe(true);
  });

  test('a second mirror goes on where the first was cut', async () => {
    const first = await serve(cutting(1).listener);
    const { listener, ranges } = recording(fileListener(content));
    const { request, target } = await requestFor(first, { ...tuning, tries: 1 });
    await download({ ...request, urls: [...request.urls, `${await serve(listener)}sample.bin`] });
    expect((await readFile(target)).equals(content)).toBe(true);
    expect(ranges).toEqual([half]);
  });

  test('names every mirror with its own reason where all fail', async () => {
    const [down, missing] = [await deadUrl(), await serve((_, response) => void response.writeHead(404).end())];
    const { request } = await requestFor(down);
    const failure = download({ ...request, urls: [`${down}sample.bin`, `${missing}sample.bin`] });
    await expect(failure).rejects.toThrow(RunError);
    await expect(failure).rejects.toThrow(/fetch failed: connect ECONNREFUSED \S+ \(3 attempts\); http\S+: HTTP 404/);
  });

  test('a connection that stalls before or within the body is given up', async () => {
    const silent: RequestListener = () => undefined;
    const stalling: RequestListener = (_, response) =>
      void response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, half));
    const brief = { ...tuning, stallMs: 150, tries: 1 };
    const before = await requestFor(await serve(silent), brief);
    await expect(download(before.request)).rejects.toThrow('no data for 150 ms (1 attempts)');
    const within = await requestFor(await serve(stalling), brief);
    await expect(download(within.request)).rejects.toThrow('no data for 150 ms');
    expect((await readFile(`${within.target}.part`)).length).toBe(half);
  });

  test('a slow connection that keeps sending is not given up', async () => {
    const slow: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      let sent = 0;
      const timer = setInterval(() => {
        response.write(content.subarray(sent, (sent += content.length / 10)));
        if (sent >= content.length) clearInterval(timer);
      }, 60);
    };
    const { request, target } = await requestFor(await serve(slow), { ...tuning, stallMs: 400, tries: 1 });
    await download(request);
    expect((await readFile(target)).equals(content)).toBe(true);
  });

  test('downloads at the same time make one transfer', async () => {
    const { listener, ranges } = recording(fileListener(content));
    const { request, folder, target } = await requestFor(await serve(listener));
    await Promise.all(Array.from({ length: 5 }, () => download(request)));
    expect((await readFile(target)).equals(content)).toBe(true);
    expect(ranges).toEqual([0]);
    expect(await readdir(folder)).toEqual(['sample.bin']);
  });

  interface Setting {
    readonly request: DownloadRequest;
    readonly folder: string;
    readonly target: string;
  }

  async function requestFor(base: string, patience = tuning): Promise<Setting> {
    const folder = await temporaryFolder();
    const target = path.join(folder, 'sample.bin');
    const request = { file, urls: [`${base}sample.bin`], target, remedy: 'do this', tuning: patience };
    return { request, folder, target };
  }
});

/** A server that remembers the first byte each request asked for. */
function recording(listener: RequestListener): { listener: RequestListener; ranges: number[] } {
  const ranges: number[] = [];
  const recorder: RequestListener = (request, response) => {
    ranges.push(rangeOf(request.headers.range));
    listener(request, response);
  };
  return { listener: recorder, ranges };
}

/** A server that sends half of what is asked for and cuts the connection, the first `times` times. */
function cutting(times: number): { listener: RequestListener; ranges: number[] } {
  let left = times;
  return recording((request, response) => {
    if (left-- <= 0) {
      fileListener(content)(request, response);
      return;
    }
    const start = rangeOf(request.headers.range);
    const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
    const head = { 'content-length': content.length - start, ...(start > 0 ? range : {}) };
    response.writeHead(start > 0 ? 206 : 200, head);
    response.write(content.subarray(start, start + (content.length - start) / 2), () => {
      // Later, so that what was written is on its way before the connection breaks.
      setTimeout(() => response.socket?.destroy(), 50);
    });
  });
}
