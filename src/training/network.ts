import { fold, keyOf, uniform } from '../random.js';
import { clipToCells, compileCrossbar, encodeWeights } from '../crossbar/program.js';
import type { CrossbarConfig } from '../crossbar/schema.js';
import { compileDevice, type DeviceConfig } from '../device/registry.js';
import type { OnlineSgdProgram, Replica } from '../../kernels/online-sgd/contract.js';
import { MersenneTwister } from './mersenne-twister.js';
import type { InitConfig, NetworkConfig, TrainingConfig } from './schema.js';

export interface NetworkSpec {
  readonly inputs: number;
  readonly network: NetworkConfig;
  readonly crossbar: CrossbarConfig;
  readonly device: DeviceConfig;
  readonly training: TrainingConfig;
}

/** The kernel's program of a network: one crossbar per layer, all of the same device. */
export function compileNetwork(spec: NetworkSpec): OnlineSgdProgram {
  const { network, crossbar, training } = spec;
  const response = compileDevice(spec.device, { window: crossbar.window });
  const layers = network.layers.map(({ units, activation, weightLimit, learningRate }, l) => {
    const inputs = l === 0 ? spec.inputs : network.layers[l - 1]!.units;
    const geometry = { rows: inputs + (network.bias ? 1 : 0), cols: units, weightLimit };
    return {
      crossbar: compileCrossbar(crossbar, response, geometry),
      activation,
      ...(learningRate && { learningRate }),
    };
  });
  const { loss, learningRate, errorPath } = training;
  return { layers, bias: network.bias, loss, learningRate, errorPath };
}

/** A network with its initial weights written into its cells. */
export function createReplica(spec: NetworkSpec, seed: number): Replica {
  const program = compileNetwork(spec);
  const draw = weightSource(spec.network.init, seed);
  const states = program.layers.map(({ crossbar }, l) => {
    const inputs = crossbar.rows - (spec.network.bias ? 1 : 0);
    const weights = draw({ inputs, rows: crossbar.rows, cols: crossbar.cols, layer: l });
    return clipToCells(crossbar, encodeWeights(crossbar, weights, spec.crossbar), seed, l);
  });
  return { program, states, seed };
}

interface LayerShape {
  readonly layer: number;
  /** Rows without the bias. */
  readonly inputs: number;
  readonly rows: number;
  readonly cols: number;
}

/** Draws the initial weights of one layer after the other, shape [rows, cols]. */
function weightSource(init: InitConfig, seed: number): (shape: LayerShape) => Float32Array {
  switch (init.generator) {
    case 'zeros':
      return ({ rows, cols }) => new Float32Array(rows * cols);
    case 'levels':
      return ({ layer, rows, cols }) => {
        const key = fold(keyOf(seed, 'initialWeights'), layer);
        const level = (i: number): number => Math.floor(uniform(key, i) * init.count);
        return Float32Array.from({ length: rows * cols }, (_, i) => init.max * ((2 * level(i)) / (init.count - 1) - 1));
      };
    case 'uniform':
      return (shape) => {
        const key = fold(keyOf(seed, 'initialWeights'), shape.layer);
        const width = widthOf(shape, init.scale);
        return Float32Array.from({ length: shape.rows * shape.cols }, (_, i) => width * (2 * uniform(key, i) - 1));
      };
    case 'numpy-mt19937': {
      const twister = new MersenneTwister(init.seed);
      return (shape) => drawAsNumpy(twister, shape, widthOf(shape, init.scale));
    }
    default:
      return init satisfies never;
  }
}

/** The usual width for sigmoids. */
function widthOf({ inputs, cols }: LayerShape, scale: number): number {
  return scale * 4 * Math.sqrt(6 / (inputs + cols));
}

/** `uniform(-width, width, (out, in))`: numpy fills it output by output. */
function drawAsNumpy(twister: MersenneTwister, { rows, cols }: LayerShape, width: number): Float32Array {
  const weights = new Float32Array(rows * cols);
  for (let j = 0; j < cols; j++) {
    for (let i = 0; i < rows; i++) weights[i * cols + j] = -width + 2 * width * twister.uniform();
  }
  return weights;
}
