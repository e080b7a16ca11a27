/**
 * MT19937 as numpy's `RandomState` draws from it: initial weights of numpy programs can be repeated to the bit.
 * @see M. Matsumoto, T. Nishimura, ACM TOMACS 8 (1998) 3
 */
export class MersenneTwister {
  private readonly state = new Uint32Array(624);
  private index = 624;

  /** @param seed - unsigned 32-bit integer, as `numpy.random.seed(seed)` takes it */
  constructor(seed: number) {
    this.state[0] = seed;
    for (let i = 1; i < 624; i++) {
      const previous = this.state[i - 1]! ^ (this.state[i - 1]! >>> 30);
      this.state[i] = Math.imul(1812433253, previous) + i;
    }
  }

  private refill(): void {
    const { state } = this;
    for (let i = 0; i < 624; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % 624]! & 0x7fffffff);
      state[i] = state[(i + 397) % 624]! ^ (y >>> 1) ^ ((y & 1) * 0x9908b0df);
    }
    this.index = 0;
  }

  private next32(): number {
    if (this.index >= 624) this.refill();
    let y = this.state[this.index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** Uniform in [0, 1) with 53 bits: numpy's `random_sample()`. */
  uniform(): number {
    const high = this.next32() >>> 5;
    const low = this.next32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }
}
