import { fold, keyOf, uniform } from '../random.js';
import { clipToCells, encodeWeights } from '../crossbar/weights.js';
import { compileCrossbar } from '../crossbar/program.js';
import type { Setup } from '../crossbar/effects/effect.js';
import { withoutEffects } from '../crossbar/effects/remove.js';
import type { CrossbarConfig } from '../crossbar/schema.js';
import { compileDevice, type DeviceConfig } from '../device/registry.js';
import type { OnlineSgdProgram, Replica } from '../../kernels/online-sgd/contract.js';
import { MersenneTwister } from './mersenne-twister.js';
import type { ConditionsConfig } from './conditions.js';
import type { InitConfig, NetworkConfig, TrainingConfig } from './schema.js';

export interface NetworkSpec {
  readonly inputs: number;
  readonly network: NetworkConfig;
  readonly crossbar: CrossbarConfig;
  readonly device: DeviceConfig;
  readonly training: TrainingConfig;
  /** Names of effects that are switched off; none unless told. */
  readonly without?: readonly string[] | undefined;
  /** Where no time passes, undefined or `none`, cells forget nothing. */
  readonly conditions?: ConditionsConfig | 'none' | undefined;
}

/**
 * The kernel's program of a network: one crossbar per layer, all of the same device.
 * @throws UsageError where an effect that is to be switched off cannot be
 */
export function compileNetwork(spec: NetworkSpec): OnlineSgdProgram {
  return compileWith(spec, remainingSetup(spec));
}

/** The compiled device and its crossbar, with every effect that they have where time passes as `conditions` say. */
export function setupOf({
  device,
  crossbar,
  conditions,
}: Pick<NetworkSpec, 'device' | 'crossbar' | 'conditions'>): Setup {
  const response = compileDevice(device, { window: crossbar.window });
  const timeless = response.kind !== 'ideal' && (conditions === undefined || conditions === 'none');
  return { crossbar, response: timeless ? { ...response, retention: undefined } : response };
}

function remainingSetup(spec: NetworkSpec): Setup {
  return withoutEffects(setupOf(spec), spec.without ?? []);
}

function compileWith(spec: NetworkSpec, { response, crossbar }: Setup): OnlineSgdProgram {
  const { network, training } = spec;
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
  const setup = remainingSetup(spec);
  const program = compileWith(spec, setup);
  const draw = weightSource(spec.network.init, seed);
  const states = program.layers.map(({ crossbar }, l) => {
    const inputs = crossbar.rows - (spec.network.bias ? 1 : 0);
    const weights = draw({ inputs, rows: crossbar.rows, cols: crossbar.cols, layer: l });
    return clipToCells(crossbar, encodeWeights(crossbar, weights, setup.crossbar), seed, l);
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
