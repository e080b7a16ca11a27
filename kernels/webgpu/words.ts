/**
 * What shaders are told of one crossbar: words by name, one behind the other in the read-only buffer. The one list for
 * both sides: `wordConstants` are the shaders' names for it.
 */
const widths = {
  ...{ rows: 1, cols: 1, coding: 1, devices: 1, policy: 1, kind: 1 },
  // Addresses in the writable buffer; cells and what pulses move by polarity.
  ...{ cells: 2, hidden: 2, difference: 1, sums: 1, offsets: 1 },
  ...{ readScale: 1, reference: 1, backwardScale: 1, backwardShift: 1 },
  ...{ refreshAt: 1, rate: 2, readSigma: 1, floor: 1, curvature: 1 },
  ...{ writeSigma: 1, cycleToCycle: 1, stepNoise: 1 },
  ...{ forwardInput: 3, forwardOutput: 3, backwardInput: 3, backwardOutput: 3, updateInput: 3, updateError: 3 },
  // Addresses in the read-only buffer; parameters by polarity (of a table, where each cell's device has its blocks),
  // tables and curves by direction.
  ...{ levels: 1, levelCount: 1, parameters: 2, parameterStride: 1 },
  ...{ bins: 1, blocks: 2, blockSize: 1, nodes: 1, firstRow: 1, lastRow: 1, curves: 2 },
  // Keys of two words each, by polarity, and of gaps and thinning by background and foreground too.
  ...{ cycleToCycleKeys: 4, programmingKeys: 4, wholeKeys: 4, gapKeys: 8, thinningKeys: 8 },
  ...{ writeKey: 2, readKey: 2, predictKey: 2, backwardKey: 2 },
  // Of a layer: its activation, and where its vectors lie among those of its network.
  ...{ activation: 1, z: 1, raw: 1, delta: 1 },
  // Of cells that forget: bounds by polarity, and what the classes of traps hold.
  ...{ classes: 1, trapWeights: 1, held: 2, low: 2, high: 2, rest: 2, boundStride: 1 },
} as const;

export type Word = keyof typeof widths;

const names = Object.keys(widths) as Word[];

/** Place of each word. */
export const words = Object.fromEntries(
  names.map((name, i) => [name, names.slice(0, i).reduce((sum, before) => sum + widths[before], 0)]),
) as Readonly<Record<Word, number>>;

/** Words of one crossbar. */
export const descriptorSize = names.reduce((sum, name) => sum + widths[name], 0);

function constantName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

export const wordConstants = names.map((name) => `const ${constantName(name)} = ${words[name]}u;`).join('\n');
