import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../../../src/device/fit/reading/options.js';
import { readRamps } from '../../../../src/device/fit/reading/read-ramps.js';
import { messageOf } from '../../../experiment/scratch.js';

const read = (text: string, options: Partial<ReadOptions> = {}) =>
  readRamps(text, 'r.csv', 0, { skipBad: false, ...options });
const values = (text: string, options: Partial<ReadOptions> = {}) =>
  read(text, options).ramps.map((ramp) => ramp.values.map((g) => Number((g * 1e6).toPrecision(6))));

/** Currents in ampere at 0.1 V, of three pulses up and three down. */
const trace = [
  [1.2, 1e-6],
  [1.2, 2e-6],
  [1.2, 3e-6],
  [-1.1, 2.4e-6],
  [-1.1, 1.7e-6],
  [-1.1, 1.1e-6],
] as const;
const ramps = [
  [10, 20, 30],
  [30, 24, 17, 11],
];
const at = { readVoltage: 0.1 };
const lines = (row: (v: number, i: number, k: number) => readonly unknown[]): string =>
  trace.map(([v, i], k) => row(v, i, k).join(',')).join('\n');

describe('files of instruments', () => {
  it('a parameter analyser that heads columns AnodeI and AnodeV, with its settings below', () => {
    const table = `"Time","AnodeI","AnodeV","GateV"\n${lines((v, i, k) => [k / 10, i, 0.1, v])}\n`;
    const text = `${table}\n"Settings","","",""\n"Test Name","pulses#1@1","",""\n"Points","6","",""\n`;
    expect(values(text, at)).toEqual(ramps);
    expect(read(text, at).notes).toContain('r.csv:9: text from "Settings" on is passed over');
  });

  it('a semiconductor analyser whose lines begin with what they are, below settings of numbers', () => {
    const head = 'SetupTitle, Pulse IV\nDimension1, 6, 6, 6\nDimension2, 1, 1, 1\nDataName, Index, V1, I1\n';
    const text = head + lines((v, i, k) => ['DataValue', k + 1, v, i]);
    expect(values(text, at)).toEqual(ramps);
    expect(read(text, at).ramps[0]!.places![0]).toBe('r.csv:5: column 3 (I1)');
  });

  it('V1, V2 … are voltages beside their currents alone', () => {
    expect(values('V1,V2\n10,11\n20,21\n30,31\n', { unit: 'uS' })).toEqual([
      [10, 20, 30],
      [11, 21, 31],
    ]);
  });

  it('a spreadsheet that writes numbers as formulas', () => {
    const text = `Pulse,Polarity,G (uS)\n="1",="SET",="10"\n="2",="SET",="20"\n="3",="RESET",="15"\n`;
    expect(values(text)).toEqual([
      [10, 20],
      [20, 15],
    ]);
  });
});

describe('negative currents', () => {
  const note = 'r.csv: negative currents of I (A) are taken as read at -100 mV';

  it('of pulses of one polarity were read at a voltage of that sign', () => {
    for (const way of [1, -1]) {
      const text = `V_pulse (V),I (A)\n${lines((v, i) => [v, way * Math.sign(v) * i])}\n`;
      expect(values(text, at)).toEqual(ramps);
      expect(read(text, at).notes).toContain(note);
    }
  });

  it('of a whole series were read at a negative voltage', () => {
    const text = `pulse,I (A)\n1,-1e-6\n2,-2e-6\n3,-3e-6\n`;
    expect(values(text, at)).toEqual([[10, 20, 30]]);
    expect(read(text, at).notes).toContain(note);
    expect(read(text, { readVoltage: -0.1 }).notes).toEqual([]);
  });

  it('are refused where their sign follows nothing', () => {
    const text = `V_pulse (V),I (A)\n${lines((v, i, k) => [v, k === 4 ? -i : i])}\n`;
    expect(messageOf(() => read(text, at))).toContain('r.csv:6: column 2 (I (A)): got -0.0000017 A, which is -17 uS');
    expect(messageOf(() => read('pulse,G (uS)\n1,-10\n2,-20\n3,-30\n'))).toContain('expected a conductance above zero');
  });
});

