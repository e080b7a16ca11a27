import { describe, expect, it } from 'vitest';
import { crc32, inflateSync } from 'node:zlib';
import { confusionImage } from '../../../src/experiment/tensorboard/confusion-image.js';

const classes = 10;
const identity = Array.from({ length: classes }, (_, i) =>
  Array.from({ length: classes }, (_, j) => (i === j ? 50 : 0)),
);

/** Colours of the pixels, row by row. */
function pixelsOf(png: Uint8Array, width: number, height: number): number[][] {
  const file = Buffer.from(png);
  expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([width, height]);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const body = file.subarray(at + 4, at + 8 + file.readUInt32BE(at));
    expect(file.readUInt32BE(at + 4 + body.length)).toBe(crc32(body));
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
  }
  const palette = chunks.get('PLTE')!;
  const rows = inflateSync(chunks.get('IDAT')!);
  const indices = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    // Rows as they are.
    expect(rows[y * (width + 1)]).toBe(0);
    indices.set(rows.subarray(y * (width + 1) + 1, (y + 1) * (width + 1)), y * width);
  }
  return [...indices].map((index) => [...palette.subarray(3 * index, 3 * index + 3)]);
}

/** Colour of a cell's upper left pixel, which no letter covers. */
function cellOf(matrix: number[][], i: number, j: number): number[] {
  const { png, width, height } = confusionImage(matrix);
  return pixelsOf(png, width, height)[(15 + 16 * i) * width + 30 + 22 * j]!;
}

describe('the image of a confusion matrix', () => {
  it('has a row a true class and a column a recognised one, and is darker where more are recognised', () => {
    const matrix = identity.map((row) => [...row]);
    matrix[2]![7] = 50;
    expect(cellOf(matrix, 2, 7)).toEqual(cellOf(matrix, 2, 2));
    expect(cellOf(matrix, 7, 2)).toEqual([255, 255, 255]);
    const [half, whole] = [cellOf(matrix, 2, 2)[0]!, cellOf(matrix, 3, 3)[0]!];
    expect(whole).toBeLessThan(half);
    expect(half).toBeLessThan(255);
  });

  it('is the same of the same counts, whatever their sum, and can be of a class without images', () => {
    const picture = (matrix: number[][]) => Buffer.from(confusionImage(matrix).png);
    const twice = identity.map((row) => row.map((count) => 2 * count));
    expect(picture(twice).equals(picture(identity))).toBe(true);
    const without = identity.map((row, i) => (i === 4 ? row.map(() => 0) : row));
    expect(picture(without).equals(picture(identity))).toBe(false);
  });
});
