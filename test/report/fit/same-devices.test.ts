import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadRamps } from '../../../src/report/fit/load-ramps.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'mho-same-'))));
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const read = { skipBad: false, unit: 'uS' };

function file(name: string, shift: number): string {
  const place = path.join(folder, name);
  const rows = Array.from({ length: 10 }, (_, n) => `${10 + n + shift},${20 - n + shift}`);
  writeFileSync(place, ['up,down', ...rows, ''].join('\n'));
  return place;
}

const spread = 'and counts as two devices, which makes their spread too small; give each device once';

it('warns of a file that is given as two devices, by its name or in a copy', async () => {
  const [a, b, copy] = [file('a.csv', 0), file('b.csv', 0.5), file('copy.csv', 0)];
  const warningsOf = async (...files: string[]) => (await loadRamps({ files, reset: [], read })).warnings;
  expect(await warningsOf(a, a)).toContain(`${a} is given twice ${spread}`);
  expect(await warningsOf(a, b, copy)).toContain(`${copy}: holds the same readings as ${a} ${spread}`);
  expect((await warningsOf(a, b)).join()).not.toContain('counts as two devices');
});

it('warns of two devices of a file that hold the same readings', async () => {
  const place = path.join(folder, 'c.csv');
  const rows = Array.from({ length: 10 }, (_, n) => [10 + n, 10 + n, 20 - n, 20 - n].join(','));
  writeFileSync(place, ['device A,device B,device A,device B', ...rows, ''].join('\n'));
  const { warnings } = await loadRamps({ files: [place], reset: [], read });
  expect(warnings).toContain(`${place}, device B: holds the same readings as ${place}, device A ${spread}`);
});
