import { describe, expect, it } from 'vitest';
import { readRamps, type ReadOptions } from '../../../src/device/fit/read-ramps.js';
import { messageOf } from '../../experiment/scratch.js';

const read = (text: string, options: Partial<ReadOptions> = {}) =>
  readRamps(text, 'r.csv', 0, { skipBad: false, ...options }).ramps.map(({ values }) =>
    values.map((g) => +(g * 1e6).toFixed(6)),
  );
const refusal = (text: string, options: Partial<ReadOptions> = {}) => messageOf(() => read(text, options));

describe('shapes of ramp files', () => {
  it('columns or rows are ramps, found out or told', () => {
    expect(read('a (uS),b (uS)\n1,2\n3,4\n5,6\n7,8\n9,9.5\n')).toEqual([
      [1, 3, 5, 7, 9],
      [2, 4, 6, 8, 9.5],
    ]);
    expect(read('1,3,5,7,9\n1.5,3.2,5.1,7,9\n', { unit: 'uS' })).toEqual([
      [1, 3, 5, 7, 9],
      [1.5, 3.2, 5.1, 7, 9],
    ]);
    expect(read('1,2\n3,4\n5,6\n', { unit: 'uS', ramps: 'rows' })).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('currents, resistances, a unit row below a preamble, and decimal commas', () => {
    expect(
      read('Keithley 4200\nsample 7; 2024\npulse,I\n#,uA\n1,0.1\n2,0.2\n3,0.3\n4,0.4\n', { readVoltage: 0.1 }),
    ).toEqual([[1, 2, 3, 4]]);
    expect(read('R (kohm)\n500\n250\n125\n100\n')).toEqual([[2, 4, 8, 10]]);
    expect(read('pulse;G (uS)\n1;1,5\n2;2,5\n3;3,5\n')).toEqual([[1.5, 2.5, 3.5]]);
  });

  it('names in comments, as NumPy writes them', () => {
    expect(read('# pulse,G (uS)\n1,1\n2,2\n3,3\n# done\n')).toEqual([[1, 2, 3]]);
  });

  it('one long trace is cut where it turns, and a value at a turn belongs to both', () => {
    const up = [1, 2, 3, 4, 5, 6, 7, 8];
    const trace = [...up, 7, 5, 3, 1, ...up.slice(1)];
    expect(read(`G (uS)\n${trace.join('\n')}\n`)).toEqual([up, [8, 7, 5, 3, 1], up]);
  });

  it('a dip by noise at the start is no turn', () => {
    expect(read('G (uS)\n1\n0.98\n2\n3\n4\n5\n6\n7\n8\n')).toHaveLength(1);
  });

  it('polarity and ramp columns cut exactly', () => {
    expect(read('V,G (uS)\n1,2\n1,3\n1,4\n-1,3\n-1,1\n')).toEqual([
      [2, 3, 4],
      [4, 3, 1],
    ]);
    expect(read('cycle,pulse,G (uS)\n1,1,1\n1,2,2\n1,3,3\n2,1,1.1\n2,2,2.1\n2,3,3.1\n')).toEqual([
      [1, 2, 3],
      [1.1, 2.1, 3.1],
    ]);
  });
});

describe('bad data names file, line and column', () => {
  it.each([
    [
      'a NaN',
      'a (uS),b (uS)\n1,2\n3,NaN\n5,6\n7,8\n',
      /^r\.csv:3: column 2 \(b \(uS\)\): got "NaN", expected a number/,
    ],
    ['a blank', 'a (uS),b (uS)\n1,2\n,4\n5,6\n7,8\n', /^r\.csv:3: column 1 .*blank inside its ramp/],
    [
      'a negative conductance',
      'a (uS),b (uS)\n1,2\n-3,4\n5,6\n7,8\n',
      /^r\.csv:3: column 1 .*expected a conductance above zero/,
    ],
    [
      'pulses out of order',
      'pulse,G (uS)\n1,1\n3,2\n2,3\n4,4\n',
      /^r\.csv:4: column 1 \(pulse\): pulse 2 comes after pulse 3/,
    ],
    ['a flat curve', 'G (uS)\n2\n2\n2\n2\n', /^r\.csv: .*is flat/],
    ['no unit', '1,2\n3,4\n5,6\n7,8\n', /^r\.csv: says no unit of its values; say --unit/],
    ['currents without a voltage', 'I (uA)\n1\n2\n3\n4\n', /^r\.csv: holds currents; say --read-voltage/],
    ['words below the numbers', 'G (uS)\n1\n2\nend of file\n', /^r\.csv:4: got "end of file"/],
    ['no numbers', 'hello\n', /^r\.csv: holds no line of numbers/],
  ])('%s', (_, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it('can be left out ramp by ramp, with a note', () => {
    const text = 'a (uS),b (uS)\n1,2\n3,NaN\n5,6\n7,8\n';
    const { ramps, notes } = readRamps(text, 'r.csv', 0, { skipBad: true });
    expect(ramps).toHaveLength(1);
    expect(notes[0]).toMatch(/r\.csv:3: column 2 .* is left out/);
  });
});
