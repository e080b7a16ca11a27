import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../../../src/device/fit/reading/options.js';
import { readRamps } from '../../../../src/device/fit/reading/read-ramps.js';
import { loadRamps } from '../../../../src/report/fit/load-ramps.js';
import { messageOf } from '../../../experiment/scratch.js';

const read = (text: string, options: Partial<ReadOptions> = {}) =>
  readRamps(text, 'r.csv', 0, { skipBad: false, unit: 'uS', ...options });
const strides = (text: string, options: Partial<ReadOptions> = {}) =>
  read(text, options).ramps.map(({ stride }) => stride);

/** A ramp of so many values, a line each below the numbers of its pulses. */
const numbered = (counts: readonly number[], [from, step] = [10, 5]): string =>
  ['pulse,G', ...counts.map((count, k) => `${count},${from + step * k}`), ''].join('\n');
const wide = (head: readonly unknown[], label = ''): string =>
  [
    head.join(','),
    ...[0, 1, 2].map((r) => [...(label ? [`${label}${r}`] : []), 10, 20.5, 30.1, 41.2 + r].join(',')),
  ].join('\n');

describe('pulses between the values of a ramp', () => {
  it.each([
    ['a column', numbered([0, 5, 10, 15]), [5]],
    ['a column that begins at 1', numbered([1, 6, 11]), [5]],
    ['a column that begins anew', numbered([10, 20, 30, 10, 20, 30]), [10, 10]],
    ['a column of decimals', numbered([0.1, 0.2, 0.3].map((x) => 10 * x)), [1]],
    ['a line that counts', wide([0, 5, 10, 15]), [5, 5, 5]],
    ['names', wide(['', 'P0', 'P10', 'P20', 'P30'], 'r'), [10, 10, 10]],
    ['nothing', 'G\n10\n20\n30\n', [undefined]],
    ['the rows of a long table', 'ramp,n,G\n1,1,10\n2,2,11\n2,3,21\n1,4,20\n2,5,30\n1,6,30\n', [undefined, undefined]],
  ])('are told by %s', (_, text, expected) => {
    expect(strides(text)).toEqual(expected);
  });

  const remedy =
    'mend the number, keep values that lie equally many pulses apart, or leave such ramps out with --skip-bad';
  it.each([
    [[0, 1, 2, 3, 9, 10], 6, 'pulse 9 comes after pulse 3, 6 pulses on, expected 1'],
    [[0, 1, 2, 5, 10, 20], 5, 'pulse 5 comes after pulse 2, 3 pulses on, expected 1'],
    [[1, 10, 20, 30], 3, 'pulse 10 comes after pulse 1, 9 pulses on, expected 10'],
    [[0, 5, 10, 11, 15, 20, 25], 5, 'pulse 11 comes after pulse 10, 1 pulse on, expected 5'],
  ])('are refused where they differ: %j', (counts, line, what) => {
    expect(messageOf(() => read(numbered(counts)))).toBe(
      `r.csv:${line}: column 1 (pulse): ${what} as between others of its ramp; ${remedy}`,
    );
  });

  it('are refused in names of columns too', () => {
    expect(messageOf(() => read(wide(['', 'P0', 'P1', 'P2', 'P9'], 'r')))).toContain(
      'r.csv: column 5 (P9): pulse 9 comes after pulse 2, 7 pulses on, expected 1',
    );
  });

  it('leave out the ramp alone where they differ and --skip-bad is said', () => {
    const text = 'ramp,pulse,G\n1,0,10\n1,1,20\n1,2,30\n2,0,11\n2,1,21\n2,4,31\n';
    const { ramps, warnings } = read(text, { skipBad: true });
    expect(ramps.map(({ name }) => name)).toEqual(['ramp 1']);
    expect(warnings.join()).toMatch(
      /^r\.csv:7: column 2 \(pulse\): pulse 4 comes after pulse 1, .*; ramp 2 is left out$/,
    );
  });
});

describe('a train of pulses as the pulse of a device', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'mho-strides-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const load = (set: string, reset: string) => {
    const [s, r] = ['s.csv', 'r.csv'].map((name) => path.join(folder, name)) as [string, string];
    writeFileSync(s, set);
    writeFileSync(r, reset);
    return loadRamps({ files: [s], reset: [r], read: { skipBad: false, unit: 'uS' } });
  };
  const trains = async (set: string, reset: string) =>
    (await load(set, reset)).warnings.filter((warning) => warning.includes(' lie '));
  const [single, five, down] = [[0, 1, 2, 3, 4], [0, 5, 10, 15, 20], [40, -6] as [number, number]];
  const told = (branch: string, an: string) =>
    `${branch}values lie 5 pulses apart: ${an} ${branch}pulse of this device is a train of 5 of the measured ones, so states and noise are of such trains; read after each pulse for the cell's own`;

  it('is warned of, once for both directions', async () => {
    expect(await trains(numbered(five), numbered(five, down))).toEqual([told('', 'a')]);
    expect(await trains(numbered(single), numbered(single, down))).toEqual([]);
  });

  it('is warned of by direction where these differ', async () => {
    const unlike = (ltp: string, ltd: string) =>
      `values of LTP lie ${ltp} apart and those of LTD ${ltd}: states and noise of the two are not of equally many pulses`;
    expect(await trains(numbered(five), numbered(single, down))).toEqual([told('LTP ', 'an'), unlike('5 pulses', '1')]);
    expect(await trains(numbered(single), numbered(five, down))).toEqual([told('LTD ', 'an'), unlike('1 pulse', '5')]);
    const bare = numbered(single, down).replace(/^.*?,/gm, '');
    expect(await trains(numbered(five), bare)).toEqual([told('LTP ', 'an')]);
  });

  it('is refused where ramps of one direction differ', async () => {
    const both = `ramp,pulse,G\n${[single, five].flatMap((counts, r) => counts.map((n, k) => `${r},${n},${10 + 5 * k}`)).join('\n')}\n`;
    await expect(load(both, numbered(single, down))).rejects.toThrow(
      /s\.csv:7: column 3 \(G\): values of ramp 1 lie 5 pulses apart, expected 1 as in other LTP ramps; keep values/,
    );
  });
});
