/** Rows of a matrix. */
export type Matrix = readonly Float64Array[];

/** A matrix of zeros, to be filled. */
export function zeros(rows: number, columns: number): Float64Array[] {
  return Array.from({ length: rows }, () => new Float64Array(columns));
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The factor L of a symmetric positive definite matrix L·Lᵀ, and what is solved with it. */
export class Cholesky {
  private readonly lower: Float64Array[];

  /**
   * @param matrix - symmetric; only the lower triangle is read
   * @throws RangeError where it is not positive definite
   */
  constructor(matrix: Matrix) {
    const n = matrix.length;
    this.lower = zeros(n, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = matrix[i]![j]!;
        for (let k = 0; k < j; k++) sum -= this.lower[i]![k]! * this.lower[j]![k]!;
        if (i !== j) this.lower[i]![j] = sum / this.lower[j]![j]!;
        else if (sum > 0) this.lower[i]![i] = Math.sqrt(sum);
        else throw new RangeError('the matrix is not positive definite');
      }
    }
  }

  /** L⁻¹·b. */
  forward(b: ArrayLike<number>): Float64Array {
    const x = new Float64Array(b.length);
    for (let i = 0; i < x.length; i++) {
      const row = this.lower[i]!;
      let sum = b[i]!;
      for (let k = 0; k < i; k++) sum -= row[k]! * x[k]!;
      x[i] = sum / row[i]!;
    }
    return x;
  }

  /** (L·Lᵀ)⁻¹·b. */
  solve(b: ArrayLike<number>): Float64Array {
    const x = this.forward(b);
    for (let i = x.length - 1; i >= 0; i--) {
      x[i]! /= this.lower[i]![i]!;
      for (let k = 0; k < i; k++) x[k]! -= this.lower[i]![k]! * x[i]!;
    }
    return x;
  }

  /** The diagonal of (L·Lᵀ)⁻¹. */
  inverseDiagonal(): Float64Array {
    const n = this.lower.length;
    return Float64Array.from({ length: n }, (_, i) => {
      const column = this.forward(Float64Array.from({ length: n }, (_, k) => (k === i ? 1 : 0)));
      return dot(column, column);
    });
  }

  logDeterminant(): number {
    return this.lower.reduce((sum, row, i) => sum + 2 * Math.log(row[i]!), 0);
  }
}

/** One direction of a symmetric matrix, of length 1. */
export interface EigenPair {
  readonly value: number;
  readonly vector: Float64Array;
}

/**
 * Eigenvalues of a symmetric matrix, the largest first, by Jacobi's rotations.
 * @see G. Golub, C. Van Loan, Matrix Computations, section 8.5
 */
export function symmetricEigen(matrix: Matrix): EigenPair[] {
  const n = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const vectors = zeros(n, n).map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 60 && offDiagonal(a) > 1e-30 * trace2(a); sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q);
  }
  const pairs = a.map((row, i) => ({ value: row[i]!, vector: Float64Array.from(vectors, (of) => of[i]!) }));
  return pairs.sort((x, y) => y.value - x.value);
}

function offDiagonal(a: Matrix): number {
  return a.reduce((sum, row, i) => sum + row.reduce((s, x, j) => (i === j ? s : s + x * x), 0), 0);
}

function trace2(a: Matrix): number {
  return a.reduce((sum, row, i) => sum + row[i]! ** 2, 0);
}

/** One rotation that makes a[p][q] zero. */
function rotate(a: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  if (a[p]![q] === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const turn = (x: number, y: number): [number, number] => [c * x - c * t * y, c * t * x + c * y];
  for (const row of a) [row[p], row[q]] = turn(row[p]!, row[q]!);
  for (let k = 0; k < a.length; k++) [a[p]![k], a[q]![k]] = turn(a[p]![k]!, a[q]![k]!);
  for (const row of vectors) [row[p], row[q]] = turn(row[p]!, row[q]!);
}

/** Sample covariance of rows, which are at least two. */
export function covariance(rows: readonly ArrayLike<number>[]): Float64Array[] {
  const d = rows[0]!.length;
  const means = Array.from({ length: d }, (_, j) => rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length);
  const result = zeros(d, d);
  for (const row of rows) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        result[i]![j]! += ((row[i]! - means[i]!) * (row[j]! - means[j]!)) / (rows.length - 1);
      }
    }
  }
  return result;
}

/** Correlations of a covariance matrix; 0 beside what does not vary. */
export function correlationOf(cov: Matrix): number[][] {
  return cov.map((row, i) =>
    Array.from(row, (value, j) => {
      const scale = Math.sqrt(cov[i]![i]! * cov[j]![j]!);
      return i === j ? 1 : scale > 0 ? value / scale : 0;
    }),
  );
}
