import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../../../src/device/fit/reading/options.js';
import { readRamps } from '../../../../src/device/fit/reading/read-ramps.js';
import { sortRamps } from '../../../../src/device/fit/reading/sort-ramps.js';

/**
 * A device of 40 pulses each way over 20 to 90 uS, measured twice. Readings have three decimals, the same in all shapes: a fit is a function of
 * the ramps, so ramps that are equal give the same parameters.
 */
const curve = (n: number, a: number): number => 20 + (70 * (1 - Math.exp(-n / a))) / (1 - Math.exp(-40 / a));
const wobble = (n: number, ramp: number): number => 0.3 * Math.sin(7.3 * n + 2.1 * ramp);
const up = [0, 1].map((r) => Array.from({ length: 41 }, (_, n) => Number((curve(n, 12) + wobble(n, r)).toFixed(3))));
const down = [2, 3].map((r) =>
  Array.from({ length: 41 }, (_, n) => Number((110 - curve(n, 9) + wobble(n, r)).toFixed(3))),
);
const all = [...up, ...down];
const text = (rows: readonly (readonly unknown[])[], separator = ',', end = '\n'): string =>
  rows.map((cells) => cells.join(separator)).join(end) + end;
const byPulse = <T>(made: (n: number) => T): T[] => up[0]!.map((_, n) => made(n));

/** One trace: each ramp begins from the value before its first pulse. */
const trace = [
  ['', up[0]![0]!] as const,
  ...[0, 1].flatMap((r) => [
    ...up[r]!.slice(1).map((g) => ['SET', g] as const),
    ...down[r]!.slice(1).map((g) => ['RESET', g] as const),
  ]),
];
/** Amperes at 0.1 V. */
const ampere = (g: number): string => (g * 1e-7).toExponential(6);

interface Shape {
  readonly table: string;
  readonly options?: Partial<ReadOptions>;
  /** Part of a reading by which rounding in its unit may move it. */
  readonly within?: number;
  /** Whether ramps begin at the reading before their first pulse, as in a trace. */
  readonly traced?: boolean;
}

