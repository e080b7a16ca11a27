import { crc32, deflateSync } from 'node:zlib';

/** A picture of pixels: red, green, blue and opacity, a byte each, row by row. */
export class Bitmap {
  private readonly bytes: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.bytes = new Uint8Array(4 * width * height);
  }

  /** Fills a square of `size` pixels. */
  square(x: number, y: number, size: number, [red, green, blue]: Colour, opacity: number): void {
    for (let row = y; row < y + size; row++) {
      for (let column = x; column < x + size; column++) {
        this.bytes.set([red, green, blue, Math.round(255 * opacity)], 4 * (row * this.width + column));
      }
    }
  }

  /** @see PNG specification: signature, header, one compressed stream of rows, end */
  png(): Uint8Array {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(this.width, 0);
    header.writeUInt32BE(this.height, 4);
    header.set([8, 6, 0, 0, 0], 8);
    return Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(this.filtered(), { level: 9 })),
      chunk('IEND', Buffer.alloc(0)),
    ]);
  }

  dataUrl(): string {
    return `data:image/png;base64,${Buffer.from(this.png()).toString('base64')}`;
  }

  /** Every row with the number of its filter in front: none. */
  private filtered(): Buffer {
    const row = 4 * this.width;
    const rows = Buffer.alloc((row + 1) * this.height);
    for (let y = 0; y < this.height; y++) rows.set(this.bytes.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
    return rows;
  }
}

export type Colour = readonly [red: number, green: number, blue: number];

/** `#0072b2` → [0, 114, 178]. */
export function colourOf(hex: string): Colour {
  const part = (i: number): number => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  return [part(0), part(1), part(2)];
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
