import { describe, expect, it } from 'vitest';
import { crc32c, maskedCrc32c } from '../../../src/experiment/tensorboard/crc32c.js';
import { eventFile } from '../../../src/experiment/tensorboard/event-file.js';
import { recordsOf } from '../../helpers/event-file.js';

/** The format by itself; a real TensorBoard reads it in python-readers.test.ts. */

describe('the checksum of event files', () => {
  it.each([
    ['32 bytes of 0', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of 255', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['123456789', Buffer.from('123456789'), 0xe3069283],
  ])('is that of RFC 3720: %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('is masked as TFRecord does', () => {
    const crc = crc32c(Buffer.from('mho'));
    const turned = Number((BigInt(crc) >> 15n) | ((BigInt(crc) << 17n) & 0xffffffffn));
    expect(maskedCrc32c(Buffer.from('mho'))).toBe((turned + 0xa282ead8) % 2 ** 32);
  });
});

describe('an event file', () => {
  const file = Buffer.from(
    eventFile([{ time: 12.5, step: 300, summaries: [{ kind: 'scalar', tag: 'a', value: 0.5 }] }]),
  );

  it('is records with their lengths and checksums, the first of which names the version', () => {
    const records = recordsOf(file);
    expect(records).toHaveLength(2);
    expect(records[0]!.toString('latin1')).toContain('brain.Event:2');
    // Time: field 1, a double. Step: field 2, 300 as a varint. Summary: field 5, of one value with tag and float.
    expect(records[1]!.toString('hex')).toBe(
      ['09', '0000000000002940', '10', 'ac02', '2a', '0a', '0a', '08', '0a', '01', '61', '15', '0000003f'].join(''),
    );
  });
});
