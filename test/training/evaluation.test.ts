import { describe, expect, it } from 'vitest';
import { evaluateOutputs } from '../../src/training/evaluation.js';

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
