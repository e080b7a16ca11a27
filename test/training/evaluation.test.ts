import { describe, expect, it } from 'vitest';
import { evaluateOutputs, sampleLoss } from '../../src/training/evaluation.js';

const outputs = Float32Array.of(
  ...[0.9, 0.1, 0.2], // class 0
  ...[0.5, 0.5, 0.1], // a tie of 0 and 1
  ...[0.1, 0.7, 0.7], // a tie of 1 and 2
  ...[0, 0, 0], // a tie of all
);

describe('evaluation', () => {
  it('counts an image where the largest output is its class, at a tie the lower class', () => {
    const { accuracy, correct, count, confusion } = evaluateOutputs(outputs, Uint8Array.of(0, 1, 1, 2), 3);
    expect({ accuracy, correct, count }).toEqual({ accuracy: 0.5, correct: 2, count: 4 });
    expect([...confusion]).toEqual([1, 0, 0, 1, 1, 0, 1, 0, 0]);
  });

  it('has the mean of half the squared error as its loss', () => {
    const { loss } = evaluateOutputs(outputs.subarray(0, 6), Uint8Array.of(0, 2), 3);
    const expected = (0.1 ** 2 + 0.1 ** 2 + 0.2 ** 2 + 0.5 ** 2 + 0.5 ** 2 + 0.9 ** 2) / 2 / 2;
    expect(loss).toBeCloseTo(expected, 6);
  });
});

describe('the loss of a network', () => {
  const z = Float32Array.from([0.7, 0.2, 0.1]);

  it.each([
    ['squared-error', 'sigmoid', (0.3 ** 2 + 0.2 ** 2 + 0.1 ** 2) / 2],
    ['squared-error', 'softmax', (0.3 ** 2 + 0.2 ** 2 + 0.1 ** 2) / 2],
    ['cross-entropy', 'softmax', -Math.log(0.7)],
    ['cross-entropy', 'sigmoid', -Math.log(0.7) - Math.log(0.8) - Math.log(0.9)],
  ] as const)('%s of %s outputs', (loss, output, expected) => {
    expect(sampleLoss(loss, output)(z, 0)).toBeCloseTo(expected, 6);
    expect(evaluateOutputs(z, Uint8Array.of(0), 3, sampleLoss(loss, output)).loss).toBeCloseTo(expected, 6);
  });

  it('stays finite for certain and wrong outputs', () => {
    expect(sampleLoss('cross-entropy', 'sigmoid')(Float32Array.of(0, 1), 0)).toBeCloseTo(2 * Math.log(1e7), 3);
  });
});
