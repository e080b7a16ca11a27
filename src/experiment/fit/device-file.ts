import path from 'node:path';
import { stringify } from 'yaml';
import type { RampFit } from '../../device/fit/result.js';
import { deviceModels, deviceSchema, compileDevice } from '../../device/registry.js';
import { UsageError } from '../../errors.js';
import { siUnit } from '../../units.js';

/** What the device file says of where its values come from. */
export interface FitSource {
  /** Files of ramps. */
  readonly files: readonly string[];
  /** Names of the tables' files beside the device file. */
  readonly tables: { readonly increasing: string; readonly decreasing: string };
  readonly report: string;
}

/**
 * A device file of a fit, whole: `mho run --set device=…` takes it.
 * @throws UsageError where the fitted values make no device that can be trained
 */
export function deviceFile(fit: RampFit, source: FitSource): string {
  const tree = treeOf(fit, source);
  assertTrains(fit, tree);
  return `# Made by mho fit; what it rests on is in ${source.report}.\n${stringify(tree, { lineWidth: 120 })}`;
}

type Tree = Record<string, unknown>;

function treeOf(fit: RampFit, source: FitSource): Tree {
  const files = source.files.map((file) => path.basename(file)).join(', ');
  const head = {
    name: `Fit of ${files}`,
    description: `Model ${fit.model}, fitted to ${fit.ramps.ltp} LTP and ${fit.ramps.ltd} LTD ramps of ${fit.pulses.ltp} and ${fit.pulses.ltd} pulses.`,
    source: files,
    model: fit.model,
  };
  if (fit.model === 'lookup-table') {
    const origin = { files: `measured: ${files}`, readNoise: 'defined: what reads add is part of the tables' };
    return { ...head, files: source.tables, readNoise: 0, origin };
  }
  const parameters = parametersOf(fit);
  const origins = Object.keys(parameters).map((key) => [key, originOf(key, fit, files)]);
  return { ...head, ...parameters, origin: Object.fromEntries(origins) as Tree };
}

function parametersOf({ model, device, spread }: RampFit): Tree {
  const { states, alpha, exponent } = device;
  const branchwise = model === 'exponential' || model === 'power';
  return {
    gMin: siemens(device.gMin),
    gMax: siemens(device.gMax),
    states: branchwise ? states : states.ltp,
    ...(alpha && { nonlinearity: { ltp: { alpha: rounded(alpha.ltp) }, ltd: { alpha: rounded(alpha.ltd) } } }),
    ...(exponent && { exponent: { ltp: rounded(exponent.ltp), ltd: rounded(exponent.ltd) } }),
    cycleToCycle: rounded(device.cycleToCycle),
    readNoise: rounded(device.readNoise),
    ...(spread && takesSpread(model) && { deviceToDevice: spreadOf(spread) }),
  };
}

/** Whether a model has cells that differ from one another. */
export function takesSpread(model: string): boolean {
  return Object.hasOwn(deviceModels.find(({ name }) => name === model)!.schema.shape, 'deviceToDevice');
}

function spreadOf({ sigma }: NonNullable<RampFit['spread']>): Tree {
  return {
    ltp: rounded(Math.min(5, sigma.ltp.sigma)),
    ltd: rounded(Math.min(5, sigma.ltd.sigma)),
    gMax: rounded(Math.min(0.5, sigma.gMax.sigma)),
    gMin: rounded(Math.min(0.5, sigma.gMin.sigma)),
  };
}

function originOf(key: string, fit: RampFit, files: string): string {
  const of = `${files}, ${fit.options.confidence * 100} % interval in the report`;
  if (key === 'cycleToCycle') return `fitted: steps of ${files}, reads' noise taken off`;
  if (key === 'readNoise') return `fitted: correlation of consecutive steps of ${files}`;
  if (key === 'deviceToDevice') return `fitted: ${fit.devices} devices, each by itself`;
  if (key === 'gMin' || key === 'gMax') return `fitted: ${fit.options.range} of LTP's and LTD's range, ${of}`;
  return `fitted: ${of}`;
}

function siemens(value: number): string {
  return `${Number((value * 1e6).toPrecision(6))} u${siUnit('conductance')}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

/** Compiles what the file will hold, so that a run does not find out later. */
function assertTrains(fit: RampFit, tree: Tree): void {
  const tables = fit.tables && { increasing: fit.tables.ltp.table, decreasing: fit.tables.ltd.table };
  const { success, data, error } = deviceSchema.safeParse(tables ? { ...tree, tables } : tree);
  if (success) {
    compileDevice(data, { window: [0, 1] });
    return;
  }
  const [first] = error.issues;
  const what = `no device follows: ${first!.path.join('.')} ${first!.message}`;
  throw new UsageError({ where: `fit ${fit.model}`, what, remedy: 'try another --model, or --model lookup-table' });
}
