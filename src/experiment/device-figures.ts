import type { DeviceConfig } from '../device/registry.js';
import { alphaOf, labelOfAlpha, type Nonlinearity } from '../device/nonlinearity.js';
import { loadDevice } from './loader.js';

/** The figures by which devices are compared; null where a model has no such figure. */
export interface DeviceFigures {
  readonly states: { readonly ltp: number; readonly ltd: number } | null;
  /** Labels NL of the two branches. */
  readonly nonlinearity: { readonly ltp: number; readonly ltd: number } | null;
  /** Siemens. */
  readonly gMin: number | null;
  readonly gMax: number | null;
  readonly onOffRatio: number | null;
  /** σ of one pulse as a fraction of the range. */
  readonly cycleToCycle: number | null;
  /** σ of a read relative to the conductance. */
  readonly readNoise: number | null;
}

/** The figures of a device file. */
export function deviceFigures(file: string): DeviceFigures {
  const { config } = loadDevice(file);
  const of = (key: string): number | null => numberAt(config, key);
  const [gMin, gMax] = [of('gMin'), of('gMax')];
  return {
    states: statesOf(config),
    nonlinearity: labelsOf(config),
    ...{ gMin, gMax },
    onOffRatio: gMin === null || gMax === null ? null : gMax / gMin,
    cycleToCycle: of('cycleToCycle'),
    readNoise: of('readNoise'),
  };
}

function numberAt(config: DeviceConfig, key: string): number | null {
  const value = (config as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'number' ? value : null;
}

function statesOf(config: DeviceConfig): DeviceFigures['states'] {
  if (!('states' in config)) return null;
  const { states } = config;
  return typeof states === 'number' ? { ltp: states, ltd: states } : states;
}

function labelsOf(config: DeviceConfig): DeviceFigures['nonlinearity'] {
  if (!('nonlinearity' in config)) return null;
  const label = (nonlinearity: Nonlinearity): number =>
    'label' in nonlinearity ? nonlinearity.label : labelOfAlpha(alphaOf(nonlinearity));
  const { ltp, ltd } = config.nonlinearity;
  return { ltp: label(ltp), ltd: label(ltd) };
}
