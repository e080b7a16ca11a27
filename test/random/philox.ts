/** High and low 32 bits of a product of two unsigned 32-bit integers. */
function multiplyWide(a: number, b: number): readonly [high: number, low: number] {
  const product = BigInt(a) * BigInt(b);
  return [Number(product >> 32n), Number(product & 0xffffffffn)];
}

/**
 * Philox-4x32-10, the counter-based generator of Salmon et al. (SC 2011, doi 10.1145/2063384.2063405): a well-tested
 * reference that Mho's own, cheaper hash is held against.
 */
export function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [x0, x1, x2, x3] = counter as [number, number, number, number];
  let [k0, k1] = key as [number, number];
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiplyWide(0xd2511f53, x0);
    const [high2, low2] = multiplyWide(0xcd9e8d57, x2);
    [x0, x1, x2, x3] = [(high2 ^ x1 ^ k0) >>> 0, low2, (high0 ^ x3 ^ k1) >>> 0, low0];
    [k0, k1] = [(k0 + 0x9e3779b9) >>> 0, (k1 + 0xbb67ae85) >>> 0];
  }
  return [x0, x1, x2, x3];
}
