/** High 32 bits of a product of two unsigned 32-bit integers, in halves so that every step is exact in a double. */
function multiplyHigh(a: number, b: number): number {
  const [lowA, highA, lowB, highB] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = highA * lowB + ((lowA * lowB) >>> 16);
  const rest = lowA * highB + (middle & 0xffff);
  return highA * highB + (middle >>> 16) + (rest >>> 16);
}

/**
 * Philox-4x32-10, the counter-based generator of Salmon et al. (SC 2011, doi 10.1145/2063384.2063405): a well-tested
 * reference that Mho's own, cheaper hash is held against.
 */
export function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [x0, x1, x2, x3] = counter as [number, number, number, number];
  let [k0, k1] = key as [number, number];
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = [multiplyHigh(0xd2511f53, x0), Math.imul(0xd2511f53, x0) >>> 0];
    const [high2, low2] = [multiplyHigh(0xcd9e8d57, x2), Math.imul(0xcd9e8d57, x2) >>> 0];
    [x0, x1, x2, x3] = [(high2 ^ x1 ^ k0) >>> 0, low2, (high0 ^ x3 ^ k1) >>> 0, low0];
    [k0, k1] = [(k0 + 0x9e3779b9) >>> 0, (k1 + 0xbb67ae85) >>> 0];
  }
  return [x0, x1, x2, x3];
}
