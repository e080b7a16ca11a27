import { z } from 'zod';
import { ChargeTrapCell, chargeTrapCellSchema } from '../../device/plasticity/charge-trap-cell.js';
import { quantity } from '../../device/quantity.js';
import { celsius } from '../../device/retention/law.js';
import { fold, type Key } from '../../random.js';
import { Draws } from '../draws.js';
import { deviation, mean } from '../estimators/line.js';
import { trendT } from '../estimators/trend.js';
import { defineMeasure, type CurvePanel, type Finding, type Panel } from '../measure.js';
import { trainKeys } from '../trains.js';

const train = z.strictObject(trainKeys);

const keys = {
  cell: chargeTrapCellSchema,
  /** The pulses of one set: first up, then down. */
  up: train,
  down: train,
  /** Beside one set before them, which begins with a cell that was never pulsed and counts as 0. */
  cycles: z.int().min(2).max(100_000),
  /** Numbers of pulses up whose levels are followed from cycle to cycle. */
  levels: z.array(z.int().min(1)).min(2),
  /** Cycles whose curves are laid over one another. */
  shown: z.array(z.int().min(1)).min(2),
  /** Each is a cell and a noise of its own; the first is what the others are compared with. */
  temperatures: z.array(quantity('temperature')).min(1),
  /** σ of a reading, relative to the conductance. */
  readNoise: z.number().min(0).max(1),
};

type Config = z.output<z.ZodObject<typeof keys>>;

/** Conductances of one temperature: a row a cycle, first as read before it, then after each pulse up and down. */
interface Run {
  readonly at: string;
  /** By their number: 0 is the set before those that count. */
  readonly cycles: readonly (readonly number[])[];
}

/** Many sets of pulses up and down: how far a set falls, how steady its levels are, and whether heat changes them. */
export const potentiationCycles = defineMeasure({
  name: 'potentiation-cycles',
  summary: 'sets of potentiating and depressing pulses, cycle after cycle',
  keys,
  quantities: {
    cycles: 'number',
    'mean rises at every pulse': 'property',
    'largest step up over the window': 'number',
    'lost by the first pulse down': 'number',
    'trend of the window': 'number',
    level: 'conductance',
    'trend of the level': 'number',
    'gap between levels over σ': 'number',
    'largest deviation of the curves': 'number',
    'shift of the level over σ': 'number',
  },
  simulate: (config, key) => {
    const runs = config.temperatures.map((temperature, i) => runOf(config, temperature, fold(key, i)));
    return {
      findings: runs.flatMap((run, i) => [
        ...shapeOf(config, run),
        ...levelsOf(config, run),
        ...(i === 0 ? [] : shiftsOf(config, runs[0]!, run)),
      ]),
      traces: runs.map(({ at, cycles }) => ({
        name: `cycles-${at.replace(' ', '')}`,
        columns: [
          { name: 'cycle', values: cycles.flatMap((curve, n) => curve.map(() => n)) },
          { name: 'pulse', values: cycles.flatMap((curve) => curve.map((_, p) => p)) },
          { name: 'conductance_S', values: cycles.flat() },
        ],
      })),
      figures: [{ name: 'cycles', title: 'Sets of pulses', panels: runs.flatMap((run) => panels(config, run)) }],
    };
  },
});

function runOf(config: Config, temperature: number, key: Key): Run {
  const cell = new ChargeTrapCell(config.cell, temperature);
  const [noise, instrument] = [new Draws(fold(key, 0)), new Draws(fold(key, 1))];
  const read = (): number => instrument.reading(cell.conductance, config.readNoise);
  const cycles = Array.from({ length: config.cycles + 1 }, () => {
    const curve = [read()];
    for (const { amplitude, width, gap, pulses } of [config.up, config.down]) {
      for (let n = 0; n < pulses; n++) {
        cell.pulse(amplitude, width, noise.normal());
        curve.push(read());
        cell.rest(gap);
      }
    }
    return curve;
  });
  return { at: celsius(temperature), cycles };
}

