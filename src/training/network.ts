import { fold, keyOf, uniform } from '../random.js';
import { compileCrossbar, encodeWeights } from '../crossbar/program.js';
import type { CrossbarConfig } from '../crossbar/schema.js';
import { compileDevice, type DeviceConfig } from '../device/registry.js';
import type { OnlineSgdProgram, Replica } from '../../kernels/online-sgd/contract.js';
import type { NetworkConfig, TrainingConfig } from './schema.js';

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
  const layers = network.layers.map(({ units, activation, weightLimit }, l) => {
    const inputs = l === 0 ? spec.inputs : network.layers[l - 1]!.units;
    const geometry = { rows: inputs + (network.bias ? 1 : 0), cols: units, weightLimit };
    return { crossbar: compileCrossbar(crossbar, response, geometry), activation };
  });
  const { loss, learningRate, errorPath } = training;
  return { layers, bias: network.bias, loss, learningRate, errorPath };
}

/** A network with its initial weights written into its cells. */
export function createReplica(spec: NetworkSpec, seed: number): Replica {
  const program = compileNetwork(spec);
  const states = program.layers.map(({ crossbar }, l) => {
    const bias = spec.network.bias ? 1 : 0;
    const weights = initialWeights(spec.network.init, crossbar.rows - bias, crossbar.rows, crossbar.cols, seed, l);
    return encodeWeights(crossbar, weights, spec.crossbar);
  });
  return { program, states, seed };
}

/** U(±scale·4·√(6/(n_in + n_out))), the usual width for sigmoids; shape [rows, cols]. */
function initialWeights(
  { generator, scale }: NetworkConfig['init'],
  inputs: number,
  rows: number,
  cols: number,
  seed: number,
  layer: number,
): Float32Array {
  if (generator === 'zeros') return new Float32Array(rows * cols);
  const key = fold(keyOf(seed, 'initialWeights'), layer);
  const width = scale * 4 * Math.sqrt(6 / (inputs + cols));
  return Float32Array.from({ length: rows * cols }, (_, i) => width * (2 * uniform(key, i) - 1));
}
