import { describe, expect, it } from 'vitest';
import { Cholesky, correlationOf, covariance, symmetricEigen } from '../../src/statistics/linear-algebra.js';

const rows = (...of: number[][]): Float64Array[] => of.map((row) => Float64Array.from(row));

describe('Cholesky', () => {
  // 4 12 −16 / 12 37 −43 / −16 −43 98 is L·Lᵀ of 2 / 6 1 / −8 5 3: its determinant is 36.
  const factor = new Cholesky(rows([4, 12, -16], [12, 37, -43], [-16, -43, 98]));

  it('solves', () => {
    expect([...factor.forward([2, 7, 0])]).toEqual([1, 1, 1]);
    const x = factor.solve([4 + 24 - 48, 12 + 74 - 129, -16 - 86 + 294]);
    [1, 2, 3].forEach((value, i) => {
      expect(x[i]).toBeCloseTo(value, 9);
    });
  });

  it('knows the determinant and the diagonal of the inverse', () => {
    expect(factor.logDeterminant()).toBeCloseTo(Math.log(36), 12);
    const expected = [(37 * 98 - 43 * 43) / 36, (4 * 98 - 16 * 16) / 36, (4 * 37 - 144) / 36];
    expected.forEach((value, i) => {
      expect(factor.inverseDiagonal()[i]).toBeCloseTo(value, 9);
    });
  });

  it('refuses what is not positive definite', () => {
    expect(() => new Cholesky(rows([1, 2], [2, 1]))).toThrow('not positive definite');
  });
});

describe('eigenvalues of a symmetric matrix', () => {
  it('are those of a known one, the largest first, with directions', () => {
    const [large, small] = symmetricEigen(rows([2, 1], [1, 2]));
    expect([large!.value, small!.value]).toEqual([expect.closeTo(3, 12), expect.closeTo(1, 12)]);
    expect(large!.vector[0]! / large!.vector[1]!).toBeCloseTo(1, 12);
    expect(small!.vector[0]! / small!.vector[1]!).toBeCloseTo(-1, 12);
  });

  it('make the matrix again', () => {
    const matrix = rows([4, 1, -2, 2], [1, 2, 0, 1], [-2, 0, 3, -2], [2, 1, -2, -1]);
    const pairs = symmetricEigen(matrix);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        const sum = pairs.reduce((total, { value, vector }) => total + value * vector[i]! * vector[j]!, 0);
        expect(sum).toBeCloseTo(matrix[i]![j]!, 10);
        const product = pairs[i]!.vector.reduce((total, x, k) => total + x * pairs[j]!.vector[k]!, 0);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
      }
    }
  });
});

it('covariance and correlation are those of a sample', () => {
  const cov = covariance([
    [1, 2, 5],
    [2, 4, 5],
    [3, 6, 5],
  ]);
  expect(cov.map((row) => [...row])).toEqual([
    [1, 2, 0],
    [2, 4, 0],
    [0, 0, 0],
  ]);
  expect(correlationOf(cov)).toEqual([
    [1, 1, 0],
    [1, 1, 0],
    [0, 0, 1],
  ]);
});
