import { describe, expect, test } from 'vitest';
import { parseIdx } from '../../datasets/idx.js';
import { RunError } from '../../src/errors.js';

/** Two images of 1 x 3 pixels. */
const images = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);

describe('parseIdx', () => {
  test('gives sizes and elements', () => {
    const array = parseIdx(images, 'images', 3);
    expect(array.dims).toEqual([2, 1, 3]);
    expect([...array.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('reads a view that does not start its buffer, and copies nothing', () => {
    const padded = Uint8Array.from([9, 9, 9, ...images]);
    const array = parseIdx(padded.subarray(3), 'images', 3);
    expect([...array.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(array.data.buffer).toBe(padded.buffer);
  });

  test('reads an array without elements', () => {
    expect(parseIdx(Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 0]), 'labels', 1)).toEqual({
      dims: [0],
      data: new Uint8Array(),
    });
  });

  test.each([
    [
      'labels instead of images',
      Uint8Array.from([0, 0, 8, 1, ...images.subarray(4)]),
      /got magic number 0x00000801, expected 0x00000803/,
    ],
    ['32-bit floats', Uint8Array.from([0, 0, 13, 3, ...images.subarray(4)]), /0x00000d03/],
    ['a gzip file', Uint8Array.from([0x1f, 0x8b, 8, 0, ...images.subarray(4)]), /0x1f8b0800.*uncompressed/],
    ['a truncated file', images.subarray(0, -1), /truncated: got 21 bytes, expected 22 for sizes \[2, 1, 3\]/],
    ['trailing bytes', Uint8Array.from([...images, 0]), /trailing bytes: got 23 bytes, expected 22/],
    ['a file that ends in its header', images.subarray(0, 10), /got 10 bytes, expected a header of 16/],
    ['an empty file', new Uint8Array(), /got 0 bytes/],
  ])('refuses %s', (_, bytes, message) => {
    const parse = () => parseIdx(bytes, 'some/file', 3);
    expect(parse).toThrow(RunError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^some\/file: /);
  });
});
