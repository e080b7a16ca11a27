import * as tf from '@tensorflow/tfjs';

/** tfjs's backends on which composed kernels run. */
export type ComposedBackend = 'cpu' | 'wasm' | 'tensorflow';

/**
 * Frees every tensor that the work makes, but for those that it keeps with `tf.keep`. Unlike `tf.tidy` it does not look
 * for tensors in what is returned, element by element of the arrays therein.
 */
export function scoped<T>(work: () => T): T {
  const engine = tf.engine();
  engine.startScope();
  try {
    return work();
  } finally {
    engine.endScope();
  }
}

/**
 * Does work with one of tfjs's backends, which has been started before, as the active one, and makes the one that was
 * active before active again. tfjs switches at once between backends that it has started.
 */
export function withBackend<T>(name: ComposedBackend, work: () => T): T {
  const before = tf.engine().backendName;
  if (before === name) return work();
  void tf.setBackend(name);
  try {
    return work();
  } finally {
    if (before) void tf.setBackend(before);
  }
}
