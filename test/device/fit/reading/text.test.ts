import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../src/device/fit/reading/text.js';
import { messageOf } from '../../../experiment/scratch.js';

const table = 'a (µS)\n1\n2\n';
const marked = (encoding: 'utf16le'): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(table, encoding)]);

describe('files of ramps', () => {
  it('are text of UTF-8, or of UTF-16 with its mark', () => {
    expect(textOf(Buffer.from(table), 'r.csv')).toBe(table);
    expect(textOf(Buffer.from(`\ufeff${table}`), 'r.csv')).toBe(table);
    expect(textOf(marked('utf16le'), 'r.csv')).toBe(table);
    expect(textOf(marked('utf16le').swap16(), 'r.csv')).toBe(table);
  });

  it('or of Windows, where they are no UTF-8', () => {
    expect(textOf(Buffer.from(table, 'latin1'), 'r.csv')).toBe(table);
  });

  it('and are refused where they are empty or something else', () => {
    expect(messageOf(() => textOf(Buffer.of(), 'r.csv'))).toBe(
      'r.csv: is empty; give a table of numbers: one column or one row per ramp',
    );
    expect(messageOf(() => textOf(Buffer.from('PK\x03\x04\0\0'), 'r.xlsx'))).toBe(
      'r.xlsx: is a spreadsheet or another zip archive, expected text; save it as CSV',
    );
    expect(messageOf(() => textOf(Buffer.of(1, 0, 200), 'r.dat'))).toBe(
      'r.dat: is a binary file, expected text; save it as CSV',
    );
  });
});
