import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { enode, enodeFrom } from '../../datasets/enode.js';
import type { MeasurementSource } from '../../datasets/measurement.js';
import { isMeasurement, readMeasurement } from '../../datasets/measurements.js';
import { fileListener, serve, temporaryFolder } from './helpers.js';

const nowhere = { archive: 'http://archive.invalid/', beside: undefined };
const name = 'data:enode/dG_increasing.txt';
const [up, down] = ['dG_increasing.txt', 'dG_decreasing.txt'];

/** The tables as this machine has them; undefined where it has none. */
const here = readMeasurement(name);
const folder = 'place' in here ? path.dirname(here.place) : undefined;

interface Places {
  readonly source: MeasurementSource;
  readonly cache: string;
  readonly beside: string;
  readonly env: NodeJS.ProcessEnv;
}

async function emptyPlaces(): Promise<Places> {
  const root = await temporaryFolder();
  const beside = path.join(root, 'beside');
  const source = enodeFrom({ ...nowhere, beside });
  return { source, beside, cache: path.join(root, 'mho/enode-lut'), env: { XDG_CACHE_HOME: root } };
}

describe('a measurement that a device names', () => {
  test('is told from a file by its scheme', () => {
    expect([name, 'tables/up.txt', './data/up.txt'].map(isMeasurement)).toEqual([true, false, false]);
  });

  test('that is absent names every place and the command that fetches it', async () => {
    const { source, env, cache, beside } = await emptyPlaces();
    expect(readMeasurement(name, [source], { ...env, MHO_DATA_DIR: '/data' })).toEqual({
      what: `${up} of enode is absent, looked at: /data/${up}, /data/enode-lut/${up}, ${cache}/${up}, ${beside}/${up}`,
      remedy: 'run `npx mho data fetch enode` with a network, or set MHO_DATA_DIR',
      measurement: 'enode',
    });
  });

  test('that is damaged names the copy', async () => {
    const { source, env, cache } = await emptyPlaces();
    await mkdir(cache, { recursive: true });
    await writeFile(path.join(cache, up), 'oops');
    const read = readMeasurement(name, [source], env);
    expect(read).toMatchObject({
      remedy: expect.stringMatching(/^delete it and run `npx mho data fetch enode`/) as string,
    });
    expect(read).toMatchObject({
      what: expect.stringMatching(/dG_increasing\.txt: got SHA-256 \w{64}, expected 13de0e48.* \(4 bytes/) as string,
    });
  });

  test.each([
    ['data:enod/dG_increasing.txt', 'expected data:enode', 'see `npx mho data list`'],
    ['data:enode', `expected data:enode/${up} or data:enode/${down}`, ''],
    ['data:enode/dG_increasing', `expected data:enode/${up} or data:enode/${down}`, `did you mean data:enode/${up}?`],
  ])('%s is refused with what there is', (wrong, what, remedy) => {
    const read = readMeasurement(wrong, [enode]);
    expect(read).toMatchObject({ what: expect.stringContaining(what) as string });
    if (remedy !== '') expect(read).toMatchObject({ remedy });
  });
});

describe.skipIf(folder === undefined)('ENODe (skipped where this machine has no tables)', () => {
  test('is downloaded into the cache and found there', async () => {
    const { env, cache } = await emptyPlaces();
    const archive = await serve((request, response) => {
      void readFile(path.join(folder!, request.url!)).then((content) => {
        fileListener(content)(request, response);
      });
    });
    const source = enodeFrom({ archive, beside: undefined });
    const statuses = await source.fetch({ env });
    expect(statuses.map(({ place }) => place)).toEqual([path.join(cache, up), path.join(cache, down)]);
    expect(readMeasurement(name, [source], env)).toMatchObject({ place: path.join(cache, up) });
  });

  test('is found beside the project', async () => {
    const { source, env, beside } = await emptyPlaces();
    await mkdir(beside);
    for (const file of [up, down]) await copyFile(path.join(folder!, file), path.join(beside, file));
    expect((await source.locate({ env })).map(({ place }) => place)).toEqual(
      [up, down].map((f) => path.join(beside, f)),
    );
    expect(readMeasurement('data:enode/dG_decreasing.txt', [source], env)).toMatchObject({
      place: `${beside}/${down}`,
    });
  });
});
