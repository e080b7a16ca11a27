import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../../../src/device/fit/reading/options.js';
import { readRamps } from '../../../../src/device/fit/reading/read-ramps.js';
import { messageOf } from '../../../experiment/scratch.js';

const plain: ReadOptions = { skipBad: false };

function read(text: string, options: Partial<ReadOptions> = {}) {
  return readRamps(text, 'r.csv', 0, { ...plain, ...options });
}

function values(text: string, options: Partial<ReadOptions> = {}): number[][] {
  return read(text, options).ramps.map((ramp) => ramp.values.map((g) => Number((g * 1e6).toPrecision(6))));
}

const rising = [10, 20, 30];
const rows = '10,11\n20,21\n30,31\n';

describe('shapes of tables', () => {
  it('columns are ramps, with names or without', () => {
    expect(values(`a,b\n${rows}`, { unit: 'uS' })).toEqual([rising, [11, 21, 31]]);
    expect(values(rows, { unit: 'uS' })).toEqual([rising, [11, 21, 31]]);
    expect(read(`a,b\n${rows}`, { unit: 'uS' }).ramps.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('rows are ramps, found out or told, with or without a name before them', () => {
    const across = '10,20,30,40,50\n11,21,31,41,51\n12,22,32,42,52\n';
    const expected = [
      [10, 20, 30, 40, 50],
      [11, 21, 31, 41, 51],
      [12, 22, 32, 42, 52],
    ];
    expect(values(across, { unit: 'uS' })).toEqual(expected);
    expect(values(across, { unit: 'uS', ramps: 'rows' })).toEqual(expected);
    const doubtful = '10,12,14\n12,14,16\n14,16,18\n';
    expect(values(doubtful, { unit: 'uS', ramps: 'rows' })[1]).toEqual([12, 14, 16]);
    const named = across
      .split('\n')
      .slice(0, 3)
      .map((line, i) => `ramp${i},${line}`)
      .join('\n');
    expect(values(named, { unit: 'uS' })).toEqual(expected);
    expect(read(named, { unit: 'uS' }).ramps.map(({ name }) => name)).toEqual(['ramp0', 'ramp1', 'ramp2']);
  });

  it('rows are ramps below a header that names their pulses, with a column of their names', () => {
    const across = 'Ramp,P0,P1,P2,P3\n,uS,uS,uS,uS\nRamp 1,10,20,30,40\nRamp 2,11,21,31,41\nRamp 3,12,22,32,42\n';
    expect(values(across)).toEqual([
      [10, 20, 30, 40],
      [11, 21, 31, 41],
      [12, 22, 32, 42],
    ]);
    expect(read(across).ramps.map(({ name }) => name)).toEqual(['Ramp 1', 'Ramp 2', 'Ramp 3']);
    const numbered = 'Ramp,P0,P1,P2\n1,10,20,30\n2,11,21,31\n';
    expect(read(numbered, { unit: 'uS' }).ramps.map(({ values: own }) => own.length)).toEqual([3, 3]);
    expect(messageOf(() => read(numbered.replace('P1,P2', 'P2,P1'), { unit: 'uS' }))).toContain(
      'r.csv: column 4 (P1): pulse 1 comes after pulse 2',
    );
  });

  it('one column is one ramp', () => {
    expect(values('G (uS)\n10\n20\n30\n')).toEqual([rising]);
  });

  it('a long table with a column that names the ramps', () => {
    expect(values('ramp,pulse,G (uS)\n1,0,10\n1,1,20\n2,0,11\n2,1,21\n')).toEqual([
      [10, 20],
      [11, 21],
    ]);
  });

  it('ramps of unequal length end in blanks', () => {
    expect(values('a,b\n10,11\n20,21\n30,\n', { unit: 'uS' })).toEqual([rising, [11, 21]]);
  });

  it('preamble lines, a unit row, semicolons with decimal commas, tabs, CRLF and a byte order mark', () => {
    expect(
      values('Keysight B1500\nUser;me\n\nNo.;I1;I2\n;uA;uA\n1;1,0;1,1\n2;2,0;2,1\n3;3,0;3,1\n', { readVoltage: 0.1 }),
    ).toEqual([
      [10, 20, 30],
      [11, 21, 31],
    ]);
    expect(values('\ufeffa\tb\r\n10\t11\r\n20\t21\r\n30\t31\r\n', { unit: 'uS' })).toEqual([rising, [11, 21, 31]]);
    expect(values('# from the probe station\n10 11\n20  21\n30 31\n', { unit: 'uS' })).toEqual([rising, [11, 21, 31]]);
  });

  it('no decimal commas between commas, which cut numbers in two', () => {
    const what = 'has 3 whole numbers below 2 names, as decimal commas in a file that commas separate';
    const remedy = 'write decimal points, or separate columns by semicolons';
    for (const options of [{}, { values: 'I' }, { unit: 'nA' }]) {
      const message = messageOf(() => read('Pulse,I (nA)\n0,5\n1,5,02\n2,6,1\n', options));
      expect(message).toBe(`r.csv:3: ${what}; ${remedy}`);
    }
    expect(values('a,b\n1,5\n2,6\n3,8\n', { unit: 'uS' })).toEqual([
      [1, 2, 3],
      [5, 6, 8],
    ]);
  });

  it('decimal commas in one column, and between blanks', () => {
    const expected = [[10.5, 20.25, 30]];
    for (const header of ['G (uS)', '# G (uS)', 'G\nuS', 'Keithley 4200\n\nG (uS)'])
      expect(values(`${header}\n10,5\n20,25\n30\n`)).toEqual(expected);
    expect(values('10,5\n20,05\n30,75\n', { unit: 'uS' })).toEqual([[10.5, 20.05, 30.75]]);
    expect(values('a b\nuS uS\n10,5  11,5\n20,25  21,5\n30,5  31,5\n')).toEqual([
      [10.5, 20.25, 30.5],
      [11.5, 21.5, 31.5],
    ]);
    // Two columns of whole numbers, below a sentence as well as below names.
    expect(values(rows, { unit: 'uS' })).toEqual([rising, [11, 21, 31]]);
    expect(values(`by hand\n${rows}`, { unit: 'uS' })).toEqual([rising, [11, 21, 31]]);
    expect(values('pulse,G (uS)\n1,10\n2,20\n3,30\n')).toEqual([rising]);
  });

  it('names and units after a #, as NumPy writes them, below other comments', () => {
    const expected = [rising];
    expect(values('# pulse,G (uS)\n1,10\n2,20\n3,30\n# done\n')).toEqual(expected);
    expect(values('# from the probe station\n# pulse G (uS)\n1 10\n2 20\n3 30\n')).toEqual(expected);
    expect(values('#pulse\tI\n#\tnA\n1\t1000\n2\t2000\n3\t3000\n', { readVoltage: 0.1 })).toEqual(expected);
    expect(values('#,G (uS)\n1,10\n2,20\n3,30\n')).toEqual(expected);
    expect(values('Point,G (uS)\n1,10\n2,20\n3,30\n')).toEqual(expected);
    expect(values('# I (nA)\n1000\n2000\n3000\n', { readVoltage: 0.1 })).toEqual(expected);
  });

  it('chosen columns, by name, number and range', () => {
    const text = 'pulse,t (s),Iread,G1,G2\n1,0.1,9,10,11\n2,0.2,9,20,21\n3,0.3,9,30,31\n';
    expect(values(text, { unit: 'uS', values: '4-5' })).toEqual([rising, [11, 21, 31]]);
    expect(values(text, { unit: 'uS', values: 'G2' })).toEqual([[11, 21, 31]]);
    expect(
      values('t (s),Iread (nA),R/kohm\n1,1000,1\n2,2000,1\n3,3000,1\n', { readVoltage: 0.1, values: 'iread' }),
    ).toEqual([rising]);
    expect(values('t (s),I,R/kohm\n1,5,100\n2,6,50\n3,7,25\n', { values: 'R' })).toEqual([[10, 20, 40]]);
    expect(messageOf(() => read('I (nA),I (uA)\n1,2\n3,4\n', { values: 'I' }))).toBe(
      '--values: "I" names the columns 1, 2 of r.csv, expected one; say its number',
    );
    expect(messageOf(() => read(text, { unit: 'uS', values: 'G3' }))).toBe(
      '--values: got "G3", expected a column of r.csv, by name or from 1 to 5; did you mean G1?',
    );
  });
});

describe('units', () => {
  it('current over the read voltage, resistance, conductance, from the header or an option', () => {
    expect(values('I (nA)\n1000\n2000\n3000\n', { readVoltage: 0.1 })).toEqual([rising]);
    expect(values('R/kohm\n100\n50\n25\n')).toEqual([[10, 20, 40]]);
    expect(values('G\n[uS]\n10\n20\n30\n')).toEqual([rising]);
    expect(values('1e-6\n2e-6\n3e-6\n', { readVoltage: 0.1 })).toEqual([rising]);
    expect(values('-1\n-2\n-3\n', { readVoltage: -0.1, unit: 'uA' })).toEqual([rising]);
  });

  it('are ampere where a read voltage is given and no unit, with a warning', () => {
    const { ramps, notes, warnings } = read('a,b\n0.001,0.0011\n0.002,0.0021\n0.003,0.0031\n', { readVoltage: 0.1 });
    expect(ramps[0]!.values).toEqual([0.01, 0.02, 0.03]);
    expect(notes).toEqual([]);
    expect(warnings).toEqual([
      'r.csv: says no unit of its values (0.001 to 0.003): taken to be in ampere; say --unit A if they are, or what they are in',
    ]);
    expect(read('a,b\n1,1.1\n2,2.1\n3,3.1\n', { readVoltage: 0.1, unit: 'uA' }).warnings).toEqual([]);
  });

  it('are refused where no cell conducts so much and nothing but a guess says so, and warned of where the file does', () => {
    expect(messageOf(() => read(rows, { readVoltage: 0.1 }))).toBe(
      'r.csv: says no unit of its values; in ampere its cells would reach 310 S (3.226 mohm); ' +
        'say what they are in, as in --unit uA',
    );
    expect(read('a,b\nmA,mA\n10,11\n20,21\n30,31\n', { readVoltage: 0.1 }).warnings).toEqual([
      'r.csv: its cells reach 310 mS (3.226 ohm), more than leads conduct; check the unit and the read voltage',
    ]);
    expect(read('a,b\nmS,mS\n10,11\n20,21\n30,31\n').warnings).toEqual([]);
  });

  it('of a row below the names that is in nothing ramps come in are refused, with the line', () => {
    expect(messageOf(() => read('Sample;T17\na;b\nuF;uF\n1,0;1,1\n2,0;2,1\n', { readVoltage: 0.1 }))).toBe(
      'r.csv:3: column 1 (a): its unit uF is none of current, conductance or resistance; ' +
        'mend the row of units, or say --unit',
    );
    expect(values('a;b\nuF;uF\n10;11\n20;21\n30;31\n', { unit: 'uS' })).toEqual([rising, [11, 21, 31]]);
    expect(messageOf(() => read('a;b\nV;V\n1,0;1,1\n2,0;2,1\n', { readVoltage: 0.1 }))).toBe(
      'r.csv: all its columns are in V, expected currents, conductances or resistances; ' +
        'mend the units, or say which columns with --values and in what with --unit',
    );
  });

  it('are read as instruments and people spell them', () => {
    for (const unit of ['(UA)', '[uA]', '(ua)'.toUpperCase()])
      expect(values(`I ${unit}\n1\n2\n3\n`, { readVoltage: 0.1 }), unit).toEqual([rising]);
    for (const unit of ['KOhm', 'KOHM', 'kohms', 'kΩ'])
      expect(values(`R (${unit})\n100\n50\n25\n`), unit).toEqual([[10, 20, 40]]);
    expect(values('G_uS\n10\n20\n30\n')).toEqual([rising]);
    expect(messageOf(() => read('n,G (us)\n1,10\n2,20\n'))).toBe(
      'r.csv: none of its columns holds conductances, currents or resistances (n; G (us), in us); ' +
        'say which with --values, and in what with --unit',
    );
  });

  it('and a column of times is none of values', () => {
    expect(values('Time,I (uA)\n0,1\n1,2\n2,3\n', { readVoltage: 0.1 })).toEqual([rising]);
  });

  it('may differ from column to column, and none may lack one', () => {
    expect(values('a (uS),b (nS),c (kohm)\n10,10000,100\n20,20000,50\n30,30000,25\n')).toEqual([
      ...[rising, rising, [10, 20, 40]],
    ]);
    expect(messageOf(() => read('a (uS),b\n10,11\n20,21\n30,31\n'))).toBe(
      'r.csv: column 2 (b): says no unit, and column 1 (a (uS)) does; ' +
        'name its unit too, pick columns with --values, or say --unit for all',
    );
  });

  it('are asked for where there are none', () => {
    expect(messageOf(() => read(rows))).toBe(
      'r.csv: says no unit of its values; say --unit S (or uS, kohm), or --read-voltage 0.1V for currents in ampere',
    );
    expect(messageOf(() => read('I (uA)\n1\n2\n'))).toBe(
      'r.csv: holds currents; say --read-voltage, as in --read-voltage 0.1V',
    );
    expect(messageOf(() => read(rows, { unit: 'furlong' }))).toContain(
      'got the unit "furlong", expected one of conductance',
    );
  });
});

describe('one long trace', () => {
  const period = [1, 3, 5, 7, 9, 6, 4, 2];
  const trace = Array.from({ length: 41 }, (_, k) => period[k % 8]!);

  it('is split where it turns, ends shared', () => {
    const { ramps, notes } = read(`G (uS)\n${trace.join('\n')}\n`);
    expect(ramps).toHaveLength(10);
    const whole = ramps.map((ramp) => ramp.values.map((g) => Math.round(g * 1e6)));
    expect(whole[0]).toEqual([1, 3, 5, 7, 9]);
    expect(whole[1]).toEqual([9, 6, 4, 2, 1]);
    expect(notes).toEqual(['r.csv: G (uS) splits into 10 ramps of 4 to 4 pulses']);
  });

  /** Ramps of 64 pulses that saturate, each pulse with noise as large as the last steps of a ramp; deterministic. */
  function saturating(ramps: number, pulsesOf: (ramp: number) => number): number[] {
    let seed = 1;
    const noise = (): number => {
      let sum = 0;
      for (let i = 0; i < 12; i++) sum += (seed = (seed * 48271) % 2147483647) / 2147483647;
      return sum - 6;
    };
    const values = [15];
    for (let r = 0; r < ramps; r++) {
      for (let n = 0; n < pulsesOf(r); n++) {
        const to = r % 2 === 0 ? 95 : 10;
        values.push(values.at(-1)! + 0.05 * (to - values.at(-1)!) + 0.6 * noise());
      }
    }
    return values;
  }

  const lengthsOf = (trace: readonly number[]) =>
    read(['G (uS)', ...trace, ''].join('\n')).ramps.map((ramp) => ramp.values.length - 1);

  it('is split evenly where it repeats itself, though noise hides the turn of every ramp', () => {
    const lengths = lengthsOf(saturating(40, () => 64));
    expect(lengths).toHaveLength(40);
    for (const length of lengths.slice(1, -1)) expect(Math.abs(length - 64)).toBeLessThanOrEqual(1);
    expect(new Set(lengths.slice(1, -1).map((length, i) => `${i % 2} ${length}`)).size).toBe(2);
  });

  it('is split ramp by ramp where lengths scatter at random by an eighth', () => {
    for (let seed = 1; seed <= 5; seed++) {
      let state = seed * 7919;
      const own = Array.from({ length: 40 }, () => {
        state = (state * 48271) % 2147483647;
        return 64 + Math.round(8 * ((2 * state) / 2147483647 - 1));
      });
      const lengths = lengthsOf(saturating(40, (r) => own[r]!));
      expect(new Set(lengths).size, `seed ${seed}`).toBeGreaterThan(6);
    }
  });

  it('is split ramp by ramp where it does not repeat itself', () => {
    const own = [50, 61, 48, 70, 66, 52, 58, 47, 69, 55, 63, 49];
    const lengths = lengthsOf(saturating(12, (r) => own[r]!));
    expect(lengths).toHaveLength(12);
    lengths.forEach((length, r) => {
      expect(Math.abs(length - own[r]!)).toBeLessThan(20);
    });
    expect(new Set(lengths).size).toBeGreaterThan(4);
  });

  it('is split by the polarity that a column of words says, whatever its name', () => {
    expect(values('Pulse type,G (uS)\nSET,2\nSET,3\nRESET,1\n')).toEqual([
      [2, 3],
      [3, 1],
    ]);
    expect(values('kind of cell,G (uS)\nA,2\nA,3\nA,4\n')).toEqual([[2, 3, 4]]);
  });

  it('is split by the polarity of its pulses, each ramp from the value before its first pulse', () => {
    const text = 'V_pulse (V),G (uS)\n1,2\n1,3\n-1,2.5\n-1,1\n1,2\n';
    expect(values(text)).toEqual([
      [2, 3],
      [3, 2.5, 1],
      [1, 2],
    ]);
    expect(values('polarity,G (uS)\nSET,2\nSET,3\nRESET,1\n')).toEqual([
      [2, 3],
      [3, 1],
    ]);
  });

  it.each(['V', 'Voltage', 'V_pulse (V)', 'bias (V)'])('is split by the sign of a column named %s', (name) => {
    expect(values(`${name},G (uS)\n1.2,2\n1.2,3\n-1.5,2.5\n-1.5,1\n`)).toEqual([
      [2, 3],
      [3, 2.5, 1],
    ]);
  });

  it('is split where it turns beside a voltage of one sign, which may be that of the reads', () => {
    for (const name of ['V', 'V_read (V)', 'polarity']) {
      const text = `${name},G (uS)\n${trace.map((g) => `0.1,${g}`).join('\n')}\n`;
      expect(read(text).ramps, name).toHaveLength(10);
    }
  });

  it('is not cut at a dip by which it starts', () => {
    expect(values('G (uS)\n1\n0.8\n2\n3\n4\n5\n')).toEqual([[1, 0.8, 2, 3, 4, 5]]);
    expect(values('G (uS)\n5\n5.2\n4\n3\n2\n1\n')).toEqual([[5, 5.2, 4, 3, 2, 1]]);
    expect(values('G (uS)\n4\n1\n2\n3\n5\n7\n9\n')).toEqual([[4, 1, 2, 3, 5, 7, 9]]);
    const [first, second] = values(`G (uS)\n1\n0.8\n3\n5\n7\n9\n6\n4\n2\n1\n`);
    expect([first, second]).toEqual([
      [1, 0.8, 3, 5, 7, 9],
      [9, 6, 4, 2, 1],
    ]);
  });

  it('is cut where it starts with the rest of a ramp, however short of the others', () => {
    const rest = [3.5, 3, 2, 1];
    expect(values(`G (uS)\n${[...rest, 3, 5, 7, 9].join('\n')}\n`)).toEqual([rest, [1, 3, 5, 7, 9]]);
  });

  it('keeps an abrupt reset whole', () => {
    const abrupt = Array.from({ length: 44 }, (_, k) => 1 + (k % 11));
    const { ramps } = read(`G (uS)\n${abrupt.join('\n')}\n`);
    expect(ramps.map((ramp) => ramp.values.length - 1)).toEqual([10, 1, 10, 1, 10, 1, 10]);
  });
});

describe('a reading before any pulse', () => {
  const ramps = [
    [10, 20, 30],
    [30, 24, 17],
  ];

  it.each(['', 'n/a', '0'])('has the polarity %j, and starts the ramp that follows', (none) => {
    expect(values(`n,V_pulse (V),G (uS)\n0,${none},10\n1,1.2,20\n2,1.2,30\n3,-1,24\n4,-1,17\n`)).toEqual(ramps);
  });

  it('may have none below a name that says nothing, at each pulse 0, or more than once', () => {
    expect(values('x,G (uS)\n,10\nSET,20\nSET,30\nRESET,24\nRESET,17\n')).toEqual(ramps);
    const anew = 'pulse,V,G (uS)\n0,,10\n1,1,20\n2,1,30\n0,,31\n1,-1,24\n2,-1,17\n';
    expect(values(anew)).toEqual([ramps[0], [31, 24, 17]]);
    expect(values('n,V,G (uS)\n0,,9\n1,,10\n2,1,20\n3,1,30\n4,-1,24\n5,-1,17\n')).toEqual(ramps);
  });

  it('is of its own sign where currents have that of their pulses', () => {
    const text = 'V,I (uA)\n,1\n1,2\n1,3\n-1,-2.4\n-1,-1.7\n';
    expect(values(text, { readVoltage: 0.1 })).toEqual(ramps);
  });

  it('is none among pulses: the polarity is missing there, in its own column', () => {
    expect(messageOf(() => read('n,V,G (uS)\n0,,10\n1,1,20\n2,,30\n3,-1,24\n4,-1,17\n'))).toContain(
      "r.csv:4: column 2 (V): the pulse's polarity is blank, expected a voltage",
    );
  });
});

describe('bad data is told with file, line and column', () => {
  it.each([
    [
      'a,b\n10,11\nNaN,21\n30,31\n',
      'r.csv:3: column 1 (a): got "NaN", expected a number; mend the value, or leave such ramps out with --skip-bad',
    ],
    [
      'a,b\n10,11\n,21\n30,31\n',
      'r.csv:3: column 1 (a): is blank inside its ramp, expected a number; mend the value, or leave such ramps out with --skip-bad',
    ],
    [
      'a,b\n10,11\nx,21\n30,31\n',
      'r.csv:3: column 1 (a): got "x", expected a number; mend the value, or leave such ramps out with --skip-bad',
    ],
    ['a,b\n10,11\n20,-21\n30,31\n', 'r.csv:3: column 2 (b): got -21 uS, expected a conductance above zero'],
    [
      'pulse,a\n1,10\n3,20\n2,30\n',
      'r.csv:4: column 1 (pulse): pulse 2 comes after pulse 3, expected pulses in order; sort the file by pulse',
    ],
    [
      'a\n5\n5\n5\n',
      'r.csv:2: column 1 (a): a is flat: its 3 values are equal; if it is no ramp, name the columns that are with --values',
    ],
    [
      'a\n5\n6\n5\n6\n5\n6\n5\n6\n5\n',
      'r.csv:2: column 1 (a): a is flat: its 9 values move no more than their noise; if it is no ramp, name the columns that are with --values',
    ],
    [
      'a,b\n10,11\n20,21\nmean,std,x\n',
      'r.csv:4: got "mean std x" below the numbers, expected numbers; take the line out',
    ],
    [
      'pulse,polarity,a\n1,SET,10 uS\n2,SET,20 uS\n',
      'r.csv:2: holds no line of numbers: got "10 uS", expected a number; write numbers alone',
    ],
    ['only words\n', 'r.csv: holds no line of numbers; give a table of numbers: one column or one row per ramp'],
    ['', 'r.csv: holds no line of numbers; give a table of numbers: one column or one row per ramp'],
    [
      '10,12,14\n12,14,16\n14,16,18\n',
      'r.csv: it cannot be told whether its ramps are columns or rows; say --ramps columns or --ramps rows',
    ],
    [
      'a,b\n10,11\n20,9.9e37\n30,31\n',
      'r.csv:3: column 2 (b): got "9.9e37", the overflow of a meter, expected a number; mend the value, or leave',
    ],
    [
      'a\n10\n20\n5000\n30\n40\n',
      'r.csv:4: column 1 (a): 5000 is 5 mS, beside 20 uS and 30 uS; mend the value, or leave',
    ],
    [
      'polarity,a\nSET,30\nSET,20\nSET,10\nRESET,20\nRESET,30\n',
      'r.csv:2: column 2 (a): pulses called SET lower the conductance; exchange the words, or say --unit ohm',
    ],
    [
      'polarity,a\nSET,30\nbread,20\nRESET,10\n',
      'r.csv:3: column 1 (polarity): the pulse\'s polarity is "bread", expected a voltage, +, - or SET, RESET; mend the value',
    ],
  ])('%j', (text, message) => {
    expect(messageOf(() => read(text, { unit: 'uS' }))).toContain(message);
  });

  it.each([
    [
      'a,b,c\n10,11,12\n20,22\n30,31,32\n40,41,42\n',
      'r.csv:3: has 2 columns, and line 4 has 3: a value is missing; mend',
    ],
    ['a b\n10 11\n20 21 22\n30 31\n40 41\n', 'r.csv:3: has 3 columns, and line 2 has 2: a value is too many; mend'],
    ['ramp,pulse,G\n1,0,10\n1,20\n1,2,30\n', 'r.csv:3: has 2 columns, and line 4 has 3: a value is missing; mend'],
  ])('a line unlike the others: %j', (text, message) => {
    expect(messageOf(() => read(text, { unit: 'uS' }))).toContain(message);
    // Behind what is missing all values stand in the wrong column: no ramp of the table is sound.
    expect(messageOf(() => read(text, { unit: 'uS', skipBad: true }))).toContain(message);
  });

  it('and lines that end in a separator, or ramps that end early, are no mistake', () => {
    expect(values('a,b\n10,11,\n20,21\n30,31,\n', { unit: 'uS' })).toEqual([rising, [11, 21, 31]]);
    expect(values('a,b\n10,11\n20,21\n30\n40\n', { unit: 'uS' })).toEqual([
      [10, 20, 30, 40],
      [11, 21],
    ]);
  });

  it('and one pulse that resets a cell is no mistake', () => {
    expect(values('a\n500\n12\n11\n10\n9\n8\n', { unit: 'uS' })).toEqual([[500, 12, 11, 10, 9, 8]]);
  });

  it('leaves out ramps with mistakes where it is told to, and says which', () => {
    const { ramps, warnings } = read('a,b\n10,11\nNaN,21\n30,31\n', { unit: 'uS', skipBad: true });
    expect(ramps.map(({ name }) => name)).toEqual(['b']);
    expect(warnings).toEqual(['r.csv:3: column 1 (a): got "NaN", expected a number; a is left out']);
  });
});

describe('a long table of several devices whose pulse numbers begin anew', () => {
  /** Two devices, two cycles each, pulses 0 … 3 of each ramp; device B stands 100 uS above A. */
  const lines = ['A', 'B'].flatMap((device, d) =>
    [0, 1].flatMap((cycle) =>
      (['SET', 'RESET'] as const).flatMap((word) =>
        [0, 1, 2, 3].map((n) => {
          const at = word === 'SET' ? 10 + 10 * n : 41 - 9 * n;
          return `${n};${device};${word};${100 * d + at + cycle}`;
        }),
      ),
    ),
  );
  const table = (heading: string): string => [`Pulse No.;${heading};Direction;G (uS)`, ...lines, ''].join('\n');
  const ofA = [
    [10, 20, 30, 40],
    [41, 32, 23, 14],
    [11, 21, 31, 41],
    [42, 33, 24, 15],
  ];
  const both = [...ofA, ...ofA.map((ramp) => ramp.map((g) => g + 100))];

  it('begins each ramp at its own pulse 0, and keeps devices apart', () => {
    expect(values(table('Device'))).toEqual(both);
    expect(
      read(table('Device'))
        .ramps.map(({ cell }) => cell)
        .join(''),
    ).toBe('AAAABBBB');
    expect(read(table('Device')).notes).toContain('r.csv: 2 devices by Device');
  });

  it('takes another column for the device where it is told', () => {
    expect(
      read(table('chip'), { deviceColumn: 'chip' })
        .ramps.map(({ cell }) => cell)
        .join(''),
    ).toBe('AAAABBBB');
  });

  it('says which column of words is not used', () => {
    expect(read(table('chip')).warnings).toContain(
      'r.csv: the column chip (A, B) is not used; say --device-column, --ramp-column or --polarity-column if it tells ramps apart',
    );
  });

  it('reads devices whose rows are mixed', () => {
    const [half, mixed] = [lines.length / 2, [] as string[]];
    for (let i = 0; i < half; i++) mixed.push(lines[i]!, lines[half + i]!);
    expect(values(['Pulse No.;Device;Direction;G (uS)', ...mixed, ''].join('\n'))).toEqual(both);
  });

  it('begins a ramp of its own where a count begins anew at 1 and pulses go the same way', () => {
    const again = [rising, [11, 21, 31]];
    expect(values('pulse,G (uS)\n1,10\n2,20\n3,30\n1,11\n2,21\n3,31\n')).toEqual(again);
    const told = 'pulse,polarity,G (uS)\n1,+,10\n2,+,20\n3,+,30\n1,+,11\n2,+,21\n3,+,31\n1,-,24\n2,-,17\n';
    expect(values(told)).toEqual([...again, [31, 24, 17]]);
  });

  it('goes on from the reading before where a count begins anew at 1 and pulses turn, though one all but resets', () => {
    const text = 'pulse,G (uS)\n1,10\n2,20\n3,30\n1,14\n2,11\n3,9\n';
    expect(values(text)).toEqual([rising, [30, 14, 11, 9]]);
  });
});

describe('notes and warnings', () => {
  const trace = (words: (k: number) => string) =>
    read(`x,G (uS)\n${[1, 3, 5, 7, 9].map((g, k) => `${words(k)},${g}`).join('\n')}\n`);

  it('tell columns of words that may tell rows apart from those of a clock', () => {
    expect(trace((k) => (k < 2 ? 'A' : 'B')).warnings.join()).toContain(
      'the column x (A, B) is not used; say --device-column',
    );
    const { notes, warnings } = trace((k) => `12:30:0${k}`);
    expect([notes, warnings]).toEqual([['r.csv: the column x (12:30:00, 12:30:01, 12:30:02, …) is not used'], []]);
  });
});

describe('tables of 300,000 rows', () => {
  const at = (k: number): number => 10 + (k % 200 < 100 ? k % 200 : 199 - (k % 200));
  const count = 300_000;

  it('of one trace are split, and named with their lines', () => {
    const text = `polarity,G (uS)\n${Array.from({ length: count }, (_, k) => `${k % 200 < 100 ? '+' : '-'},${at(k)}`).join('\n')}\n`;
    const { ramps, warnings } = read(text);
    expect([ramps.length, warnings]).toEqual([3000, []]);
    expect(ramps[1]!.places![1]).toBe('r.csv:102: column 2 (G (uS))');
  });

  it('of one ramp after another are kept apart, or taken as one', () => {
    const lines = Array.from({ length: count }, (_, k) => `${Math.floor(k / 100)},${k % 100},${at(k)}`);
    expect(read(`ramp,pulse,G (uS)\n${lines.join('\n')}\n`).ramps).toHaveLength(3000);
    const one = Array.from({ length: count / 2 }, (_, k) => String((1 + (2 * k) / count) / 1000));
    expect(read(`G (mS)\n${one.join('\n')}\n`).ramps).toHaveLength(1);
    expect(read(`${one.join('\n')}\n`, { readVoltage: 0.1 }).warnings.join()).toContain('(0.001 to 0.00199999');
  });
});

it('columns that each hold several ramps are said to be taken as one device', () => {
  const cycle = [...rising, 40, 31, 22, 13];
  const body = [...cycle, ...cycle].map((g, n) => `${n + 1},${g},${g + 1},${n % 7 < 4 ? '+' : '-'}`);
  const { warnings } = read(['pulse,a (uS),b (uS),polarity', ...body, ''].join('\n'));
  expect(warnings.join()).toContain(
    'its 2 columns of values are taken as ramps of one device; say --columns-are devices if each is a device',
  );
  const told = read(['pulse,a (uS),b (uS),polarity', ...body, ''].join('\n'), { columnsAre: 'devices' });
  expect(told.ramps.map(({ cell }) => cell).join('')).toBe('aaaabbbb');
  expect(told.warnings.join()).not.toContain('one device');
});

describe('a series of one direction', () => {
  // A cell that noise throws back further than two fifths of its range.
  const noisy = [10, 25, 40, 55, 70, 85, 100, 58, 75, 90, 100, 97, 100];
  const text = ['G (uS)', ...noisy, ''].join('\n');

  it('is one ramp where its file is said to be of one direction, or of columns', () => {
    expect(values(text, { oneWay: true })).toEqual([noisy]);
    expect(values(text, { ramps: 'columns' })).toEqual([noisy]);
    expect(read(text).ramps.length).toBeGreaterThan(1);
  });

  it('is cut all the same where it is a trace whose polarities are told, or that ends where it began', () => {
    const trace = [10, 40, 70, 100, 60, 30, 11];
    expect(read(['G (uS)', ...trace, ''].join('\n'), { ramps: 'columns' }).ramps).toHaveLength(2);
    const told = trace.map((g, n) => `${n < 4 ? '+' : '-'},${g}`);
    expect(read(['polarity,G (uS)', ...told, ''].join('\n'), { oneWay: true }).ramps).toHaveLength(2);
  });

  it('is refused as a trace where its turns are too uneven to be told from noise', () => {
    const up = (n: number) => Array.from({ length: n }, (_, k) => 10 + (90 * k) / n);
    const down = (n: number) => up(n).map((g) => 110 - g);
    const trace = [...up(20), ...down(20), ...up(45), ...down(20), ...up(20), ...down(20)];
    expect(messageOf(() => read(['G (uS)', ...trace, ''].join('\n')))).toBe(
      "r.csv:2: column 1 (G (uS)): G (uS) turns after 20 to 45 pulses, too unevenly to tell turns from noise; say each pulse's polarity in a column (--polarity-column), or count pulses from 0 in each ramp",
    );
  });
});

describe('pulses out of order', () => {
  const numbered = (counts: readonly number[]): string =>
    ['pulse,G (uS)', ...counts.map((count, k) => `${count},${10 + k}`), ''].join('\n');

  it.each([
    [[0, 2, 1, 3, 4], 4, 'pulse 1 comes after pulse 2'],
    [[0, 1, 2, 3, 0, 2, 1, 3], 6, 'pulse 0 comes after pulse 3'],
    [[1, 2, 4, 3, 5], 5, 'pulse 3 comes after pulse 4'],
    [[0, 2, 1, 4, 5], 4, 'pulse 1 comes after pulse 2'],
  ])('%j are refused, and begin no ramp', (counts, line, what) => {
    expect(messageOf(() => read(numbered(counts)))).toBe(
      `r.csv:${line}: column 1 (pulse): ${what}, expected pulses in order; sort the file by pulse, a line each`,
    );
  });

  it('are none where each ramp counts as the first, from 0, 1 or in longer strides', () => {
    for (const counts of [
      [0, 1, 2, 3, 1, 2, 3],
      [10, 20, 30, 10, 20, 30],
    ]) {
      expect(read(numbered(counts)).ramps.length).toBeGreaterThan(0);
    }
  });
});

it('polarities that are wired the other way are told', () => {
  const trace = (up: string, down: string) =>
    read(`polarity,G (uS)\n${up},10\n${up},20\n${up},30\n${down},18\n${down},11\n`).notes.join();
  expect(trace('+', '-')).not.toContain('polarity lower');
  expect(trace('-', '+')).toContain(
    'r.csv: pulses of positive polarity lower the conductance, and are taken for RESET',
  );
});

it('a unit or a voltage that stands against the file is told, and another prefix refused', () => {
  expect(read(`a (uS),b (uS)\n${rows}`, { unit: 'kohm' }).warnings).toEqual([
    'r.csv: says uS, and --unit kohm is taken instead',
  ]);
  expect(messageOf(() => read(`a (uA),b (uA)\n${rows}`, { unit: 'A', readVoltage: 0.1 }))).toBe(
    'r.csv: says uA, and --unit says A; leave --unit out, or mend the unit in the file',
  );
  expect(read('a (Siemens),b (Siemens)\n1e-5,1.1e-5\n2e-5,2.1e-5\n', { unit: 'S' }).warnings).toEqual([]);
  expect(read(`a (uS),b (uS)\n${rows}`, { readVoltage: 0.1 }).warnings).toEqual([
    'r.csv: holds values in uS, which the read voltage does not change',
  ]);
});

describe('columns that are devices', () => {
  const devices = (text: string, options: Partial<ReadOptions> = {}) =>
    read(text, { unit: 'uS', ...options }).ramps.map(({ cell }) => cell);

  it('are told by their names, and a note says so', () => {
    const text = `device A, device B\n${rows}`;
    expect(devices(text)).toEqual(['A', 'B']);
    expect(read(text, { unit: 'uS' }).notes).toEqual([
      'r.csv: 2 devices by the names of its ramps (A, B); say --columns-are ramps if they are ramps of one device',
    ]);
    expect(devices(`DUT-1 (uS),DUT-2 (uS)\n${rows}`)).toEqual(['1', '2']);
    expect(devices(`n,cell_1 ramp 1,cell_1 ramp 2,cell_2 ramp 1\n0,10,11,12\n1,20,21,22\n2,30,31,32\n`)).toEqual([
      ...['1', '1', '2'],
    ]);
  });

  it('are ramps of one device where their names say nothing of devices, or all the same', () => {
    expect(devices(`rmp1,rmp2\n${rows}`)).toEqual([undefined, undefined]);
    expect(devices(`cell 3 ramp 1,cell 3 ramp 2\n${rows}`)).toEqual([undefined, undefined]);
    expect(devices(`device A,current\n${rows}`)).toEqual([undefined, undefined]);
    expect(devices(`devices,samples\n${rows}`)).toEqual([undefined, undefined]);
  });

  it('are what the command line says', () => {
    expect(devices(`device A,device B\n${rows}`, { columnsAre: 'ramps' })).toEqual([undefined, undefined]);
    expect(devices(`left (uS),right (uS)\n${rows}`, { columnsAre: 'devices' })).toEqual(['left', 'right']);
    const long = 'device,G\nA,10\nA,20\nA,30\n';
    expect(messageOf(() => read(long, { unit: 'uS', columnsAre: 'devices' }))).toBe(
      '--columns-are: got devices, but a column of the table already says the device of each row; leave it out',
    );
  });

  it('may be rows', () => {
    const text = 'device A,10,20,30,40\ndevice B,11,21,31,41\n';
    expect(devices(text, { ramps: 'rows' })).toEqual(['A', 'B']);
  });
});
