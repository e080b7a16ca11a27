import { writeNoiseOf, type Response } from '../../../src/device/response.js';
import type { AdapterFacts } from '../../webgpu/adapter.js';
import { fingerprint } from '../../webgpu/tuning.js';
import type { OnlineSgdLayer, OnlineSgdProgram, Replica } from '../contract.js';

/** Counted up when sessions dispatch otherwise, which the shader's code does not show. */
const dispatchVersion = 2;

/**
 * What decides how long a sample takes in each layout: adapter and driver (its description tells it), the kernels' code, and all of the
 * network that lets a kernel do more or less.
 * @param code - the shader's fingerprint
 */
export function layoutKey(facts: AdapterFacts, code: string, replicas: readonly Replica[]): string {
  const { vendor, architecture, device, description } = facts;
  const networks = [...new Set(replicas.map(({ program }) => networkKey(program)))];
  const network = networks.length === 1 ? networks[0]! : `${networks.length} kinds ${fingerprint(networks.join())}`;
  return [vendor, architecture, device, description, code, dispatchVersion, replicas.length, network].join(', ');
}

function networkKey({ layers, bias, loss, errorPath, learningRate }: OnlineSgdProgram): string {
  return [bias ? 'bias' : 'no bias', loss, errorPath, ...layers.map((layer) => layerKey(layer, learningRate))].join(
    '; ',
  );
}

function layerKey({ crossbar, activation, learningRate }: OnlineSgdLayer, rate: number): string {
  const { rows, cols, coding, response, pulsePolicy, converters, conductancePerWeight } = crossbar;
  const asked = (learningRate ?? rate) * conductancePerWeight;
  const effects = [
    crossbar.quantizeWrites && 'levels',
    crossbar.accessCurvature > 0 && 'access resistance',
    coding === 'one-sided-pair' && `refresh at ${crossbar.refreshAt}`,
    ...noises(response),
    ...Object.entries(converters).map(([place, converter]) => `${place} ${JSON.stringify(converter)}`),
  ].filter((effect) => effect !== false);
  return [rows, cols, coding, response.kind, pulsePolicy, activation, ...pulses(response, asked), ...effects].join(' ');
}

/** How many pulses are asked for, to a factor of two. */
function pulses(response: Response, asked: number): string[] {
  if (response.kind === 'ideal') return [];
  const { up, down } = response.pulsesPerRange;
  return [`2^${Math.round(Math.log2(asked * Math.max(up, down)))} pulses`];
}

function noises(response: Response): (string | false)[] {
  if (response.kind === 'ideal') return [];
  const relative = response.kind === 'table' ? 0 : (response.stepNoise ?? 0);
  const ofPulses = response.kind !== 'table' && response.cycleToCycle > 0;
  return [
    ofPulses && 'cycle-to-cycle noise',
    relative > 0 && 'step noise',
    response.readNoise > 0 && 'read noise',
    writeNoiseOf(response) > 0 && 'write noise',
  ];
}
