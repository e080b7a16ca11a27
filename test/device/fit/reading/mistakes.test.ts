import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../../../src/device/fit/reading/options.js';
import { readRamps } from '../../../../src/device/fit/reading/read-ramps.js';
import { messageOf } from '../../../experiment/scratch.js';

const read = (text: string, options: Partial<ReadOptions> = {}) =>
  readRamps(text, 'r.csv', 0, { skipBad: false, ...options });

describe('one mistake of several ramps', () => {
  it('is told once with --skip-bad, as a number in a column of pulses', () => {
    const text =
      'ramp,pulse,a (uS),b (uS)\n1,0,10,11\n1,1,20,21\n1,2,30,31\n1,5,40,41\n1,6,50,51\n2,0,10,11\n2,1,20,21\n2,2,30,31\n';
    expect(read(text, { skipBad: true }).leftOut).toEqual([
      expect.stringMatching(
        /^r\.csv:5: column 2 \(pulse\): pulse 5 comes after pulse 2.*; 2 ramps \(.*\) are left out$/,
      ),
    ]);
  });
});

describe('polarities', () => {
  const ups = [1, 2, 3, 4, 5, 6, 7, 8];
  const rows = [...ups.map((n) => ['+', 10 * n]), ...ups.map((n) => ['-', 85 - 10 * n])] as [string, number][];
  const trace = (polarities: readonly string[]) =>
    ['pulse,polarity,G (uS)', ...rows.map(([, g], k) => `${k + 1},${polarities[k]},${g}`), ''].join('\n');
  const right = rows.map(([sign]) => sign);

  it('of a single pulse against its ramp are named by their row', () => {
    const wrong = right.with(4, '-');
    expect(messageOf(() => read(trace(wrong)))).toMatch(
      /^r\.csv:6: column 3 \(G \(uS\)\): its pulse is "-", alone between pulses that are "\+", where others like it come in runs of 8; mend/,
    );
    const { ramps, leftOut } = read(trace(wrong), { skipBad: true });
    expect(ramps.map(({ name }) => name)).toEqual(['G (uS), part 2']);
    expect(leftOut).toHaveLength(1);
    expect(read(trace(right)).ramps).toHaveLength(2);
  });

  it('of single pulses that reset a cell after each ramp are none', () => {
    const one = ups.map((n) => `+,${10 * n}`).join('\n');
    expect(read(`polarity,G (uS)\n${one}\n-,8\n${one}\n-,8\n${one}\n`).ramps.length).toBeGreaterThan(2);
  });

  it('of a blank column are told with file, row and column', () => {
    const text = trace(right.map(() => ''));
    const where = 'r.csv:2: column 2 (polarity) is blank from this row to the last, and says no polarity of any pulse';
    expect(read(text).warnings.join()).toContain(where);
    expect(messageOf(() => read(text, { polarityColumn: 'polarity' }))).toContain(where.replace(') is', '): is'));
    expect(messageOf(() => read(trace(right.with(5, ''))))).toContain(
      "r.csv:7: column 2 (polarity): the pulse's polarity is blank",
    );
  });
});

describe('a ramp of a trace with polarity that does not move', () => {
  const cycle = (n: number) => [
    ...[20, 30, 38, 44, 48].map((g) => `SET,${g + n / 10}`),
    ...[40, 33, 27, 22, 19].map((g) => `RESET,${g + n / 10}`),
  ];
  const text = (flat: readonly string[], at: number): string =>
    ['polarity,G (uS)', ...[0, 1, 2].flatMap((n) => [...(n === at ? flat : []), ...cycle(n)]), ''].join('\n');
  const stuck = Array.from({ length: 6 }, () => 'RESET,50');
  const flickering = Array.from({ length: 12 }, (_, k) => `RESET,${k % 2 === 0 ? 40 : 40.1}`);

  it.each([
    ['at its start', text(stuck, 0), 'r.csv:3: column 2 (G (uS)): G (uS), part 1 is flat: its 6 values are equal'],
    ['of as many values, that flicker', text(['SET,40', ...flickering], 0), 'move no more than their noise'],
  ])('is refused by its place: %s', (_, data, message) => {
    expect(messageOf(() => read(data))).toContain(message);
  });

  it('is left out alone by --skip-bad', () => {
    const { ramps, warnings } = read(text(stuck, 0), { skipBad: true });
    expect(ramps.some(({ values }) => values.every((g) => g === values[0]))).toBe(false);
    expect(warnings.join()).toContain('r.csv:3: column 2 (G (uS)): G (uS), part 1 is flat');
    expect(ramps).toHaveLength(6);
  });
});

describe('first lines that count otherwise than 0, 1, 2 …', () => {
  const values = (n: number) => [12.31, 17.42, 21.17, 24.63, 27.01].map((g) => (g + n / 100).toFixed(2)).join(',');
  const below = [0, 3, 5].map(values).join('\n');

  it.each(['5,6,7,8,9', '100,200,300,400,500'])('are headers above fractions: %s', (line) => {
    const { ramps, notes } = read(`${line}\n${below}\n`, { unit: 'uS', ramps: 'rows' });
    expect(ramps).toHaveLength(3);
    expect(notes.join()).toContain('and is taken for a header; if it holds readings, say --first-line values');
    expect(read(`${line}\n${below}\n`, { unit: 'uS', ramps: 'rows', firstLine: 'values' }).ramps).toHaveLength(4);
  });

  it('are refused as numbers of pulses at an uneven step', () => {
    expect(messageOf(() => read(`10,20,50,60,70\n${below}\n`, { unit: 'uS', ramps: 'rows' }))).toContain(
      'r.csv:1: column 3: pulse 50 comes after pulse 20',
    );
  });

  it('are doubtful where they are like the values below', () => {
    const { warnings, ramps } = read(`12,17,21,25,27\n${below}\n`, { unit: 'uS', ramps: 'rows' });
    expect(warnings.join()).toContain('r.csv:1: counts 12 to 27 and is taken for a ramp');
    expect(ramps).toHaveLength(4);
  });

  it('are ramps where all numbers are whole', () => {
    expect(read('10,20,30,40\n11,21,31,41\n12,22,32,42\n', { unit: 'uS' }).ramps).toHaveLength(3);
  });

  it('are what --first-line says', () => {
    const text = '1,2,3,4,5\n1,2,3,4,5\n1,2,3,4,6\n';
    const options = { unit: 'uS', ramps: 'rows' } as const;
    expect(read(text, options).warnings.join()).toContain('say --first-line header if it is one');
    expect(read(text, { ...options, firstLine: 'values' }).ramps).toHaveLength(3);
    expect(read(text, { ...options, firstLine: 'values' }).warnings).toEqual([]);
    expect(read(text, { ...options, firstLine: 'header' }).ramps).toHaveLength(2);
  });
});

describe('a row without a pulse', () => {
  const rows = ['V,G (uS)', '0,20', '1,30', '1,38', '0,38.1', '1,44', '1,48', '-1,40', '-1,33', '-1,27', '-1,22', ''];

  it('inside a ramp is warned of by its place, since it cuts the ramp in two', () => {
    expect(read(rows.join('\n'), { polarityColumn: 'V' }).warnings.join()).toContain(
      'r.csv:5: column 2 (G (uS)): its pulse is "0", none, between two of one polarity, and cuts their ramp in two',
    );
  });

  it('before a ramp, or between two, is none', () => {
    const fine = [...rows.slice(0, 4), ...rows.slice(5, 7), '0,48.1', ...rows.slice(7)];
    expect(read(fine.join('\n'), { polarityColumn: 'V' }).warnings.join()).not.toContain('cuts their ramp');
  });
});
