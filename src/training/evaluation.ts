export interface Evaluation {
  /** Fraction of the test images whose largest output is their class. */
  readonly accuracy: number;
  readonly correct: number;
  readonly count: number;
  /** Shape [classes, classes]; row: true class, column: predicted class. */
  readonly confusion: Uint32Array;
  /** Mean over images of the squared error, Σ(y − z)²/2. */
  readonly loss: number;
}

/**
 * Judges outputs against labels; at a tie the lower class wins.
 * @param outputs - shape [count, classes]
 */
export function evaluateOutputs(outputs: Float32Array, labels: Uint8Array, classes: number): Evaluation {
  const confusion = new Uint32Array(classes * classes);
  let correct = 0;
  let loss = 0;
  labels.forEach((label, s) => {
    const z = outputs.subarray(s * classes, (s + 1) * classes);
    const predicted = argMax(z);
    confusion[label * classes + predicted]!++;
    if (predicted === label) correct++;
    for (let j = 0; j < classes; j++) loss += ((j === label ? 1 : 0) - z[j]!) ** 2 / 2;
  });
  const count = labels.length;
  return { accuracy: correct / count, correct, count, confusion, loss: loss / count };
}

function argMax(values: Float32Array): number {
  let best = 0;
  for (let j = 1; j < values.length; j++) if (values[j]! > values[best]!) best = j;
  return best;
}