/** Windows are those of the cycles that count. */
function shapeOf({ up }: Config, { at, cycles }: Run): Finding[] {
  const steady = cycles.slice(1);
  const rise = Array.from({ length: up.pulses + 1 }, (_, p) => mean(steady.map((curve) => curve[p]!)));
  const steps = rise.slice(1).map((g, p) => g - rise[p]!);
  const window = (curve: readonly number[]): number => curve[up.pulses]! - curve[0]!;
  const lost = steady.map((curve) => (curve[up.pulses]! - curve[up.pulses + 1]!) / window(curve));
  return [
    { quantity: 'cycles', at, value: steady.length },
    { quantity: 'mean rises at every pulse', at, value: steps.every((step) => step > 0) },
    { quantity: 'largest step up over the window', at, value: Math.max(...steps) / (rise.at(-1)! - rise[0]!) },
    { quantity: 'lost by the first pulse down', at, value: Math.min(...lost) },
    { quantity: 'trend of the window', at, value: trendT(steady.map(window)) },
  ];
}

function levelsOf({ levels, shown }: Config, { at, cycles }: Run): Finding[] {
  const steady = cycles.slice(1);
  const of = levels.map((pulse) => steady.map((curve) => curve[pulse]!));
  const gaps = of
    .slice(1)
    .map((upper, i) => (mean(upper) - mean(of[i]!)) / Math.max(deviation(upper), deviation(of[i]!)));
  return [
    ...of.flatMap((values, i): Finding[] => [
      { quantity: 'level', at: `${at}, pulse ${levels[i]!}`, value: mean(values) },
      { quantity: 'trend of the level', at: `${at}, pulse ${levels[i]!}`, value: trendT(values) },
    ]),
    { quantity: 'gap between levels over σ', at, value: Math.min(...gaps) },
    { quantity: 'largest deviation of the curves', at, value: spreadOf(shown.map((n) => cycles[n]!)) },
  ];
}

/** The largest difference of any curve from the mean of them at the same pulse, relative to that mean. */
function spreadOf(curves: readonly (readonly number[])[]): number {
  const pulses = [...curves[0]!.keys()].slice(1);
  return Math.max(
    ...pulses.map((p) => {
      const middle = mean(curves.map((curve) => curve[p]!));
      return Math.max(...curves.map((curve) => Math.abs(curve[p]! / middle - 1)));
    }),
  );
}

/** How far each level lies from the first temperature's, in σ of the levels over cycles. */
function shiftsOf({ levels }: Config, first: Run, run: Run): Finding[] {
  return levels.map((pulse) => {
    const [before, now] = [first, run].map(({ cycles }) => cycles.slice(1).map((curve) => curve[pulse]!));
    const shift = Math.abs(mean(now!) - mean(before!)) / deviation(before!);
    return { quantity: 'shift of the level over σ', at: `${run.at}, pulse ${pulse}`, value: shift };
  });
}

function panels({ levels, shown }: Config, { at, cycles }: Run): Panel[] {
  const curves = shown.map((n) => ({ name: `cycle ${n}`, curve: cycles[n]! }));
  const number = cycles.map((_, n) => n);
  const overlaid: CurvePanel = {
    ...{ title: at, x: { title: 'pulse' }, y: { title: 'conductance (nS)', zero: true } },
    series: curves.map(({ name, curve }) => {
      return { name, x: curve.map((_, p) => p), y: curve.map((g) => g * 1e9), mark: 'line' as const };
    }),
  };
  const followed: CurvePanel = {
    ...{ title: at, x: { title: 'cycle' }, y: { title: 'conductance (nS)', zero: true } },
    series: levels.map((pulse) => {
      const y = cycles.map((curve) => curve[pulse]! * 1e9);
      return { name: `pulse ${pulse}`, x: number, y, mark: 'points' as const };
    }),
  };
  return [overlaid, followed];
}
