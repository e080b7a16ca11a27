import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../../../src/device/fit/reading/options.js';
import { readRamps } from '../../../../src/device/fit/reading/read-ramps.js';
import { messageOf } from '../../../experiment/scratch.js';

const read = (text: string, options: Partial<ReadOptions> = {}) =>
  readRamps(text, 'r.csv', 0, { skipBad: false, unit: 'uS', ...options });
const values = (text: string, options: Partial<ReadOptions> = {}) =>
  read(text, options).ramps.map((ramp) => ramp.values.map((g) => Number((g * 1e6).toPrecision(6))));

/** Ramps of eight pulses, each as much above the one before as noise would bring it. */
const ramps = [0, 1, 2, 3].map((r) =>
  Array.from({ length: 9 }, (_, n) => Number((10 + 9 * n + 0.13 * r + 0.1).toFixed(2))),
);
const pulses = ramps[0]!.map((_, n) => n);
const table = (head: readonly unknown[], lines: readonly (readonly unknown[])[]): string =>
  [head, ...lines].map((cells) => cells.join(',')).join('\n');
const columns = pulses.map((n) => ramps.map((ramp) => ramp[n]!));
const noteOf = (from: number, to: number) =>
  `r.csv:1: counts ${from} to ${to} and is taken for a header; if it holds readings, say --first-line values`;

describe('a first line that counts', () => {
  it.each([
    ['pulses from 0, above ramps', table(pulses, ramps), [0, 8]],
    [
      'pulses from 1, above ramps',
      table(
        pulses.map((n) => n + 1),
        ramps,
      ),
      [1, 9],
    ],
    [
      'every tenth pulse',
      table(
        pulses.map((n) => 10 * n),
        ramps,
      ),
      [0, 80],
    ],
    [
      'pulses beside a blank corner, above ramps with names',
      table(
        ['', ...pulses],
        ramps.map((r, i) => [`r${i}`, ...r]),
      ),
      [0, 8],
    ],
    [
      'pulses beside a word, above ramps with numbers',
      table(
        ['ramp', ...pulses],
        ramps.map((r, i) => [i + 1, ...r]),
      ),
      [0, 8],
    ],
    ['ramps, above pulses', table([0, 1, 2, 3], columns), [0, 3]],
    ['ramps from 1, above pulses', table([1, 2, 3, 4], columns), [1, 4]],
    [
      'ramps beside a blank corner, above pulses with numbers',
      table(
        ['', 0, 1, 2, 3],
        columns.map((row, n) => [n, ...row]),
      ),
      [0, 3],
    ],
    [
      'ramps beside a corner, above every tenth pulse',
      table(
        ['', 0, 1, 2, 3],
        columns.map((row, n) => [10 * n, ...row]),
      ),
      [0, 3],
    ],
  ] as const)('%s', (_, text, [from, to]) => {
    expect(values(text)).toEqual(ramps);
    expect(read(text).notes).toContain(noteOf(from, to));
    expect(read(text).warnings).toEqual([]);
  });

  it('above a row of units, below a title', () => {
    const text = `Cell 4; 25 C\n${table(pulses, [pulses.map(() => 'nS'), ...ramps])}`;
    expect(values(text, { unit: undefined })).toEqual(
      ramps.map((ramp) => ramp.map((g) => Number((g / 1000).toPrecision(6)))),
    );
  });

  it('above whole numbers of another scale', () => {
    const ohms = [0, 1].map((r) => pulses.map((n) => 90_000 - 9000 * n - 100 * r));
    const text = table(
      pulses.map((n) => n + 1),
      ohms,
    );
    expect(read(text, { unit: 'ohm' }).ramps.map(({ values: [g] }) => g)).toEqual(ohms.map(([r]) => 1 / r!));
  });
});

describe('a first line of two counts, or of one', () => {
  const two = columns.map((row) => row.slice(0, 2));
  const back = [...two].reverse();
  const bent = [9.88, 14.01, 17.1, 20.26, 24.4].map((g) => [g]);
  const headers: [string, number[], number[][]][] = [
    ['1,2 above SET ramps', [1, 2], two],
    ['1,2 above RESET ramps', [1, 2], back],
    ['1,2 above ramps that begin at 1', [1, 2], two.map((row) => row.map((g) => Number((g / 10).toFixed(3))))],
    ['0,1', [0, 1], two],
    ['1', [1], bent],
    ['1 above a RESET ramp', [1], [...bent].reverse()],
    ['0', [0], bent],
  ];
  it.each(headers)('is a header: %s', (_, first, below) => {
    const text = table(first, below);
    expect(values(text, { ramps: 'columns' })[0]).toEqual(below.map(([g]) => g));
    const counts = first.length > 1 ? first.join(' to ') : String(first[0]);
    expect(read(text, { ramps: 'columns' }).notes.join()).toContain(
      `r.csv:1: counts ${counts} and is taken for a header`,
    );
  });

  const starts: [string, number[], number[][], boolean][] = [
    ['one ramp from 1', [1], [[1.8], [2.5], [3.1], [3.6]], false],
    ['one ramp from 1 that goes far', [1], [[2.2], [12.4], [20.3], [30.7]], false],
    ['one ramp from 1 that goes far at once', [1], [[5.2], [12.4], [20.3], [30.7]], true],
    ['one ramp from 1 that goes down', [1], [[0.61], [0.32], [0.16], [0.04]], false],
    [
      'two ramps',
      [1, 2],
      [
        [1.8, 3.1],
        [2.5, 4.2],
        [3.1, 5.5],
      ],
      false,
    ],
    [
      'two ramps, one twice the other',
      [1, 2],
      [
        [3.1, 6.3],
        [5.2, 10.1],
        [7.4, 14.9],
      ],
      false,
    ],
    [
      'two ramps that come together',
      [1, 2],
      [
        [2.8, 3.1],
        [4.2, 4.4],
        [5.3, 5.5],
      ],
      true,
    ],
  ];
  it.each(starts)('is the start of ramps: %s', (_, first, below, warned) => {
    const { ramps: own, warnings } = read(table(first, below), { ramps: 'columns' });
    expect(own[0]!.values).toHaveLength(below.length + 1);
    expect(warnings.join().includes('and is taken for a ramp')).toBe(warned);
  });

  it('is a row of pulses or times where its column goes on', () => {
    for (const step of [10, 0.5]) {
      const text = table(
        [0, 1],
        [1, 2, 3].map((n) => [step * n, 11.3 + n]),
      );
      expect(messageOf(() => read(text, { ramps: 'columns' }))).toContain('r.csv:1: column 1: got 0 uS');
    }
  });

  it('is a ramp below a name', () => {
    expect(
      values(
        `G (uS)\n${table(
          [1],
          two.map(([g]) => [g]),
        )}`,
        { unit: undefined },
      )[0]![0],
    ).toBe(1);
  });
});

