import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import ts from 'typescript';
import { expect, onTestFinished, test } from 'vitest';
import { dataFile, fileListener, rangeOf, sampleBytes, serve, temporaryFolder } from './helpers.js';

const content = sampleBytes(100_000);
const file = dataFile('sample.bin', content);

/** The modules that a download is made of, compiled for processes of their own. */
const modules = ['src/errors', 'datasets/digest', 'datasets/lock', 'datasets/download'];
const program = `
import { download } from './datasets/download.js';
await download(JSON.parse(process.argv[2]));
`;

test('processes that download at the same time make one transfer', async () => {
  const folder = await compiled();
  let requests = 0;
  const slow: RequestListener = (request, response) => {
    requests++;
    setTimeout(() => {
      fileListener(content)(request, response);
    }, 500);
  };
  const { target, run } = await downloader(folder, await serve(slow));
  const codes = await Promise.all([exitCode(run()), exitCode(run()), exitCode(run())]);
  expect(codes).toEqual([0, 0, 0]);
  expect((await readFile(target)).equals(content)).toBe(true);
  expect(requests).toBe(1);
  expect(await readdir(path.dirname(target))).toEqual(['sample.bin']);
});

test('what a killed process left is resumed by the next', async () => {
  const folder = await compiled();
  const ranges: number[] = [];
  const server: RequestListener = (request, response) => {
    ranges.push(rangeOf(request.headers.range));
    if (ranges.length > 1) fileListener(content)(request, response);
    else response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 60_000));
  };
  const { target, run } = await downloader(folder, await serve(server));
  const first = run();
  await expect.poll(async () => sizeOf(`${target}.part`), { timeout: 20_000 }).toBe(60_000);
  const ended = once(first, 'exit');
  first.kill('SIGKILL');
  await ended;
  expect((await readdir(path.dirname(target))).sort()).toEqual(['sample.bin.lock', 'sample.bin.part']);
  expect(await exitCode(run())).toBe(0);
  expect((await readFile(target)).equals(content)).toBe(true);
  expect(ranges).toEqual([0, 60_000]);
  expect(await readdir(path.dirname(target))).toEqual(['sample.bin']);
});

async function compiled(): Promise<string> {
  const folder = await temporaryFolder();
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  for (const name of modules) {
    const source = await readFile(new URL(`../../${name}.ts`, import.meta.url), 'utf8');
    const output = path.join(folder, `${name}.js`);
    await mkdir(path.dirname(output), { recursive: true });
    await writeFile(output, ts.transpileModule(source, { compilerOptions: options }).outputText);
  }
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(path.join(folder, 'main.js'), program);
  return folder;
}

async function downloader(folder: string, base: string): Promise<{ target: string; run: () => ChildProcess }> {
  const target = path.join(await temporaryFolder(), 'sample.bin');
  const request = { file, urls: [`${base}sample.bin`], target, remedy: '', tuning: { stallMs: 20_000 } };
  const run = () => {
    const child = fork(path.join(folder, 'main.js'), [JSON.stringify(request)]);
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  return { target, run };
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  await once(child, 'exit');
  return child.exitCode;
}

async function sizeOf(path: string): Promise<number> {
  return existsSync(path) ? (await readFile(path)).length : 0;
}
