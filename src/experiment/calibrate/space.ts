import type { Point } from '../../statistics/sampling.js';
import type { Destination, Parameter } from './schema.js';

/** Values of parameters by name, in the order of the file. */
export type Values = Readonly<Record<string, number>>;

/**
 * A parameter's value at a place between 0 and 1 of its range, on its scale. A whole number has a slice of its own,
 * as wide for the ends as for the others on a linear scale. Six significant digits: what is written is what is run.
 */
export function valueAt(parameter: Parameter, place: number): number {
  const [low, high] = ends(parameter);
  const { scale, integer, range } = parameter;
  const value = scale === 'log' ? low * (high / low) ** place : low + place * (high - low);
  if (integer) return Math.min(range[1], Math.max(range[0], Math.round(value)));
  return Number(value.toPrecision(6));
}

/** Inverse of {@link valueAt}; of a whole number the middle of its slice. */
export function placeOf(parameter: Parameter, value: number): number {
  const [low, high] = ends(parameter);
  return parameter.scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

function ends({ range: [low, high], integer }: Parameter): readonly [number, number] {
  return integer ? [low - 0.5, high + 0.5] : [low, high];
}

/** The values at a point of the unit cube. */
export function valuesAt(parameters: readonly Parameter[], point: Point): Values {
  return Object.fromEntries(parameters.map((parameter, j) => [parameter.name, valueAt(parameter, point[j]!)]));
}

/** The point that values stand for: with whole numbers, another than the one that they were drawn at. */
export function pointOf(parameters: readonly Parameter[], values: Values): Point {
  return Float64Array.from(parameters, (parameter) => placeOf(parameter, values[parameter.name]!));
}

/** A value that goes to one place of an experiment. */
export interface Assignment {
  readonly path: string;
  /** As `--set` takes it. */
  readonly text: string;
}

/** What a target's experiment is given at a point. */
export function assignmentsOf(parameters: readonly Parameter[], values: Values, target: string): Assignment[] {
  return parameters.flatMap((parameter) =>
    parameter.sets.filter((one) => isFor(one, target)).map((one) => assignmentOf(one, values[parameter.name]!)),
  );
}

/** Whether a destination belongs to a target. */
export function isFor({ target: only }: Destination, target: string): boolean {
  return only === undefined || only === target;
}

/** A parameter's value as one destination takes it; eight significant digits. */
export function assignmentOf({ path, factor, unit }: Destination, value: number): Assignment {
  const number = Number((value * factor).toPrecision(8));
  return { path: path.trim(), text: unit === undefined ? String(number) : `${number} ${unit}` };
}

/** `path=value`, as `--set` takes it. */
export function overrideOf({ path, text }: Assignment): string {
  return `${path}=${text}`;
}
