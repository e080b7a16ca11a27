import * as tf from '@tensorflow/tfjs';

/** What one core of this machine moves and computes, measured in the run in which it is compared with. */
export interface Limits {
  /** Bytes a second, read and written, of copies of arrays that come to so many bytes together. */
  readonly bandwidth: readonly { readonly bytes: number; readonly bytesPerSecond: number }[];
  /** Additions and multiplications a second of float32 in WebAssembly's vectors of 128 bits. */
  readonly operationsPerSecond: number;
}

const sizes = [2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24, 2 ** 28];
const seconds = 0.2;
const order = 512;

/** Takes about two seconds, with tfjs's wasm backend active. */
export function probeMachine(): Limits {
  return {
    bandwidth: sizes.map((bytes) => ({ bytes, bytesPerSecond: copyRate(bytes) })),
    operationsPerSecond: productRate(),
  };
}

/** The rate at the least size that holds an array; that of the largest beyond. */
export function bandwidthAt({ bandwidth }: Limits, workingSet: number): number {
  return (bandwidth.find(({ bytes }) => bytes >= workingSet) ?? bandwidth.at(-1)!).bytesPerSecond;
}

function copyRate(bytes: number): number {
  const from = new Float32Array(bytes / 8).fill(1);
  const to = new Float32Array(bytes / 8);
  return (
    bytes *
    best(() => {
      to.set(from);
    })
  );
}

/** tfjs's product of two matrices, which stay in the caches: some of the fastest code for these vectors. */
function productRate(): number {
  return tf.tidy(() => {
    const [a, b] = [tf.ones<tf.Rank.R2>([order, order]), tf.ones<tf.Rank.R2>([order, order])];
    return (
      2 *
      order ** 3 *
      best(() => {
        tf.matMul(a, b).dispose();
      })
    );
  });
}

/** Times a second, at its fastest: the best of windows, since other work only takes away. */
function best(work: () => void): number {
  work();
  let fastest = 0;
  for (const end = performance.now() + 1000 * seconds; performance.now() < end;) {
    const started = performance.now();
    let times = 0;
    do {
      work();
      times++;
    } while (performance.now() - started < 5);
    fastest = Math.max(fastest, (1000 * times) / (performance.now() - started));
  }
  return fastest;
}
