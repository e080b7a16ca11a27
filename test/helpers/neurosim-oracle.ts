import type { Split } from '../../datasets/dataset.js';

/**
 * The benchmark of MLP+NeuroSim V3.0, and of V1.0, written down once more from its description, in siemens, amperes and
 * double precision, with nothing of Mho in it: what Mho's run is held against.
 */

export interface OracleDevice {
  /** Siemens. */
  readonly gMin: number;
  readonly gMax: number;
  readonly states: { readonly ltp: number; readonly ltd: number };
  /** Labels NL. */
  readonly nonlinearity: { readonly ltp: number; readonly ltd: number };
  /** σ of one pulse as a fraction of the range. */
  readonly cycleToCycle: number;
}

export interface OracleOptions {
  /**
   * V3.0 reads weights against the middle of the range, as it is seen behind the access resistance. V1.0 takes twice the
   * current less that of gMax, passes errors back through weights between gMin and gMax, and leaves the resistance out of
   * both; it starts from four weights and not from seven.
   */
  readonly version?: '3.0' | '1.0';
  /** Ohms in series with every cell that is read. */
  readonly accessResistance: number;
  /**
   * truncated: the column's current and the reference's each cut to 8 bits. nearest: their difference to 7 bits.
   * exact: no converter.
   */
  readonly converter: 'truncated' | 'nearest' | 'exact';
  /** Whether the first write of the weights leaves gMin out. */
  readonly withoutGmin: boolean;
  readonly seed: number;
}

/** Images as lists of their bright pixels. */
export interface BrightImages {
  readonly bright: readonly (readonly number[])[];
  readonly labels: Uint8Array;
}

const sizes = [400, 100, 10] as const;
const rates = [0.4, 0.2] as const;

export class NeuroSimOracle {
  private readonly layers: [OracleArray, OracleArray];
  private readonly random: Random;

  constructor(device: OracleDevice, options: OracleOptions) {
    this.random = new Random(options.seed);
    const array = (rows: number, cols: number) => new OracleArray(rows, cols, device, options, this.random);
    this.layers = [array(sizes[0], sizes[1]), array(sizes[1], sizes[2])];
  }

  /** Trains on `count` images drawn at random. */
  train(images: BrightImages, count: number): void {
    const { length } = images.bright;
    this.trainInOrder(
      images,
      Array.from({ length: count }, () => Math.floor(this.random.uniform() * length)),
    );
  }

  /** Trains on images of a given order. */
  trainInOrder({ bright, labels }: BrightImages, order: Iterable<number>): void {
    for (const at of order) this.trainOn(bright[at]!, labels[at]!);
  }

  /** Siemens of every cell, layer by layer, shape [rows, cols] each. */
  get conductances(): readonly [Float64Array, Float64Array] {
    return [this.layers[0].g, this.layers[1].g];
  }

  /** Puts every cell where another program has it. */
  start(conductances: readonly (readonly number[])[]): void {
    this.layers.forEach((layer, l) => {
      layer.set(conductances[l]!);
    });
  }

  /** Fraction of images whose class was recognised. */
  accuracy({ bright, labels }: BrightImages): number {
    const right = bright.filter((pixels, i) => {
      const { outputs } = this.forward(pixels);
      return outputs.indexOf(Math.max(...outputs)) === labels[i];
    });
    return right.length / bright.length;
  }

  private forward(pixels: readonly number[]) {
    const hidden = this.layers[0].sums(pixels).map(sigmoid);
    const on = [...hidden.keys()].filter((j) => hidden[j]! >= 0.5);
    return { hidden, outputs: this.layers[1].sums(on).map(sigmoid) };
  }

  private trainOn(pixels: readonly number[], label: number): void {
    const [first, second] = this.layers;
    const { hidden, outputs } = this.forward(pixels);
    // Downhill on Σ(y − z)², which has no half.
    const out = outputs.map((z, k) => 2 * z * (1 - z) * ((k === label ? 1 : 0) - z));
    const back = hidden.map((z, j) => z * (1 - z) * out.reduce((sum, d, k) => sum + d * second.weight(j, k), 0));
    back.forEach((d, j) => {
      if (first.pulses(rates[0] * d) !== 0) for (const i of pixels) first.write(i, j, rates[0] * d);
    });
    hidden.forEach((z, j) => {
      out.forEach((d, k) => {
        second.write(j, k, rates[1] * d * z);
      });
    });
  }
}

class OracleArray {
  readonly g: Float64Array;
  /** Amperes of each cell at one volt. */
  private readonly current: Float64Array;
  private readonly currentMin: number;
  private readonly currentMax: number;
  private readonly ltp: Branch;
  private readonly ltd: Branch;

