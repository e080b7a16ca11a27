import type { PointValue } from '../results/sweep.js';

/** One axis of a sweep, as figures draw it. */
export interface SweepAxis {
  readonly path: string;
  /** `cycleToCycle`: the last names of the path that say which it is. */
  readonly label: string;
  /** In rising order where they are numbers, else as they came. */
  readonly values: readonly PointValue[];
  readonly numeric: boolean;
  /** Of Vega-Lite, without the field. */
  readonly encoding: object;
  /** Where a value lies along the axis. */
  place(value: PointValue): number | string;
}

export function axisOf(
  path: string,
  points: readonly { readonly values: Readonly<Record<string, PointValue>> }[],
): SweepAxis {
  const values = [...new Set(points.map((point) => point.values[path] ?? null))];
  const label = labelOf(path);
  const unit = commonUnit(values);
  if (unit === undefined) {
    const place = (value: PointValue): string => String(value);
    const encoding = {
      type: 'nominal',
      title: label,
      sort: values.map(place),
      axis: { labelAngle: 0, labelLimit: 90, labelOverlap: true },
    };
    return { path, label, values, numeric: false, encoding, place };
  }
  const place = (value: PointValue): number => parseFloat(String(value));
  const sorted = [...values].sort((a, b) => place(a) - place(b));
  const numbers = sorted.map(place);
  const scale = isGeometric(numbers) ? { type: 'log', nice: false } : { zero: false, nice: false, padding: 6 };
  const title = unit === '' ? label : `${label} (${unit})`;
  return {
    path,
    label,
    values: sorted,
    numeric: true,
    encoding: { type: 'quantitative', title, scale, axis: { tickCount: 6, labelOverlap: true } },
    place,
  };
}

/** `device.nonlinearity.ltp.label` → `nonlinearity.ltp.label`: without the first name, where others follow. */
function labelOf(path: string): string {
  const steps = path.split('.');
  return steps.length > 1 ? steps.slice(1).join('.') : path;
}

const quantity = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*(\S*)\s*$/i;

/** The unit of values that are numbers, or quantities in one unit; undefined of others. */
function commonUnit(values: readonly PointValue[]): string | undefined {
  const units = values.map((value) => (typeof value === 'boolean' ? undefined : quantity.exec(String(value))?.[1]));
  const [first] = units;
  return units.every((unit) => unit !== undefined && unit === first) ? first : undefined;
}

/** Whether a logarithm spreads the values more evenly: all above zero, over more than a factor of twenty, most near the least. */
function isGeometric(sorted: readonly number[]): boolean {
  const [least, middle, most] = [sorted[0]!, sorted[sorted.length >> 1]!, sorted.at(-1)!];
  return sorted.length > 2 && least > 0 && most / least > 20 && middle < most / 3;
}
