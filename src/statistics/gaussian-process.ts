import { Cholesky, dot, zeros } from './linear-algebra.js';
import { lowest } from './pattern-search.js';
import type { Estimate } from './regression.js';
import type { Point } from './sampling.js';

/** One value that was seen at a point of the unit cube. */
export interface Observation {
  readonly at: Point;
  readonly value: number;
  /** Of its own noise. */
  readonly variance: number;
  /** Where it was seen by another instrument, which is off by a smooth function of its own: which, and how far off. */
  readonly instrument?: { readonly name: number; readonly variance: number } | undefined;
}

/** What a surface is made of: the logarithms of amplitude, of the noise that was not told, and of a length a dimension. */
interface Shape {
  readonly amplitude2: number;
  readonly nugget2: number;
  readonly lengths: readonly number[];
}

/** How well every observation is foretold by the others. */
export interface LeftOut {
  /** Observed less foretold. */
  readonly residual: number;
  /** Standard deviation that the surface gives to that difference. */
  readonly sd: number;
}

/**
 * A Gaussian process with a linear trend: covariance c² + b²·(u − ½)·(v − ½) + s²·exp(−½·Σ((uⱼ − vⱼ)/lⱼ)²), its
 * amplitude, lengths and a noise of its own at the maximum of the marginal likelihood under weak priors.
 * @see C. Rasmussen, C. Williams, Gaussian Processes for Machine Learning, sections 2.2, 2.7 and 5.4
 */
export class Surface {
  readonly lengths: readonly number[];
  readonly amplitude: number;
  private readonly shape: Shape;
  private readonly factor: Cholesky;
  private readonly weights: Float64Array;
  private readonly values: Float64Array;
  private readonly centre: number;
  private readonly trend2: number;

  /** @param observations - at least 2 */
  constructor(private readonly observations: readonly Observation[]) {
    this.centre = observations.reduce((sum, { value }) => sum + value, 0) / observations.length;
    this.values = Float64Array.from(observations, ({ value }) => value - this.centre);
    const spread = Math.max(Math.sqrt(dot(this.values, this.values) / observations.length), 1e-6);
    // Wide beside the data: the trend is theirs alone.
    this.trend2 = (4 * spread) ** 2;
    this.shape = this.fitted(spread);
    this.factor = new Cholesky(this.matrix(this.shape));
    this.weights = this.factor.solve(this.values);
    this.lengths = this.shape.lengths;
    this.amplitude = Math.sqrt(this.shape.amplitude2);
  }

  /** The surface at a point, without the noise of an observation. */
  at(point: Point): Estimate {
    const near = Float64Array.from(this.observations, (other) => this.covariance(point, other.at, this.shape));
    const explained = this.factor.forward(near);
    const variance = this.covariance(point, point, this.shape) - dot(explained, explained);
    return { mean: this.centre + dot(near, this.weights), variance: Math.max(variance, 0) };
  }

  /** Every observation against the surface through the others, shape and trend refitted to none. */
  leftOut(): LeftOut[] {
    const inverse = this.factor.inverseDiagonal();
    return this.observations.map((_, i) => {
      return { residual: this.weights[i]! / inverse[i]!, sd: Math.sqrt(1 / inverse[i]!) };
    });
  }

  private fitted(spread: number): Shape {
    const dimensions = this.observations[0]!.at.length;
    const noise = this.observations.reduce((sum, { variance }) => sum + variance, 0) / this.observations.length;
    const centres = [
      Math.log(spread),
      Math.log(0.3 * Math.sqrt(Math.max(noise, 1e-8 * spread ** 2))),
      ...Array.from({ length: dimensions }, () => Math.log(0.8)),
    ];
    const cost = (at: Float64Array): number => this.misfit(at) + this.unlikely(at, centres);
    const best = lowest(cost, centres, { step: 0.5, least: 0.06 });
    return shapeOf(best);
  }

  /** Minus the logarithm of the marginal likelihood. */
  private misfit(at: Float64Array): number {
    try {
      const factor = new Cholesky(this.matrix(shapeOf(at)));
      return 0.5 * dot(this.values, factor.solve(this.values)) + 0.5 * factor.logDeterminant();
    } catch {
      return Infinity;
    }
  }

  /** Weak priors that keep a shape of few observations from extremes. */
  private unlikely(at: Float64Array, centres: readonly number[]): number {
    return at.reduce((sum, x, j) => sum + 0.5 * ((x - centres[j]!) / (j === 0 ? 1 : 0.7)) ** 2, 0);
  }

  private matrix(shape: Shape): Float64Array[] {
    const n = this.observations.length;
    const matrix = zeros(n, n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix[i]![j] = this.between(i, j, shape);
    return matrix;
  }

  private between(i: number, j: number, shape: Shape): number {
    const [a, b] = [this.observations[i]!, this.observations[j]!];
    const own = i === j ? a.variance + shape.nugget2 + 1e-10 * (shape.amplitude2 + this.trend2) : 0;
    const together = a.instrument !== undefined && a.instrument.name === b.instrument?.name;
    const shared = together
      ? Math.sqrt(a.instrument.variance * b.instrument.variance) * closeness(a.at, b.at, shape)
      : 0;
    return this.covariance(a.at, b.at, shape) + own + shared;
  }

  private covariance(a: Point, b: Point, shape: Shape): number {
    let slope = 0;
    for (let j = 0; j < a.length; j++) slope += (a[j]! - 0.5) * (b[j]! - 0.5);
    return this.trend2 * (1 + slope) + shape.amplitude2 * closeness(a, b, shape);
  }
}

function shapeOf(logs: Float64Array): Shape {
  const [amplitude, nugget, ...lengths] = Array.from(logs, Math.exp);
  return { amplitude2: amplitude! ** 2, nugget2: nugget! ** 2, lengths };
}

function closeness(a: Point, b: Point, { lengths }: Shape): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += ((a[j]! - b[j]!) / lengths[j]!) ** 2;
  return Math.exp(-0.5 * sum);
}
