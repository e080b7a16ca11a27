import * as tf from '@tensorflow/tfjs';
import { f32 } from '../arithmetic.js';
import type { OnlineSgdProgram, Replica, Samples } from '../online-sgd/contract.js';
import { scoped } from './active.js';
import { activated, outputError, timesDerivative } from './activations.js';
import { ComposedLayer, type LayerInput } from './layer.js';

/** One network whose cells are tensors; each sample is a graph of tfjs's ops. */
export class ComposedNetwork {
  readonly program: OnlineSgdProgram;
  readonly layers: readonly ComposedLayer[];

  constructor({ program, states, seed }: Replica) {
    this.program = program;
    this.layers = program.layers.map(
      (layer, l) => new ComposedLayer(layer, states[l]!, seed, l, layer.learningRate ?? program.learningRate),
    );
  }

  trainOn(samples: Samples, index: number, step: number): void {
    scoped(() => {
      const inputs: LayerInput[] = [];
      let z = this.inputOf(samples, index, 1);
      for (const layer of this.layers) {
        const input = layer.take(z, inputs.length === 0 ? backgroundOf(samples, index) : undefined);
        inputs.push(input);
        z = activated(layer.forward(input.read, step), layer.activation);
        if (layer !== this.layers.at(-1)) z = this.withBias(z);
      }
      this.learn(inputs, z, samples.labels[index]!, step);
    });
  }

  private learn(inputs: readonly LayerInput[], output: tf.Tensor2D, label: number, step: number): void {
    const target = tf.tensor2d(
      Float32Array.from({ length: output.size }, (_, j) => (j === label ? 1 : 0)),
      output.shape,
    );
    let delta = outputError(output, target, this.layers.at(-1)!.activation, this.program.loss);
    const updateFirst = this.program.errorPath === 'after-update';
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const layer = this.layers[l]!;
      if (updateFirst) layer.update(inputs[l]!, delta, step);
      const passed = l > 0 ? this.passed(l, inputs[l]!, delta, step) : delta;
      if (!updateFirst) layer.update(inputs[l]!, delta, step);
      delta = passed;
    }
  }

  /** δ of the layer below. */
  private passed(l: number, { values }: LayerInput, delta: tf.Tensor2D, step: number): tf.Tensor2D {
    const below = this.layers[l - 1]!;
    const units = [1, below.program.cols];
    const back = this.layers[l]!.backward(delta, step);
    return timesDerivative(tf.slice(back, [0, 0], units), tf.slice(values, [0, 0], units), below.activation);
  }

  /** Output activations of every sample, shape [count, classes]. */
  predict(samples: Samples, stream: number): Float32Array {
    const classes = this.program.layers.at(-1)!.crossbar.cols;
    const outputs = new Float32Array(samples.count * classes);
    for (let first = 0; first < samples.count; first += batchSize) {
      const count = Math.min(batchSize, samples.count - first);
      outputs.set(this.predictBatch(samples, first, count, stream), first * classes);
    }
    return outputs;
  }

  private predictBatch(samples: Samples, first: number, count: number, stream: number): Float32Array {
    return scoped(() => {
      let z = this.inputOf(samples, first, count);
      for (const layer of this.layers) {
        const sums = layer.predict(z, stream, first);
        z = activated(sums, layer.activation);
        if (layer !== this.layers.at(-1)) z = this.withBias(z);
      }
      return z.dataSync() as Float32Array;
    });
  }

  /** Samples as rows, with the bias's 1 behind them. */
  private inputOf(samples: Samples, first: number, count: number): tf.Tensor2D {
    const { features } = samples;
    const [from, to] = [first * features, (first + count) * features];
    const values =
      samples.kind === 'codes'
        ? Float32Array.from(samples.codes.subarray(from, to), (code) => samples.values[code]!)
        : samples.values.slice(from, to);
    return this.withBias(tf.tensor2d(values, [count, features]));
  }

  private withBias(values: tf.Tensor2D): tf.Tensor2D {
    return this.program.bias ? tf.concat([values, tf.ones([values.shape[0], 1])], 1) : values;
  }

  dispose(): void {
    for (const layer of this.layers) layer.dispose();
  }
}

const batchSize = 500;

/** Which inputs of a sample are the background. */
export interface Background {
  readonly value: number;
  readonly is: (i: number) => boolean;
}

function backgroundOf(samples: Samples, index: number): Background {
  const { features, background } = samples;
  const from = index * features;
  if (samples.kind === 'codes') {
    return { value: samples.values[background]!, is: (i) => i < features && samples.codes[from + i] === background };
  }
  return { value: f32(background), is: (i) => i < features && samples.values[from + i] === f32(background) };
}
