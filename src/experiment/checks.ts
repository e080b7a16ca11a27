import { z } from 'zod';
import { datasetNames, datasetSource } from '../../datasets/registry.js';
import { deviceModels } from '../device/registry.js';
import type { DeviceConfig } from '../device/registry.js';
import { tableAgainst } from '../device/lookup-table.js';
import { formatQuantity } from '../units.js';
import type { ConfigPath } from './place.js';

/** A failed check across several values, at the one that the user would change. */
export interface CheckFailure {
  readonly path: ConfigPath;
  readonly what: string;
  readonly remedy: string;
}

/** Cells' conductances in siemens, and what tells a device's tables. */
export interface DeviceFacts {
  readonly model: string;
  readonly gMin?: number;
  readonly gMax?: number;
  readonly files?: unknown;
  readonly tables?: unknown;
}

const lenient = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined);

/**
 * The few values that the checks compare, each undefined where it is absent or wrong in itself: a mistake in one value
 * must not hide one between others.
 */
const factsSchema = z.object({
  dataset: lenient(z.object({ name: lenient(z.enum(datasetNames)) })),
  network: lenient(z.object({ layers: lenient(z.array(z.unknown())) })),
  device: lenient(z.object({ model: lenient(z.enum(deviceModels.map(({ name }) => name))) })),
  training: lenient(
    z.object({ loss: lenient(z.string()), order: lenient(z.string()), samplesPerEpoch: lenient(z.number()) }),
  ),
});

const layerFacts = z
  .object({ units: lenient(z.int()), activation: lenient(z.string()), weightLimit: z.unknown().optional() })
  .catch({ units: undefined, activation: undefined, weightLimit: null });

interface Facts {
  readonly classes: number | undefined;
  readonly dataset: string | undefined;
  readonly layers: readonly z.output<typeof layerFacts>[];
  readonly model: string | undefined;
  readonly loss: string | undefined;
  readonly order: string | undefined;
  readonly samplesPerEpoch: number | undefined;
}

/** Holds the values of an experiment, as written, against each other. */
export function checkExperiment(plain: unknown): CheckFailure[] {
  const { dataset, network, device, training } = factsSchema.parse(plain);
  const name = dataset?.name;
  const facts: Facts = {
    dataset: name,
    classes: name === undefined ? undefined : datasetSource(name).classes,
    layers: (network?.layers ?? []).map((layer) => layerFacts.parse(layer)),
    model: device?.model,
    loss: training?.loss,
    order: training?.order,
    samplesPerEpoch: training?.samplesPerEpoch,
  };
  return [unitsOfOutput, weightLimits, softmaxLast, outputOfLoss, drawnSamples].flatMap((check) => check(facts));
}

/** Holds the values of a device against each other. Parsed, in SI units. */
export function checkDevice(device: DeviceFacts): CheckFailure[] {
  return [...conductanceRange(device), ...measuredTables(device)];
}

function unitsOfOutput({ classes, dataset, layers }: Facts): CheckFailure[] {
  const last = layers.at(-1);
  if (classes === undefined || last?.units === undefined || last.units === classes) return [];
  const what = `got ${last.units}, but ${dataset!} has ${classes} classes`;
  return [{ path: layerPath(layers.length - 1, 'units'), what, remedy: `write units: ${classes} in the last layer` }];
}

function weightLimits({ layers, model }: Facts): CheckFailure[] {
  if (model === undefined || model === 'ideal') return [];
  return layers.flatMap(({ weightLimit }, i) => {
    if (weightLimit !== undefined) return [];
    const what = `is missing, expected a number > 0, because a cell of the ${model} device is bounded`;
    return [{ path: layerPath(i, 'weightLimit'), what, remedy: 'write the |w| at the edge of the window' }];
  });
}

function softmaxLast({ layers }: Facts): CheckFailure[] {
  return layers.slice(0, -1).flatMap(({ activation }, i) => {
    if (activation !== 'softmax') return [];
    const what = 'got softmax in a hidden layer, expected it in the last layer only';
    return [{ path: layerPath(i, 'activation'), what, remedy: 'write sigmoid, tanh, relu or identity' }];
  });
}

function outputOfLoss({ layers, loss }: Facts): CheckFailure[] {
  const last = layers.at(-1);
  // A layer that says nothing is a sigmoid.
  const activation = last?.activation ?? 'sigmoid';
  if (!last || loss !== 'cross-entropy' || ['sigmoid', 'softmax'].includes(activation)) return [];
  const what = `got cross-entropy, but the last layer is ${activation}`;
  return [{ path: ['training', 'loss'], what, remedy: 'make the last layer sigmoid or softmax' }];
}

/** Only images that are drawn at random can be more or fewer than there are. */
function drawnSamples({ order = 'file', samplesPerEpoch }: Facts): CheckFailure[] {
  if (samplesPerEpoch === undefined || order === 'random') return [];
  const what = `got ${samplesPerEpoch}, but with the order ${order} an epoch is every image once`;
  return [{ path: ['training', 'samplesPerEpoch'], what, remedy: 'write order: random, or use dataset.trainSubset' }];
}

function conductanceRange({ gMin, gMax }: DeviceFacts): CheckFailure[] {
  if (gMin === undefined || gMax === undefined || gMin < gMax) return [];
  const [low, high] = [gMin, gMax].map((value) => formatQuantity(value, 'conductance'));
  return [{ path: ['gMax'], what: `got ${high}, expected more than gMin, ${low}`, remedy: 'swap gMin and gMax' }];
}

function measuredTables({ model, files, tables }: DeviceFacts): CheckFailure[] {
  if (model !== 'lookup-table' || files !== undefined || tables !== undefined) return [];
  const what = 'is missing, expected the paths of two measured tables';
  return [{ path: ['files'], what, remedy: 'write files: { increasing: …, decreasing: … }' }];
}

/** Measured tables that would lead cells the wrong way in this window. Of a device that is right in itself. */
export function tablesAgainst(device: DeviceConfig, window: readonly [low: number, high: number]): CheckFailure[] {
  if (device.model !== 'lookup-table' || !device.tables) return [];
  const several = Array.isArray(device.tables);
  const against = tableAgainst([device.tables].flat(), window);
  if (!against) return [];
  const { pair, table, what, remedy } = against;
  return [{ path: ['device', 'tables', ...(several ? [pair] : []), table], what: `its ${what}`, remedy }];
}

function layerPath(index: number, key: string): ConfigPath {
  return ['network', 'layers', index, key];
}