  constructor(
    private readonly rows: number,
    private readonly cols: number,
    private readonly device: OracleDevice,
    private readonly options: OracleOptions,
    private readonly random: Random,
  ) {
    const { gMin, gMax, states, nonlinearity } = device;
    const bare = options.version === '1.0';
    this.currentMin = bare ? gMin : this.currentOf(gMin);
    this.currentMax = bare ? gMax : this.currentOf(gMax);
    this.ltp = branchOf(nonlinearity.ltp, states.ltp, gMax - gMin);
    this.ltd = branchOf(nonlinearity.ltd, states.ltd, gMax - gMin);
    const base = options.withoutGmin ? 0 : gMin;
    this.g = Float64Array.from({ length: rows * cols }, () => {
      const weight =
        options.version === '1.0'
          ? (2 * Math.floor(random.uniform() * 4)) / 3 - 1
          : (Math.floor(random.uniform() * 7) - 3) / 3;
      return Math.max(gMin, ((weight + 1) / 2) * (gMax - gMin) + base);
    });
    this.current = this.g.map((value) => this.currentOf(value));
  }

  set(conductances: readonly number[]): void {
    const { gMin, gMax } = this.device;
    this.g.set(conductances.map((g) => Math.min(gMax, Math.max(gMin, g))));
    this.current.set(this.g.map((value) => this.currentOf(value)));
  }

  private currentOf(g: number): number {
    return 1 / (1 / g + this.options.accessResistance);
  }

  /** Weighted sums of the rows that are on, through the converter; shape [cols]. */
  sums(on: readonly number[]): number[] {
    const { rows, cols, current, currentMin, currentMax } = this;
    const lowest = this.options.version === '1.0' ? 0 : currentMin;
    const full = rows * (currentMax - lowest);
    const reference = (on.length * (lowest + currentMax)) / 2;
    return Array.from({ length: cols }, (_, j) => {
      let sum = 0;
      for (const i of on) sum += current[i * cols + j]!;
      if (this.options.converter === 'exact') return (2 * rows * (sum - reference)) / full;
      if (this.options.converter === 'nearest') {
        const level = rows / 127;
        return Math.round((2 * rows * (sum - reference)) / full / level) * level;
      }
      const digits = (amperes: number): number => Math.floor((255 * amperes) / full);
      return ((2 * (digits(sum) - digits(reference))) / 255) * rows;
    });
  }

  /** The weight that a read of one cell gives. */
  weight(row: number, col: number): number {
    const seen = this.current[row * this.cols + col]!;
    return (2 * (seen - this.currentMin)) / (this.currentMax - this.currentMin) - 1;
  }

  /** Whole pulses for a change of weight, downwards below 0. */
  pulses(change: number): number {
    const { ltp, ltd } = this.device.states;
    return change > 0 ? Math.floor((change / 2) * ltp + 0.5) : -Math.floor((-change / 2) * ltd + 0.5);
  }

  write(row: number, col: number, change: number): void {
    const pulses = this.pulses(change);
    if (pulses === 0) return;
    const cell = row * this.cols + col;
    const { gMin, gMax, cycleToCycle } = this.device;
    const { a, b } = pulses > 0 ? this.ltp : this.ltd;
    const place = -a * Math.log(1 - (this.g[cell]! - gMin) / b);
    const noise = cycleToCycle * (gMax - gMin) * Math.sqrt(Math.abs(pulses)) * this.random.normal();
    const written = b * (1 - Math.exp(-(place + pulses) / a)) + gMin + noise;
    this.g[cell] = Math.min(gMax, Math.max(gMin, written));
    this.current[cell] = this.currentOf(this.g[cell]);
  }
}

interface Branch {
  readonly a: number;
  readonly b: number;
}

/** A and B of the curve B·(1 − e^{−P/A}) that has this label; A has the label's sign. */
function branchOf(label: number, states: number, range: number): Branch {
  const labelOf = (a: number): number => {
    const b = 1 / (1 - Math.exp(-1 / a));
    return (b - a - a * Math.log(b / a)) / (0.07 * Math.SQRT2);
  };
  let [low, high] = [1e-3, 1e3];
  for (let i = 0; i < 200; i++) {
    const middle = Math.sqrt(low * high);
    // A large a is a straight line, of label 0.
    if (labelOf(middle) > Math.abs(label)) low = middle;
    else high = middle;
  }
  const a = Math.sign(label) * low * states;
  return { a, b: range / (1 - Math.exp(-states / a)) };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Mulberry32, and normals by Box and Muller: the oracle shares no generator with Mho. */
class Random {
  constructor(private state: number) {}

  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }
}

/** The middle 20 × 20 pixels of 28 × 28, bright from 128 on. */
export function brightImages({ codes, labels }: Split, count: number): BrightImages {
  const pixels = Array.from({ length: 400 }, (_, i) => (4 + Math.floor(i / 20)) * 28 + 4 + (i % 20));
  const bright = Array.from({ length: count }, (_, image) =>
    [...pixels.keys()].filter((i) => codes[image * 784 + pixels[i]!]! >= 128),
  );
  return { bright, labels: labels.subarray(0, count) };
}
