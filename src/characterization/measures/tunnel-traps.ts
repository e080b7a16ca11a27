import { z } from 'zod';
import {
  logTransmission,
  trapAssistedCurrent,
  type TunnelFilm,
  type TunnelTrap,
} from '../../device/conduction/trap-assisted.js';
import { positiveQuantity, quantity } from '../../device/quantity.js';
import { fold, type Key } from '../../random.js';
import { lowest } from '../../statistics/pattern-search.js';
import { Draws } from '../draws.js';
import { mean, straightLine } from '../estimators/line.js';
import { defineMeasure, type Panel } from '../measure.js';

const trap = z.strictObject({
  name: z.string().min(1),
  depth: positiveQuantity('energy'),
  distance: positiveQuantity('length'),
});

const keys = {
  /** Traps of each resistance state; the first conducts more. */
  states: z.array(trap).min(2).max(2),
  film: z.strictObject({
    barrier: positiveQuantity('energy'),
    effectiveMass: z.number().positive(),
    prefactor: positiveQuantity('current'),
    temperature: quantity('temperature').refine((value) => value > 0, 'must be above 0 K'),
  }),
  /** Over which length the voltage drops. */
  gap: positiveQuantity('length'),
  voltages: z.strictObject({
    from: positiveQuantity('voltage'),
    to: positiveQuantity('voltage'),
    count: z.int().min(8).max(10_000),
  }),
  /** σ of a reading, relative to the current. */
  readNoise: z.number().min(0).max(1),
};

type Config = z.output<z.ZodObject<typeof keys>>;

interface State {
  readonly name: string;
  /** [V/m] */
  readonly field: readonly number[];
  readonly current: readonly number[];
  readonly fitted: TunnelTrap;
  /** ln P where the field goes to 0, as the currents continue there. */
  readonly limit: number;
  /** R² of ln I against 1/F. */
  readonly linearity: number;
}

/** Currents through traps of two states; depth and distance are fitted to each, as the paper does with N constant. */
export const tunnelTraps = defineMeasure({
  name: 'tunnel-traps',
  summary: 'trap-assisted tunnelling in two states, and the traps that fit it',
  keys,
  quantities: {
    'trap depth': 'energy',
    'tunnelling distance': 'length',
    'log transmission at no field': 'number',
    'transmission of the first state is higher': 'property',
    'ratio of transmissions': 'number',
    'linearity of ln I against 1/F': 'number',
    'current falls with the field': 'property',
  },
  simulate: (config, key) => {
    const states = config.states.map((_, i) => stateOf(config, i, fold(key, i)));
    const [first, second] = states.map(({ fitted }) => logTransmission(0, fitted, config.film.effectiveMass));
    return {
      findings: [
        ...states.flatMap(({ name, fitted, limit, linearity, current }) => [
          { quantity: 'trap depth', at: name, value: fitted.depth },
          { quantity: 'tunnelling distance', at: name, value: fitted.distance },
          { quantity: 'log transmission at no field', at: name, value: limit },
          { quantity: 'linearity of ln I against 1/F', at: name, value: linearity },
          { quantity: 'current falls with the field', at: name, value: current.at(-1)! < current[0]! },
        ]),
        { quantity: 'transmission of the first state is higher', value: first! > second! },
        { quantity: 'ratio of transmissions', value: Math.exp(first! - second!) },
      ],
      traces: [
        {
          name: 'currents',
          columns: [
            { name: 'state', values: states.flatMap(({ name, field }) => field.map(() => name)) },
            { name: 'field_V_per_m', values: states.flatMap(({ field }) => field) },
            { name: 'current_A', values: states.flatMap(({ current }) => current) },
          ],
        },
      ],
      figures: [{ name: 'currents', title: 'Trap-assisted tunnelling', panels: panels(config, states) }],
    };
  },
});

function filmOf({ film }: Config): TunnelFilm {
  return { ...film, mass: film.effectiveMass };
}

function stateOf(config: Config, index: number, key: Key): State {
  const { name, ...trap } = config.states[index]!;
  const { from, to, count } = config.voltages;
  const film = filmOf(config);
  const draws = new Draws(key);
  const field = Array.from({ length: count }, (_, i) => (from + ((to - from) * i) / (count - 1)) / config.gap);
  const current = field.map((at) => draws.reading(trapAssistedCurrent(at, trap, film), config.readNoise));
  const logs = current.map(Math.log);
  const inverse = field.map((at) => 1 / at);
  return {
    ...{ name, field, current, fitted: fitTrap(field, logs, film) },
    limit: extrapolated(field, logs) - Math.log(film.prefactor),
    linearity: straightLine(inverse, logs).r2,
  };
}

/** Depth and distance by least squares of ln I, everything else known. */
function fitTrap(field: readonly number[], logs: readonly number[], film: TunnelFilm): TunnelTrap {
  const start = { depth: 1.2 * electronvolt, distance: 0.5e-9 };
  // What a weak field shows is d·√Et alone: along it and across it the search goes fast.
  const trapOf = (p: ArrayLike<number>): TunnelTrap => ({
    depth: start.depth * Math.exp(2 * (p[0]! - p[1]!)),
    distance: start.distance * Math.exp(p[1]!),
  });
  const cost = (p: ArrayLike<number>): number => {
    const trap = trapOf(p);
    const squares = field.map((at, i) => (logs[i]! - Math.log(trapAssistedCurrent(at, trap, film))) ** 2);
    const sum = squares.reduce((total, one) => total + one, 0);
    // Beyond qFd = Et the equation has no real value.
    return Number.isFinite(sum) ? sum : Number.MAX_VALUE;
  };
  const best = lowest(cost, [0, 0], { step: 0.1, least: 1e-6 });
  return trapOf(best);
}

const electronvolt = 1.602176634e-19;

/** ln I at no field, by a parabola through the points. */
function extrapolated(field: readonly number[], logs: readonly number[]): number {
  const scale = Math.max(...field);
  const x = field.map((at) => at / scale);
  // Residuals of y and x² from their lines over x give the parabola's curvature.
  const squared = x.map((at) => at ** 2);
  const [line, curve] = [straightLine(x, logs), straightLine(x, squared)];
  const rest = (y: readonly number[], { intercept, slope }: typeof line): number[] =>
    y.map((value, i) => value - intercept - slope * x[i]!);
  const [ry, rx] = [rest(logs, line), rest(squared, curve)];
  const curvature = mean(ry.map((value, i) => value * rx[i]!)) / mean(rx.map((value) => value ** 2));
  return line.intercept - curvature * curve.intercept;
}

function panels(config: Config, states: readonly State[]): Panel[] {
  const film = filmOf(config);
  return states.map(({ name, field, current, fitted }) => ({
    title: `${name}: Et ${(fitted.depth / electronvolt).toFixed(3)} eV, d ${(fitted.distance * 1e9).toFixed(3)} nm`,
    ...{ x: { title: 'field (V/nm)', zero: true }, y: { title: 'current (nA)' } },
    series: [
      { name: 'simulated', x: field.map((at) => at / 1e9), y: current.map((i) => i * 1e9), mark: 'points' as const },
      {
        name: 'equations 1 to 3, fitted',
        x: field.map((at) => at / 1e9),
        y: field.map((at) => trapAssistedCurrent(at, fitted, film) * 1e9),
        mark: 'line' as const,
      },
    ],
  }));
}