describe('is a ramp all the same', () => {
  const warningOf = (to: number) =>
    `r.csv:1: counts 1 to ${to} and is taken for a ramp, like the lines below it; say --first-line header if it is one, or --first-line values`;

  it.each([
    [
      'where others are like it',
      [1, 2, 3, 4, 5, 6],
      [
        [1.1, 2.2, 2.9, 4.1, 5.2, 6.1],
        [1.2, 2.1, 3.1, 4.2, 4.9, 6.2],
      ],
    ],
    [
      'where RESET ramps go through the same conductances',
      [1, 2, 3, 4, 5, 6],
      [
        [5.9, 5.1, 4.2, 3.1, 1.9, 1.2],
        [6.2, 4.8, 4.1, 2.9, 2.1, 0.9],
      ],
    ],
    [
      'where all are whole numbers of one scale',
      [1, 2, 3, 4, 5, 6],
      [
        [3, 4, 6, 8, 10, 12],
        [2, 3, 5, 7, 9, 11],
      ],
    ],
  ])('%s, with a warning', (_, first, others) => {
    const text = table(first, others);
    expect(values(text, { ramps: 'rows' })).toEqual([first, ...others]);
    expect(read(text, { ramps: 'rows' }).warnings).toContain(warningOf(6));
  });

  it('where a line of names stands above it', () => {
    const text = `a,b,c,d\n${table([1, 2, 3, 4], columns)}`;
    expect(values(text).map(([first]) => first)).toEqual([1, 2, 3, 4]);
  });

  it('where it has fractions', () => {
    const first = [1, 2, 3.5, 4];
    expect(values(table(first, columns)).map(([g]) => g)).toEqual(first);
  });

  it.each([
    [1, 2, 4, 5],
    [2, 3, 4, 5],
  ])('but not where whole numbers stand above fractions alone: %j', (...first) => {
    expect(values(table(first, columns))).toHaveLength(4);
    expect(values(table(first, columns)).map(([g]) => g)).not.toContain(first[0]);
  });

  it('or a row of a long table, that begins with the same word or the number before', () => {
    const long = 'SET,0,1\nSET,1,5.2\nRESET,2,7.3\n';
    expect(read(long, { values: '3', pulseColumn: '2' }).ramps[0]!.values).toHaveLength(2);
    expect(values('0,1,2\n1,1.5,2.5\n2,2.1,3.1\n3,2.9,4.2\n')).toEqual([
      [1, 1.5, 2.1, 2.9],
      [2, 2.5, 3.1, 4.2],
    ]);
  });
});

describe('a first column that counts', () => {
  const counted = (name: string, heads: readonly string[], start: number) =>
    table(
      [name, ...heads],
      columns.map((row, n) => [n + start, ...row]),
    );

  it.each([
    ['""', 1],
    ['x', 0],
    ['x', 1],
  ])('below %s from %i is of pulses', (name, start) => {
    expect(values(counted(name, ['a', 'b', 'c', 'd'], start))).toEqual(ramps);
    expect(values(counted(name, ['V1', 'V2', 'V3', 'V4'], start))).toEqual(ramps);
  });

  it.each(['No.', '""'])('below %s is of ramps where the headings count pulses', (name) => {
    const heads = (letter: string, from: number) => [name, ...pulses.map((n) => `${letter}${n + from}`)];
    const lines = ramps.map((ramp, i) => [i + 1, ...ramp]);
    expect(values(table(heads('P', 0), lines))).toEqual(ramps);
    expect(values(table(heads('V', 1), lines))).toEqual(ramps);
    expect(read(table(heads('P', 0), lines)).ramps[1]!.name).toBe('ramp 2');
  });

  it('is one of values where all are whole numbers, or it has a unit', () => {
    expect(values('a,b\n1,11\n2,12\n3,13\n', { ramps: 'columns' })).toEqual([
      [1, 2, 3],
      [11, 12, 13],
    ]);
    expect(values('a (uS),b (uS)\n1,11.5\n2,12.5\n3,13.5\n', { unit: undefined })[0]).toEqual([1, 2, 3]);
  });
});

it('a column whose name begins with V is none of voltages for that', () => {
  expect(values('pulse,value\n1,10\n2,20\n3,30\n')).toEqual([[10, 20, 30]]);
  expect(messageOf(() => read('pulse,V_read\n1,10\n2,20\n3,30\n'))).toContain('none of its columns holds');
});
