import { chmod, copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { orhdFrom, parseOrhd } from '../../datasets/orhd.js';
import { RunError, UsageError } from '../../src/errors.js';
import { deadUrl, fileListener, optdigits, serve, temporaryFolder } from './helpers.js';
import { meanAndDeviation } from './statistics.js';

const row = (label: string, first = '0') => [first, ...Array<string>(63).fill('16'), label].join(',');
const names = ['optdigits.tra', 'optdigits.tes'];
/** Fails a test that reaches for the archive. */
const noArchive = { archive: 'http://archive.invalid/', beside: undefined };
const impatient = { stallMs: 2000, tries: 1, retryDelayMs: 1 };

describe('parseOrhd', () => {
  test('gives codes and labels in file order', () => {
    const split = parseOrhd(`${row('3')}\n${row('9', '7')}\n`, 'file', 2);
    expect([...split.labels]).toEqual([3, 9]);
    expect([split.codes.length, split.codes[0], split.codes[1], split.codes[64]]).toEqual([128, 0, 16, 7]);
  });

  test('reads CRLF lines and a last line without an end', () => {
    expect([...parseOrhd(`${row('3')}\r\n${row('4')}`, 'file', 2).labels]).toEqual([3, 4]);
  });

  test.each([
    ['a code above 16', row('1', '17'), 'file:2: value 1: got "17", expected a whole number from 0 to 16'],
    ['a fraction', row('1', '1.5'), 'file:2: value 1: got "1.5"'],
    ['a negative code', row('1', '-1'), 'file:2: value 1: got "-1"'],
    ['an empty value', row('1', ''), 'file:2: value 1: got ""'],
    ['a label above 9', row('10'), 'file:2: label: got "10", expected a whole number from 0 to 9'],
    ['a missing value', row('1').slice(2), 'file:2: got 64 values, expected 65'],
    ['an empty line', '', 'file:2: got 1 values, expected 65'],
  ])('refuses %s with file and line', (_, line, message) => {
    const parse = () => parseOrhd(`${row('0')}\n${line}\n${row('0')}\n`, 'file', 3);
    expect(parse).toThrow(RunError);
    expect(parse).toThrow(message);
  });

  test('refuses too few and too many rows', () => {
    expect(() => parseOrhd(`${row('0')}\n`, 'file', 2)).toThrow('file: got 1 rows, expected 2');
    expect(() => parseOrhd(`${row('0')}\n${row('0')}\n`, 'file', 1)).toThrow('file: got 2 rows, expected 1');
  });
});

describe('ORHD without its files', () => {
  test('offline, names every place and the command that fetches it', async () => {
    const { env, cache, data } = await emptyPlaces();
    const source = orhdFrom({ archive: noArchive.archive, beside: '/nowhere/optdigits' });
    const load = source.load({ env: { ...env, MHO_DATA_DIR: data }, offline: true });
    await expect(load).rejects.toThrow(RunError);
    const message = await load.catch((error: unknown) => String(error));
    const folders = [data, path.join(data, 'optdigits'), path.join(cache, 'optdigits'), '/nowhere/optdigits'];
    expect(message).toContain(folders.map((folder) => path.join(folder, 'optdigits.tra')).join(', '));
    expect(message).toContain('npx mho data fetch orhd');
  });

  test.each([{ MHO_OFFLINE: '1' }, { MHO_OFFLINE: 'true' }])('%o reaches for no network', async (offline) => {
    const { env } = await emptyPlaces();
    let requests = 0;
    const archive = await serve((_, response) => void (requests++, response.end()));
    await expect(orhdFrom({ archive, beside: undefined }).fetch({ env: { ...env, ...offline } })).rejects.toThrow(
      /absent/,
    );
    expect(requests).toBe(0);
  });

  test('a word that MHO_OFFLINE does not know is refused', async () => {
    const { env } = await emptyPlaces();
    const load = orhdFrom(noArchive).load({ env: { ...env, MHO_OFFLINE: 'yes please' } });
    await expect(load).rejects.toThrow(UsageError);
    await expect(load).rejects.toThrow('MHO_OFFLINE: got "yes please", expected 1 or 0');
  });

  test.each([['mirrors'], ['MHO_ORHD_MIRRORS']])('a %s entry that is no http URL is refused', async (where) => {
    const { env } = await emptyPlaces();
    const options =
      where === 'mirrors' ? { env, mirrors: ['ftp://x'] } : { env: { ...env, MHO_ORHD_MIRRORS: 'ftp://x' } };
    const load = orhdFrom(noArchive).load(options);
    await expect(load).rejects.toThrow(UsageError);
    await expect(load).rejects.toThrow(`${where}: got "ftp://x", expected an http or https URL`);
  });

  test('a damaged copy is named where nothing better can be had', async () => {
    const { env, data } = await emptyPlaces();
    const damaged = path.join(data, 'optdigits.tra');
    await writeFile(damaged, 'oops');
    const options = { env: { ...env, MHO_DATA_DIR: data }, download: impatient };
    const source = orhdFrom({ archive: await deadUrl(), beside: undefined });
    await expect(source.load({ ...options, offline: true })).rejects.toThrow(
      /optdigits\.tra: got SHA-256 \w{64}, expected e1b683cc\w+ \(4 bytes, expected 563639\); delete it and run `npx mho/,
    );
    await expect(source.load(options)).rejects.toThrow(
      /optdigits\.tra: got SHA-256 .*, and no good copy could be had: .*could not be downloaded: http.*ECONNREFUSED/,
    );
    expect(await readFile(damaged, 'utf8')).toBe('oops');
  });

  test('a copy that cannot be read is named with the reason', async () => {
    const { env, data } = await emptyPlaces();
    await mkdir(path.join(data, 'optdigits.tra'));
    const load = orhdFrom(noArchive).load({ env: { ...env, MHO_DATA_DIR: data }, offline: true });
    await expect(load).rejects.toThrow(/optdigits\.tra: cannot be read: EISDIR/);
  });

  test.skipIf(process.getuid?.() === 0)('a cache that cannot be written says so and what to set', async () => {
    const { env, cache } = await emptyPlaces();
    await mkdir(cache);
    await chmod(cache, 0o500);
    await expect(orhdFrom(noArchive).load({ env })).rejects.toThrow(/cannot be written: EACCES.*XDG_CACHE_HOME/);
  });

  test('a cache whose folder is a file says so and what to set', async () => {
    const { env, cache } = await emptyPlaces();
    await writeFile(cache, '');
    await expect(orhdFrom(noArchive).load({ env })).rejects.toThrow(
      /cannot be written: (ENOTDIR|EEXIST).*XDG_CACHE_HOME/,
    );
  });
});

describe.skipIf(optdigits === undefined)('ORHD with its files (skipped where this machine has none)', () => {
  const folder = optdigits!;

  test('has the published sizes, order and statistics', async () => {
    const { env } = await emptyPlaces();
    const dataset = await orhdFrom(noArchive).load({ env: { ...env, MHO_DATA_DIR: folder }, offline: true });
    expect(dataset).toMatchObject({ name: 'orhd', features: 64, shape: [8, 8], classes: 10, maxCode: 16 });
    expect([dataset.train.count, dataset.test.count]).toEqual([3823, 1797]);
    expect([dataset.train.codes.length, dataset.test.codes.length]).toEqual([3823 * 64, 1797 * 64]);
    expect([...dataset.train.labels.subarray(0, 5)]).toEqual([0, 0, 7, 4, 6]);
    const { mean, deviation } = meanAndDeviation(dataset.train.codes);
    expect(Math.abs(mean - 4.924)).toBeLessThan(0.001);
    expect(Math.abs(deviation - 6.036)).toBeLessThan(0.001);
  });

  test.each([
    ['MHO_DATA_DIR', (places: Places) => places.data],
    ['MHO_DATA_DIR/optdigits', (places: Places) => path.join(places.data, 'optdigits')],
    ['the cache', (places: Places) => path.join(places.cache, 'optdigits')],
    ['beside the project', (places: Places) => places.beside],
  ])('is found in %s', async (_, choose) => {
    const places = await emptyPlaces();
    await fill(choose(places));
    const source = orhdFrom({ archive: noArchive.archive, beside: places.beside });
    const statuses = await source.locate({ env: { ...places.env, MHO_DATA_DIR: places.data } });
    expect(statuses.map(({ place }) => place)).toEqual(names.map((name) => path.join(choose(places), name)));
  });

  test('uses the home folder where XDG_CACHE_HOME is unset', async () => {
    const { root } = await emptyPlaces();
    await fill(path.join(root, '.cache/mho/optdigits'));
    const [status] = await orhdFrom(noArchive).locate({ env: { HOME: root } });
    expect(status?.place).toBe(path.join(root, '.cache/mho/optdigits/optdigits.tra'));
  });

  test('a damaged copy before a good one is reported and passed over', async () => {
    const { env, data, cache } = await emptyPlaces();
    await fill(path.join(cache, 'optdigits'));
    await writeFile(path.join(data, 'optdigits.tes'), 'oops');
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    const dataset = await orhdFrom(noArchive).load({ env: { ...env, MHO_DATA_DIR: data }, warn });
    expect(dataset.test.count).toBe(1797);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(path.join(data, 'optdigits.tes'));
    expect(warnings[0]).toMatch(/got SHA-256 \w{64}, expected 6ebb3d2f/);
  });

  test('is downloaded into the cache, and then needs no network', async () => {
    const { env, cache } = await emptyPlaces();
    const archive = await serveOrhd();
    const source = orhdFrom({ archive, beside: undefined });
    const received = new Map<string, number>();
    const progress = (event: { file: string; received: number }) => void received.set(event.file, event.received);
    expect((await source.load({ env, progress })).train.count).toBe(3823);
    expect([...received]).toEqual([
      ['optdigits.tra', 563639],
      ['optdigits.tes', 264712],
    ]);
    expect((await readdir(path.join(cache, 'optdigits'))).sort()).toEqual([...names].sort());
    expect((await source.load({ env, offline: true })).test.count).toBe(1797);
  });

  test('a damaged copy in the cache is replaced', async () => {
    const { env, cache } = await emptyPlaces();
    await mkdir(path.join(cache, 'optdigits'), { recursive: true });
    await writeFile(path.join(cache, 'optdigits/optdigits.tra'), 'oops');
    const source = orhdFrom({ archive: await serveOrhd(), beside: undefined });
    expect((await source.load({ env })).train.count).toBe(3823);
    expect((await source.locate({ env })).map(({ rejected }) => rejected)).toEqual([[], []]);
  });

  test('tries the mirrors of the caller, those of the environment, then the archive', async () => {
    const { env } = await emptyPlaces();
    const asked: string[] = [];
    const refuse = (who: string) => serve((_, response) => void (asked.push(who), response.writeHead(404).end()));
    const [caller, environment] = [await refuse('caller'), await refuse('environment')];
    const source = orhdFrom({ archive: await serveOrhd(), beside: undefined });
    const options = { env: { ...env, MHO_ORHD_MIRRORS: ` ${environment} ,` }, mirrors: [caller.slice(0, -1)] };
    await source.fetch({ ...options, download: impatient });
    expect(asked).toEqual(['caller', 'environment', 'caller', 'environment']);
  });

  async function fill(target: string): Promise<void> {
    await mkdir(target, { recursive: true });
    for (const name of names) await copyFile(path.join(folder, name), path.join(target, name));
  }

  async function serveOrhd(): Promise<string> {
    const contents = new Map<string, Buffer>(
      await Promise.all(names.map(async (name) => [`/${name}`, await readFile(path.join(folder, name))] as const)),
    );
    return serve((request, response) => {
      fileListener(contents.get(request.url ?? '')!)(request, response);
    });
  }
});

interface Places {
  readonly root: string;
  readonly data: string;
  readonly cache: string;
  readonly beside: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Every place where ORHD may lie, all of them empty. */
async function emptyPlaces(): Promise<Places> {
  const root = await temporaryFolder();
  const data = path.join(root, 'data');
  await mkdir(data);
  const env = { XDG_CACHE_HOME: path.join(root, 'xdg') };
  await mkdir(env.XDG_CACHE_HOME);
  return { root, data, cache: path.join(root, 'xdg/mho'), beside: path.join(root, 'beside'), env };
}