const shapes: readonly (readonly [name: string, shape: Shape])[] = [
  [
    'columns of a table',
    { table: text([['a (uS)', 'b (uS)', 'c (uS)', 'd (uS)'], ...byPulse((n) => all.map((r) => r[n]))]) },
  ],
  [
    'a Keithley 4200 with a preamble',
    {
      table:
        'Keithley 4200-SCS\nTest,pulse train\nDate,2026-03-01\n\n' +
        text([
          ['Time', 'AnodeI', 'AnodeV', 'GateV'],
          ...trace.map(([p, g], k) => [k / 10, ampere(g), 0.1, p === 'RESET' ? -1.2 : p === '' ? 0 : 1.1]),
        ]),
      options: { readVoltage: 0.1 },
      traced: true,
    },
  ],
  [
    'an export of a Keysight B1500',
    {
      table:
        'SetupTitle, pulses\nDimension1, 161, 161, 161\nDataName, Index, V1, I1\n' +
        text(
          trace.map(([p, g], k) => ['DataValue', k + 1, p === 'RESET' ? -1.2 : p === '' ? 0 : 1.1, ampere(g)]),
          ', ',
        ),
      options: { readVoltage: 0.1 },
      traced: true,
    },
  ],
  [
    'columns of ramps above a row of units',
    {
      table: text([
        ['pulse', 'r1', 'r2', 'r3', 'r4'],
        ['', 'uS', 'uS', 'uS', 'uS'],
        ...byPulse((n) => [n, ...all.map((r) => r[n])]),
      ]),
    },
  ],
  [
    'rows of ramps below pulses',
    {
      table: text([['', ...byPulse((n) => n)], ...all.map((r, i) => [`ramp ${i}`, ...r])]),
      options: { unit: 'uS', ramps: 'rows' },
    },
  ],
  [
    'a long trace with SET and RESET',
    { table: text([['n', 'operation', 'G (uS)'], ...trace.map(([p, g], k) => [k, p, g])]), traced: true },
  ],
  [
    'resistances in kohm',
    {
      table: text([
        ['R1 (kohm)', 'R2 (kohm)', 'R3 (kohm)', 'R4 (kohm)'],
        ...byPulse((n) => all.map((r) => (1000 / r[n]!).toFixed(6))),
      ]),
      within: 1e-6,
    },
  ],
  [
    'semicolons and decimal commas',
    {
      table: text(
        [
          ['Puls', 'a (uS)', 'b (uS)', 'c (uS)', 'd (uS)'],
          ...byPulse((n) => [n, ...all.map((r) => String(r[n]).replace('.', ','))]),
        ],
        ';',
      ),
    },
  ],
  [
    'tabs',
    {
      table: text(
        [['pulse', 'G1_uS', 'G2_uS', 'G3_uS', 'G4_uS'], ...byPulse((n) => [n, ...all.map((r) => r[n])])],
        '\t',
      ),
    },
  ],
  [
    'a byte order mark and CRLF',
    {
      table:
        '\ufeff' +
        text(
          [['pulse', 'a [uS]', 'b [uS]', 'c [uS]', 'd [uS]'], ...byPulse((n) => [n, ...all.map((r) => r[n])])],
          ',',
          '\r\n',
        ),
    },
  ],
  [
    'scientific notation with comments',
    {
      table:
        '# station 3\n# pulse,a (S),b (S),c (S),d (S)\n' +
        text(byPulse((n) => [n, ...all.map((r) => (r[n]! * 1e-6).toExponential(6))])) +
        '# end\n',
    },
  ],
  [
    'currents in microampere',
    {
      table: text([
        ['pulse', ...all.map((_, i) => `I${i} (uA)`)],
        ...byPulse((n) => [n, ...all.map((r) => (r[n]! / 10).toFixed(5))]),
      ]),
      options: { readVoltage: 0.1 },
    },
  ],
  [
    'columns named LTP1 and LTD1 for pulses',
    {
      table: text([['LTP1', 'LTP2', 'LTD1', 'LTD2'], ...byPulse((n) => all.map((r) => r[n]))]),
      options: { unit: 'uS' },
    },
  ],
  [
    'rows with a time stamp each',
    {
      table: text([
        ['timestamp', 'operation', 'G (uS)'],
        ...trace.map(([p, g], k) => [`2026-03-01 10:${String(k % 60).padStart(2, '0')}:00`, p, g]),
      ]),
      traced: true,
    },
  ],
];

describe('the same ramps in the shapes of laboratories', () => {
  it.each(shapes)('%s', (_, { table, options, within = 1e-9, traced = false }) => {
    const { ramps } = readRamps(table, 'r.csv', 0, { skipBad: false, ...options });
    const { set } = sortRamps([{ ramps, branch: undefined }]);
    const before = (r: readonly number[], first: number): number[] => [first, ...r.slice(1)];
    const expected = traced
      ? [up[0]!, before(up[1]!, down[0]![40]!), before(down[0]!, up[0]![40]!), before(down[1]!, up[1]![40]!)]
      : all;
    const read = [...set.ltp, ...set.ltd].map(({ values }) => values);
    expect(read.map(({ length }) => length)).toEqual([41, 41, 41, 41]);
    const off = read.map((r, i) => Math.max(...r.map((g, n) => Math.abs((g * 1e6) / expected[i]![n]! - 1))));
    expect(Math.max(...off)).toBeLessThan(within);
  });

  it('SET and RESET in a file each', () => {
    const file = (ramps: readonly (readonly number[])[]): string =>
      text([['a (uS)', 'b (uS)'], ...byPulse((n) => ramps.map((r) => r[n]))]);
    const read = (ramps: readonly (readonly number[])[]) =>
      readRamps(file(ramps), 'r.csv', 0, { skipBad: false, oneWay: true }).ramps;
    const { set } = sortRamps([
      { ramps: read(up), branch: 'ltp' },
      { ramps: read(down), branch: 'ltd' },
    ]);
    expect([set.ltp.length, set.ltd.length]).toEqual([2, 2]);
  });
});
