import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../../../src/device/fit/reading/options.js';
import { readRamps } from '../../../../src/device/fit/reading/read-ramps.js';
import { loadRamps } from '../../../../src/report/fit/load-ramps.js';
import { messageOf } from '../../../experiment/scratch.js';

const read = (text: string, options: Partial<ReadOptions> = {}) =>
  readRamps(text, 'r.csv', 0, { skipBad: true, ...options });

/** Three SET and three RESET ramps of ten pulses each, one after the other, in uS; a row per pulse. */
const rows = Array.from({ length: 60 }, (_, k) => {
  const [up, n] = [k % 20 < 10, (k % 10) + 1];
  return [up ? '+' : '-', String(up ? 10 + 5 * n : 60 - 5 * n)] as const;
});

/** The trace with other words in some of its cells, by the line of the file. */
function trace(changed: Record<number, readonly [polarity: string | undefined, value: string | undefined]>): string {
  const lines = rows.map(([polarity, value], k) => {
    const [p = polarity, v = value] = changed[k + 2] ?? [];
    return `${k + 1},${p},${v}`;
  });
  return ['pulse,polarity,G (uS)', ...lines, ''].join('\n');
}

const names = (text: string, options: Partial<ReadOptions> = {}) => read(text, options).ramps.map(({ name }) => name);
const parts = (...left: number[]) =>
  [1, 2, 3, 4, 5, 6].filter((part) => !left.includes(part)).map((part) => `G (uS), part ${part}`);

describe('--skip-bad of one long trace', () => {
  it.each(['NaN', '9.91E37', '-3', '', '#N/A', '4000'])('leaves out the ramp that holds %j, and no other', (value) => {
    const text = trace({ 27: [undefined, value] });
    const { warnings, notes } = read(text);
    expect(names(text)).toEqual(parts(3));
    expect(warnings).toEqual([
      expect.stringMatching(/^r\.csv:27: column 3 \(G \(uS\)\): .*; G \(uS\), part 3 is left out$/),
    ]);
    expect(notes).toContain('r.csv: G (uS) splits into 6 ramps of 9 to 10 pulses, of which 1 is left out');
    const sound = read(trace({})).ramps;
    expect(read(text).ramps).toEqual(sound.filter(({ name }) => !name.endsWith('part 3')));
    expect(messageOf(() => read(text, { skipBad: false }))).toContain('r.csv:27: column 3 (G (uS))');
  });

  it('leaves out both ramps that a value at their turn is of', () => {
    // Line 21 is the tenth pulse of the second ramp, from which the third starts.
    const { warnings } = read(trace({ 21: [undefined, 'x'] }));
    expect(names(trace({ 21: [undefined, 'x'] }))).toEqual(parts(2, 3));
    expect(warnings).toEqual([expect.stringMatching(/; 2 ramps \(G \(uS\), part 2, G \(uS\), part 3\) are left out$/)]);
  });

  it('leaves out ramps of pulses whose polarity cannot be read', () => {
    expect(names(trace({ 5: ['bread', undefined], 44: ['', undefined] }))).toEqual(parts(1, 5));
  });

  it('counts further mistakes of a ramp in one warning', () => {
    const { warnings } = read(trace({ 25: [undefined, 'x'], 26: [undefined, '5000'], 28: [undefined, '-1'] }));
    expect(warnings).toEqual([
      'r.csv:25: column 3 (G (uS)): got "x", expected a number, and 2 more mistakes; G (uS), part 3 is left out',
    ]);
  });

  it('does so too where turns alone, or a count of pulses, tell ramps apart', () => {
    const turns = ['G (uS)', ...rows.map(([, value], k) => (k === 25 ? 'NaN' : value)), ''].join('\n');
    expect(names(turns)).toEqual(parts(3));
    const counted = rows.map(([, value], k) => `${k % 10},${k === 25 ? 'NaN' : value}`);
    expect(names(['pulse,G (uS)', ...counted, ''].join('\n'))).toEqual(parts(3));
  });

  it('lists what was left out where nothing is left', () => {
    const all = Object.fromEntries(rows.map((_, k) => [k + 2, [undefined, 'NaN'] as const]));
    expect(messageOf(() => read(trace(all)))).toBe(
      'r.csv: no ramp is left; mend what --skip-bad left out:\n' +
        '  r.csv:2: column 3 (G (uS)): got "NaN", expected a number; G (uS) is left out',
    );
    const columns = ['a,b', '10,11', 'x,21', '30,y', ''].join('\n');
    expect(messageOf(() => read(columns, { unit: 'uS' }))).toBe(
      'r.csv: no ramp is left; mend what --skip-bad left out:\n' +
        '  r.csv:3: column 1 (a): got "x", expected a number; a is left out\n' +
        '  r.csv:4: column 2 (b): got "y", expected a number; b is left out',
    );
  });

  it('lists it where a direction has none left', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'mho-skip-'));
    const file = path.join(folder, 'r.csv');
    const resets = rows.flatMap(([sign], k) => (sign === '-' ? [k + 2] : []));
    writeFileSync(file, trace(Object.fromEntries(resets.map((line) => [line, [undefined, 'x'] as const]))));
    const loading = loadRamps({ files: [file], reset: [], read: { skipBad: true } });
    // Each RESET ramp and, but for the first, the SET ramp that starts where the RESET ramp before it ends.
    await expect(loading).rejects.toThrow(
      /holds potentiation alone, expected LTD ramps as well; .*, or mend what --skip-bad left out:\n.*part 2 is left out\n.*part 3 is left out\n/,
    );
    rmSync(folder, { recursive: true });
  });
});
