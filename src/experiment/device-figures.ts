import { UsageError } from '../errors.js';
import { pulsesAtMeanStep } from '../device/curve.js';
import { stepCurves } from '../device/pulse-train.js';
import { compileDevice, type DeviceConfig } from '../device/registry.js';
import { meanStep, type Directions, type OwnResponse, type TableResponse } from '../device/response.js';
import { alphaOf, labelOfAlpha, type Nonlinearity } from '../device/nonlinearity.js';
import { loadDevice } from './loader.js';

/** The figures by which devices are compared; null where a model has no such figure. */
export interface DeviceFigures {
  /**
   * The range over the mean step of one pulse, every conductance of the range alike in weight: the same of every model,
   * and so not the `states` that a file of some models states, which are pulses along a ramp.
   */
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
    states: statesOf(response),
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

function statesOf(response: OwnResponse | TableResponse): DeviceFigures['states'] {
  const states = (direction: keyof Directions<never>): number =>
    pulsesAtMeanStep((g) => meanStep(response, g, direction));
  return { ltp: states('up'), ltd: states('down') };
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
