import { UsageError } from '../errors.js';
import { pulsesOverRange, stepCurves } from '../device/pulse-train.js';
import { compileDevice, type DeviceConfig } from '../device/registry.js';
import type { OwnResponse, TableResponse } from '../device/response.js';
import { alphaOf, labelOfAlpha, type Nonlinearity } from '../device/nonlinearity.js';
import { loadDevice } from './loader.js';

/** The figures by which devices are compared; null where a model has no such figure. */
export interface DeviceFigures {
  /** Pulses of a measured table are those of the mean step over the middle of its range. */
  readonly states: { readonly ltp: number; readonly ltd: number } | null;
  /** Labels NL of the two branches. */
  readonly nonlinearity: { readonly ltp: number; readonly ltd: number } | null;
  /** Siemens. */
  readonly gMin: number | null;
  readonly gMax: number | null;
  readonly onOffRatio: number | null;
  /** σ of one pulse as a fraction of the range; its root mean square where it depends on the conductance. */
  readonly cycleToCycle: number | null;
  /** σ of a read relative to the conductance. */
  readonly readNoise: number | null;
}

/** The figures of a device file. */
export function deviceFigures(file: string): DeviceFigures {
  const { config } = loadDevice(file);
  const response = compileDevice(config, { window });
  if (response.kind === 'ideal') return noFigures;
  const { gMin, gMax, readNoise } = response;
  return {
    states: statesOf(config, response),
    nonlinearity: labelsOf(config),
    ...{ gMin, gMax, onOffRatio: gMax / gMin },
    cycleToCycle: noiseOf(response),
    readNoise,
  };
}

/** The same of a device whose measured tables may not be at hand; without them it has no figures. */
export function figuresAtHand(file: string): DeviceFigures {
  try {
    return deviceFigures(file);
  } catch (error) {
    if (error instanceof UsageError) return noFigures;
    throw error;
  }
}

/** The window that experiments have unless told. */
const window = [0.25, 0.75] as const;

const noFigures: DeviceFigures = {
  ...{ states: null, nonlinearity: null, gMin: null, gMax: null },
  ...{ onOffRatio: null, cycleToCycle: null, readNoise: null },
};

function statesOf(config: DeviceConfig, response: OwnResponse | TableResponse): DeviceFigures['states'] {
  if (!('states' in config)) {
    const { up, down } = pulsesOverRange(response);
    return { ltp: up, ltd: down };
  }
  const { states } = config;
  return typeof states === 'number' ? { ltp: states, ltd: states } : states;
}

function noiseOf(response: OwnResponse | TableResponse): number {
  if (response.kind !== 'table' && (response.stepNoise ?? 0) === 0) return response.cycleToCycle;
  const { up, down } = stepCurves(response);
  const squares = [up, down].flatMap(({ low, high }) => low.map((edge, i) => ((high[i]! - edge) / 2) ** 2));
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

function labelsOf(config: DeviceConfig): DeviceFigures['nonlinearity'] {
  if (!('nonlinearity' in config)) return null;
  const label = (nonlinearity: Nonlinearity): number =>
    'label' in nonlinearity ? nonlinearity.label : labelOfAlpha(alphaOf(nonlinearity));
  const { ltp, ltd } = config.nonlinearity;
  return { ltp: label(ltp), ltd: label(ltd) };
}
