import { correlationOf, covariance, symmetricEigen } from '../../statistics/linear-algebra.js';
import type { Point } from '../../statistics/sampling.js';
import { mean, deviation } from '../verify/statistics.js';
import type { Parameter } from './schema.js';
import { valueAt } from './space.js';

/** What the targets leave of one parameter. */
export interface ParameterSummary {
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
  /** 5 % and 95 % of the posterior. */
  readonly interval: readonly [number, number];
  /** Posterior width over the width before, on the parameter's scale: 1 where nothing was learned. */
  readonly widthRatio: number;
  readonly identified: Identified;
}

/** A direction in the space of the parameters' scales, each from 0 to 1 over its range. */
export interface Direction {
  /** Components by parameter; length 1, the largest positive. */
  readonly components: Readonly<Record<string, number>>;
  readonly widthRatio: number;
  readonly identified: Identified;
}

export type Identified = 'yes' | 'weakly' | 'no';

export interface Identifiability {
  readonly parameters: readonly ParameterSummary[];
  /** Of the parameters on their scales, in their order. */
  readonly correlation: readonly (readonly number[])[];
  /** The widest first. */
  readonly directions: readonly Direction[];
  readonly sentences: readonly string[];
}

/** Standard deviation of what is equally likely between 0 and 1. */
const priorSd = 1 / Math.sqrt(12);
const correlated = 0.8;

/** Sums up draws of the posterior. */
export function identifiabilityOf(parameters: readonly Parameter[], points: readonly Point[]): Identifiability {
  const cov = covariance(points);
  const correlation = correlationOf(cov);
  const summaries = parameters.map((parameter, j) => summaryOf(parameter, points, j, Math.sqrt(cov[j]![j]!)));
  const directions = symmetricEigen(cov).map(({ value, vector }) => directionOf(parameters, value, vector));
  const sentences = [
    ...summaries.map(describeParameter),
    ...describePairs(parameters, correlation),
    ...describeDirections(directions),
  ];
  return { parameters: summaries, correlation, directions, sentences };
}

function summaryOf(parameter: Parameter, points: readonly Point[], j: number, sd: number): ParameterSummary {
  const values = points.map((point) => valueAt(parameter, point[j]!)).sort((a, b) => a - b);
  const quantile = (p: number): number => values[Math.min(values.length - 1, Math.floor(p * values.length))]!;
  const widthRatio = sd / priorSd;
  return {
    name: parameter.name,
    mean: mean(values),
    sd: deviation(values),
    interval: [quantile(0.05), quantile(0.95)],
    widthRatio,
    identified: identifiedBy(widthRatio),
  };
}

/** Half the width is the least that can be called learned; less than a sixth narrower is nothing. */
function identifiedBy(widthRatio: number): Identified {
  if (widthRatio <= 0.5) return 'yes';
  return widthRatio <= 5 / 6 ? 'weakly' : 'no';
}

function directionOf(parameters: readonly Parameter[], value: number, vector: Float64Array): Direction {
  const largest = vector.reduce((top, x) => (Math.abs(x) > Math.abs(top) ? x : top), 0);
  const sign = largest < 0 ? -1 : 1;
  const components = Object.fromEntries(parameters.map(({ name }, j) => [name, sign * vector[j]!]));
  const widthRatio = Math.sqrt(Math.max(value, 0)) / priorSd;
  return { components, widthRatio, identified: identifiedBy(widthRatio) };
}

function describeParameter({ name, widthRatio, identified }: ParameterSummary): string {
  const left = `${percent(widthRatio)} of its width before`;
  switch (identified) {
    case 'yes':
      return `${name} is identified: ${left} is left.`;
    case 'weakly':
      return `${name} is identified weakly: ${left} is left.`;
    case 'no':
      return `${name} is not identifiable from these targets: ${left} is left.`;
    default:
      return identified satisfies never;
  }
}

function describePairs(parameters: readonly Parameter[], correlation: readonly (readonly number[])[]): string[] {
  return parameters.flatMap(({ name }, i) =>
    parameters.slice(i + 1).flatMap(({ name: other }, k) => {
      const r = correlation[i]![i + 1 + k]!;
      if (Math.abs(r) < correlated) return [];
      const trade = r < 0 ? 'more of one stands for less of the other' : 'they rise and fall together';
      return [
        `${name} and ${other} are not identifiable apart (correlation ${signed(r)}): ${trade}, and the targets see only their combination.`,
      ];
    }),
  );
}

/** Of directions that are no single parameter's: what the targets see, and what they do not. */
function describeDirections(directions: readonly Direction[]): string[] {
  const blind = directions.filter(({ identified }) => identified === 'no');
  const seen = directions.filter((direction) => direction.identified !== 'no' && isCombination(direction));
  const told = ({ components }: Direction): string => `The combination ${formatDirection(components)}`;
  const left = ({ widthRatio }: Direction): string => `along it ${percent(widthRatio)} of the width before is left.`;
  return [
    ...(blind.length === 1
      ? blind.filter(isCombination).map((one) => `${told(one)} is not identifiable: ${left(one)}`)
      : blind.length > 1
        ? [`${blind.length} of ${directions.length} directions are not identifiable.`]
        : []),
    ...seen.map((one) => `${told(one)} is identified${one.identified === 'yes' ? '' : ' weakly'}: ${left(one)}`),
  ];
}

function isCombination({ components }: Direction): boolean {
  return Object.values(components).filter((part) => Math.abs(part) >= 0.3).length >= 2;
}

/** `+0.71 a − 0.70 b`; parts below a tenth are left out. */
export function formatDirection(components: Readonly<Record<string, number>>): string {
  const parts = Object.entries(components).filter(([, part]) => Math.abs(part) >= 0.1);
  return parts.map(([name, part]) => `${signed(part)} ${name}`).join(' ');
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(0)} %`;
}
