import type { Activation, Loss } from '../../kernels/arithmetic.js';

export interface Evaluation {
  /** Fraction of the test images whose largest output is their class. */
  readonly accuracy: number;
  readonly correct: number;
  readonly count: number;
  /** Shape [classes, classes]; row: true class, column: predicted class. */
  readonly confusion: Uint32Array;
  /** Mean over images of the training's own loss: Σ(y − z)²/2, or the cross-entropy in nats. */
  readonly loss: number;
}

/**
 * Judges outputs against labels; at a tie the lower class wins.
 * @param outputs - shape [count, classes]
 */
export function evaluateOutputs(
  outputs: Float32Array,
  labels: Uint8Array,
  classes: number,
  lossOf: SampleLoss = squaredError,
): Evaluation {
  const confusion = new Uint32Array(classes * classes);
  let correct = 0;
  let loss = 0;
  labels.forEach((label, s) => {
    const z = outputs.subarray(s * classes, (s + 1) * classes);
    const predicted = argMax(z);
    confusion[label * classes + predicted]!++;
    if (predicted === label) correct++;
    loss += lossOf(z, label);
  });
  const count = labels.length;
  return { accuracy: correct / count, correct, count, confusion, loss: loss / count };
}

/** Loss of one image's outputs. */
export type SampleLoss = (z: Float32Array, label: number) => number;

/** The loss that a network is trained on, as a function of its outputs. */
export function sampleLoss(loss: Loss, output: Activation): SampleLoss {
  if (loss === 'squared-error') return squaredError;
  return output === 'softmax' ? (z, label) => -safeLog(z[label]!) : binaryCrossEntropy;
}

function squaredError(z: Float32Array, label: number): number {
  return z.reduce((sum, value, j) => sum + ((j === label ? 1 : 0) - value) ** 2 / 2, 0);
}

/** Every output on its own, as for sigmoids. */
function binaryCrossEntropy(z: Float32Array, label: number): number {
  return z.reduce((sum, value, j) => sum - safeLog(j === label ? value : 1 - value), 0);
}

/** Outputs of 0 and 1 in float32 are not certainties: the smallest probability is 1e-7. */
function safeLog(probability: number): number {
  return Math.log(Math.max(probability, 1e-7));
}

function argMax(values: Float32Array): number {
  let best = 0;
  for (let j = 1; j < values.length; j++) if (values[j]! > values[best]!) best = j;
  return best;
}