describe('what is no reading', () => {
  it('means and deviations beside ramps are not used, with a note', () => {
    const text = 'pulse,a (uS),b (uS),mean (uS),Std. dev. (uS)\n1,10,12,11,1\n2,20,22,21,1\n3,30,32,31,1.1\n';
    expect(values(text)).toEqual([
      [10, 20, 30],
      [12, 22, 32],
    ]);
    expect(read(text).notes).toContain(
      'r.csv: mean (uS), Std. dev. (uS): taken for statistics of the ramps and not used; say --values if they are ramps',
    );
    expect(values(text, { values: '4' })).toEqual([[11, 21, 31]]);
    expect(values('pulse,mean (uS),std (uS)\n1,11,1\n2,21,1\n3,31,1.1\n')).toEqual([[11, 21, 31]]);
  });

  it('a column of pulses again before each ramp', () => {
    expect(values('pulse,I1,pulse,I2\n1,10,1,11\n2,20,2,21\n3,30,3,31\n', { unit: 'uS' })).toEqual([
      [10, 20, 30],
      [11, 21, 31],
    ]);
  });

  it.each([
    ['Mean,20.1', 'r.csv:5: column 1 (pulse): the number of the pulse is "Mean", expected a number; mend it, or take'],
    [',20.1', 'r.csv:5: column 1 (pulse): the number of the pulse is "", expected a number; mend it, or take'],
  ])('a line of a mean below the ramps: %s', (line, message) => {
    const text = `pulse,G (uS)\n1,10\n2,20\n3,30\n${line}\n`;
    expect(messageOf(() => read(text))).toContain(message);
    expect(messageOf(() => read(text, { skipBad: true }))).toContain(message);
  });

  it.each(['log10(G/S)', 'log G', 'ln(R)', 'Log R (ohm)'])('logarithms: %s', (name) => {
    expect(messageOf(() => read(`pulse,${name}\n1,4.8\n2,4.7\n3,4.6\n`, { unit: 'ohm' }))).toBe(
      `r.csv: column 2 (${name}): holds logarithms, expected conductances, currents or resistances; write the values themselves, or pick other columns with --values`,
    );
  });

  it.each([
    ['R (Ohm)', '64,484.0'],
    ['G (uS)', "'12.5"],
  ])('numbers that are text: %s %s', (name, text) => {
    expect(messageOf(() => read(`pulse;${name}\n1;${text}\n2;${text}\n`))).toBe(
      `r.csv:2: column 2 (${name}): got "${text}", expected a number; write numbers alone, without separators of thousands or quotes`,
    );
  });

  it('a current and the conductance that was computed of it', () => {
    for (const [one, other] of [
      ['Iread', 'Gread'],
      ['I (A)', 'G (S)'],
    ]) {
      const text = `pulse,Vread,${one},${other}\n1,0.1,1e-6,1e-5\n2,0.1,2e-6,2e-5\n3,0.1,3e-6,3e-5\n`;
      expect(messageOf(() => read(text, at))).toBe(
        `r.csv: column 4 (${other}): holds conductances, and column 3 (${one}) currents; one may be computed of the other; say which with --values, as in --values 3`,
      );
      expect(values(text, { ...at, values: '3' })).toEqual([[10, 20, 30]]);
    }
  });

  it('but no RESET beside a current of SET', () => {
    expect(values('pulse,I_SET,RESET\n1,1,3\n2,2,2\n3,3,1\n', { unit: 'uS' })).toHaveLength(2);
  });

  it('a column of remarks, most of which are blank', () => {
    expect(read('pulse,G (uS),remark\n1,10,\n2,20,tip moved\n3,30,\n').warnings).toEqual([]);
  });
});

it('a minus sign as word processors write it is one', () => {
  expect(values('pulse,I (A)\n1,1e\u22126\n2,2e\u22126\n3,3e\u22126\n', at)).toEqual([[10, 20, 30]]);
});
