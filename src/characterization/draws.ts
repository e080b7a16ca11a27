import { normal, uniform, type Key } from '../random.js';

/** Draws of one stream in order: the noise of an instrument that reads again and again. */
export class Draws {
  private counter = 0;

  constructor(private readonly key: Key) {}

  normal(): number {
    return normal(this.key, this.counter++);
  }

  uniform(): number {
    return uniform(this.key, this.counter++);
  }

  /** A reading of a value with noise relative to it. */
  reading(value: number, noise: number): number {
    return noise === 0 ? value : value * (1 + noise * this.normal());
  }

  /** A positive factor of the given spread of its logarithm. */
  factor(spread: number): number {
    return spread === 0 ? 1 : Math.exp(spread * this.normal());
  }
}
