import { UsageError } from '../errors.js';
import type { Assignments } from './assignments.js';

/** What a name of NeuroSim's list may hold, so that a device can be made of it. */
interface Limit {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** What the number is, for the message. */
  readonly of: string;
  readonly whole?: boolean;
  readonly unit?: 'S';
  /** The name of the switch without which it is not used. */
  readonly with?: string;
  readonly remedy: (value: number) => string;
}

const label = { low: -9, high: 9, of: 'a label NL', remedy: () => 'take the label of the table, not A' };
const pulses = {
  high: 65_536,
  of: 'a whole number of pulses',
  whole: true,
  remedy: () => 'write the pulses of a ramp',
};

/** @param width - maxConductance − minConductance [S] */
function limits(width: number): readonly Limit[] {
  const part = (name: string) => (value: number) =>
    value > 0 && value <= 1
      ? `a part of the range is written ${name} = ${value}*(maxConductance - minConductance)`
      : 'write it in siemens';
  const inRange = (name: string, high: number, of: string) => {
    return { name, low: 0, high, of, unit: 'S', remedy: part(name) } as const;
  };
  return [
    { ...pulses, name: 'maxNumLevelLTP', low: 2 },
    { ...pulses, name: 'maxNumLevelLTD', low: 1 },
    { ...label, name: 'NL_LTP' },
    { ...label, name: 'NL_LTD' },
    inRange('sigmaCtoC', width, 'σ within the range of conductance'),
    { name: 'sigmaDtoD', low: 0, high: 5, of: 'σ of the labels NL', remedy: () => 'write it in labels' },
    {
      ...{ name: 'sigmaReadNoise', low: 0, high: 1, of: 'σ relative to the conductance', with: 'readNoise' },
      remedy: () => 'write it as a fraction',
    },
    ...['maxConductanceVar', 'minConductanceVar'].map((name) => {
      return { ...inRange(name, width / 2, 'σ within half of the range'), with: 'conductanceRangeVar' };
    }),
  ];
}

/**
 * Holds a list's values against what a device can have, by their names and lines in the list.
 * @param file - its name, for messages
 * @throws UsageError for the first that is beyond
 */
export function assertWithinLimits({ values, lines }: Assignments, file: string, width: number): void {
  for (const { name, low, high, of, whole, unit, with: given, remedy } of limits(width)) {
    const value = values.get(name);
    if (value === undefined || (given !== undefined && !values.get(given))) continue;
    if (value >= low && value <= high && (whole !== true || Number.isInteger(value))) continue;
    const shown = (x: number): string => `${Number(x.toPrecision(6))}${unit === undefined ? '' : ` ${unit}`}`;
    const what = `${name}: got ${shown(value)}, expected ${of}, from ${shown(low)} to ${shown(high)}`;
    throw new UsageError({ where: `${file}:${lines.get(name)!}`, what, remedy: remedy(value) });
  }
}
