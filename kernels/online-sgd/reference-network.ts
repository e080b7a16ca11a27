import type { Key } from '../../src/random.js';
import { f32, outputError } from '../arithmetic.js';
import { columnSumPeriod, type OnlineSgdProgram, type Replica, type Samples } from './contract.js';
import { ReferenceLayer } from './reference-layer.js';

/** One replica of the specification: its samples, step by step. */
export class ReferenceNetwork {
  readonly program: OnlineSgdProgram;
  readonly layers: ReferenceLayer[];

  constructor({ program, states, seed }: Replica) {
    this.program = program;
    this.layers = program.layers.map(
      (layer, l) => new ReferenceLayer(layer, states[l]!, seed, l, layer.learningRate ?? program.learningRate),
    );
  }

  get classes(): number {
    return this.program.layers.at(-1)!.crossbar.cols;
  }

  trainOn(samples: Samples, index: number, step: number): void {
    if (step % columnSumPeriod === 0) {
      for (const { cells } of this.layers) {
        cells.sumColumns();
        cells.ledger?.fold();
      }
    }
    this.forward(samples, index, (layer) => layer.stepNoise(step));
    for (const layer of this.layers) layer.recordRead();
    const last = this.layers.at(-1)!;
    outputError(last.z, samples.labels[index]!, last.activation, this.program.loss, last.delta);
    const updateFirst = this.program.errorPath === 'after-update';
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const layer = this.layers[l]!;
      if (updateFirst) layer.update(step);
      if (l > 0) layer.passErrorTo(this.layers[l - 1]!, step);
      if (!updateFirst) layer.update(step);
    }
  }

  predict(samples: Samples, index: number, stream: number): Float32Array {
    this.forward(samples, index, (layer) => layer.predictionNoise(stream, index));
    return this.layers.at(-1)!.z;
  }

  private forward(samples: Samples, index: number, noise: (layer: ReferenceLayer) => () => Key): void {
    const [first, ...others] = this.layers as [ReferenceLayer, ...ReferenceLayer[]];
    const { features, background } = samples;
    const [from, to] = [index * features, (index + 1) * features];
    if (samples.kind === 'codes') {
      const codes = samples.codes.subarray(from, to);
      const values = Float32Array.from(codes, (code) => samples.values[code]!);
      first.take(values, samples.values[background]!, (i) => codes[i] === background);
    } else {
      const values = samples.values.subarray(from, to);
      first.take(values, f32(background), (i) => values[i] === f32(background));
    }
    first.forward(noise(first));
    for (const [l, layer] of others.entries()) {
      layer.take(this.layers[l]!.z, 0, () => false);
      layer.forward(noise(layer));
    }
  }
}
