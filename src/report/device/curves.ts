import type { DeviceConfig } from '../../device/registry.js';
import { compileDevice } from '../../device/registry.js';
import { pulsesToCover, pulseTrains, stepCurves, type BandedCurve } from '../../device/pulse-train.js';
import type { Directions, OwnResponse, TableResponse } from '../../device/response.js';

/** What a device's curves are drawn from. */
export interface DeviceCurves {
  /** `cells`: siemens. `weights`: no cells, so that all is in units of one request ΔW. */
  readonly of: 'cells' | 'weights';
  /** Conductance against the number of pulses: LTP from the bottom, then LTD. */
  readonly trains: Directions<BandedCurve>;
  /** ΔG of one pulse against conductance, before the bounds cut it. */
  readonly steps: Directions<BandedCurve>;
  /** Where the trains without noise end, as fractions of the range: LTP should be near 1 and LTD near 0. */
  readonly ends: Directions<number>;
  /** Of a table of several devices: the same curves of each, without noise. */
  readonly devices: readonly Pick<DeviceCurves, 'trains' | 'steps'>[];
}

/** The window that experiments have unless told, over which a measured table's mean step is taken. */
const window = [0.25, 0.75] as const;

/** Requests that are drawn of a device without pulses. */
const requests = 20;

/**
 * The curves of a device, of its compiled response as training sees it.
 * @param pulses - in each direction; unless told, those that show the whole range
 */
export function deviceCurves(config: DeviceConfig, pulses?: number): DeviceCurves {
  const response = compileDevice(config, { window });
  if (response.kind === 'ideal') return idealCurves(pulses ?? requests);
  const { gMin, gMax } = response;
  const range = gMax - gMin;
  const counts = pulses === undefined ? pulsesToCover(response) : { up: pulses, down: pulses };
  const conductance = (g: number): number => gMin + g * range;
  const step = (g: number): number => g * range;
  const same = (pulse: number): number => pulse;
  const trains = pulseTrains(response, counts);
  return {
    of: 'cells',
    ends: { up: trains.up.mean.at(-1)!, down: trains.down.mean.at(-1)! },
    trains: both(trains, same, conductance),
    steps: both(stepCurves(response), conductance, step),
    devices: singleDevices(response).map((device) => ({
      trains: both(pulseTrains(device, counts, 1), same, conductance),
      steps: both(stepCurves(device), conductance, step),
    })),
  };
}

/** The devices of a table of several, each by itself. */
function singleDevices(response: OwnResponse | TableResponse): TableResponse[] {
  if (response.kind !== 'table') return [];
  return (response.devices ?? []).map((device) => ({ ...response, ...device, devices: undefined }));
}

function both(
  { up, down }: Directions<BandedCurve>,
  along: (at: number) => number,
  value: (g: number) => number,
): Directions<BandedCurve> {
  const scaled = ({ at, mean, low, high }: BandedCurve): BandedCurve => ({
    ...{ at: at.map(along), mean: mean.map(value) },
    ...{ low: low.map(value), high: high.map(value) },
  });
  return { up: scaled(up), down: scaled(down) };
}

/** Each request moves the weight by what was asked: up by one, then down by one. */
function idealCurves(count: number): DeviceCurves {
  const numbers = Array.from({ length: count + 1 }, (_, i) => i);
  const exact = (at: readonly number[], mean: readonly number[]): BandedCurve => ({ at, mean, low: mean, high: mean });
  const constant = (step: number) => exact([0, count], [step, step]);
  return {
    of: 'weights',
    ends: { up: 1, down: 0 },
    trains: {
      up: exact(numbers, numbers),
      down: exact(
        numbers.map((i) => count + i),
        numbers.map((i) => count - i),
      ),
    },
    steps: { up: constant(1), down: constant(-1) },
    devices: [],
  };
}
