import * as tf from '@tensorflow/tfjs';
import type { Activation, Loss } from '../arithmetic.js';

/** Activations and errors of one sample or a batch, shape [batch, units]. */
type Rows = tf.Tensor2D;

export function activated(values: Rows, activation: Activation): Rows {
  switch (activation) {
    case 'identity':
      return values;
    case 'sigmoid':
      return tf.sigmoid(values);
    case 'tanh':
      return tf.tanh(values);
    case 'relu':
      return tf.relu(values);
    case 'softmax':
      return tf.softmax(values);
    default:
      return activation satisfies never;
  }
}

/** Times the derivative of an activation, taken from its output z; softmax's is in {@link outputError}. */
export function timesDerivative(delta: Rows, z: Rows, activation: Activation): Rows {
  switch (activation) {
    case 'sigmoid':
      return tf.mul(delta, tf.mul(z, tf.sub(1, z)));
    case 'tanh':
      return tf.mul(delta, tf.sub(1, tf.square(z)));
    case 'relu':
      return tf.mul(delta, tf.cast(tf.greater(z, 0), 'float32'));
    case 'identity':
    case 'softmax':
      return delta;
    default:
      return activation satisfies never;
  }
}

/** δ of the output layer, −∂loss/∂(input of the activation), for a one-hot target. */
export function outputError(z: Rows, target: Rows, activation: Activation, loss: Loss): Rows {
  const difference = tf.sub<Rows>(target, z);
  if (loss === 'cross-entropy') return difference;
  if (activation !== 'softmax') return timesDerivative(difference, z, activation);
  const mean = tf.sum(tf.mul(z, difference), 1, true);
  return tf.mul(z, tf.sub(difference, mean));
}
