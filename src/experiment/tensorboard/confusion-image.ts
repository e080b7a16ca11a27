import { IndexedBitmap, colourOf, type Colour } from '../figures/bitmap.js';

/**
 * Letters of five by seven pixels: a byte a row, from the top, in which 16 is the leftmost pixel. Only those that
 * the image needs.
 */
const font: Readonly<Record<string, string>> = {
  ...{ 0: '0e11131519110e', 1: '040c040404040e', 2: '0e11010204081f', 3: '1f02040201110e', 4: '02060a121f0202' },
  ...{ 5: '1f101e0101110e', 6: '0608101e11110e', 7: '1f010204080808', 8: '0e11110e11110e', 9: '0e11110f01020c' },
  ...{ A: '0e11111f111111', C: '0e11101010110e', D: '1c12111111121c', E: '1f10101e10101f', G: '0e11101711110f' },
  ...{ I: '0e04040404040e', N: '11111915131111', O: '0e11111111110e', R: '1e11111e141211', S: '0f10100e01011e' },
  ...{ T: '1f040404040404', U: '1111111111110e', '·': '00000006060000', ' ': '00000000000000' },
};

/** Of a letter with the gap behind it [px]. TensorBoard shows images larger than they are. */
const letter = 6;
const letterHeight = 7;

const cell = { width: 22, height: 16 };
const margin = { left: 30, top: 15, right: 4, bottom: 25 };

const ink: Colour = [22, 27, 34];
const paper: Colour = [255, 255, 255];
const fill = colourOf('#0070b0');
/** Thin enough for ink to be read on it. */
const strongest = 0.68;

/**
 * A confusion matrix as a PNG: percent of each true class (row) that is recognised as each class; a dot is less than half a
 * percent. Drawn without a library that draws, which would take longer than a short training.
 * @param matrix - counts; row = true class
 */
export function confusionImage(matrix: readonly (readonly number[])[]) {
  const classes = matrix.length;
  const width = margin.left + classes * cell.width + margin.right;
  const height = margin.top + classes * cell.height + margin.bottom;
  const picture = new IndexedBitmap(width, height, paper);
  const below = margin.top + classes * cell.height;
  matrix.forEach((row, i) => {
    const all = row.reduce((sum, count) => sum + count, 0);
    const y = margin.top + i * cell.height;
    row.forEach((count, j) => {
      const x = margin.left + j * cell.width;
      const part = all === 0 ? 0 : count / all;
      // A gap of one pixel parts the cells.
      picture.rectangle({ x, y, width: cell.width - 1, height: cell.height - 1 }, tinted(strongest * Math.sqrt(part)));
      const percent = Math.round(100 * part);
      write(picture, percent > 0 ? `${percent}` : count > 0 ? '·' : '', x + cell.width / 2, y + cell.height / 2);
    });
    write(picture, `${i}`, margin.left / 2, y + cell.height / 2);
    write(picture, `${i}`, margin.left + (i + 0.5) * cell.width, below + 6);
  });
  write(picture, 'TRUE', margin.left / 2, margin.top / 2);
  write(picture, 'RECOGNISED AS', margin.left + (classes * cell.width) / 2, below + 18);
  return { png: picture.png(), width, height };
}

/** Ink that covers a part of the paper. */
function tinted(strength: number): Colour {
  const [red, green, blue] = fill.map((part, i) => Math.round(paper[i]! + strength * (part - paper[i]!)));
  return [red!, green!, blue!];
}

/** Writes a line about a point. */
function write(picture: IndexedBitmap, text: string, x: number, y: number): void {
  const [left, top] = [Math.round(x - (text.length * letter - 1) / 2), Math.round(y - letterHeight / 2)];
  Array.from(text).forEach((character, place) => {
    Buffer.from(font[character]!, 'hex').forEach((bits, row) => {
      for (let column = 0; column < 5; column++) {
        if (((bits >> (4 - column)) & 1) === 0) continue;
        picture.rectangle({ x: left + place * letter + column, y: top + row, width: 1, height: 1 }, ink);
      }
    });
  });
}
