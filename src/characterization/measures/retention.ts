import { z } from 'zod';
import { positiveQuantity } from '../../device/quantity.js';
import { compileDevice, deviceSchema } from '../../device/registry.js';
import { celsius, retainedFraction } from '../../device/retention/law.js';
import { pulseOnce, type Response } from '../../device/response.js';
import { UsageError } from '../../errors.js';
import { fold, normal, type Key } from '../../random.js';
import { Draws } from '../draws.js';
import { defineMeasure, type Figure, type Finding } from '../measure.js';

/** Readings of cells in one state at one temperature: the mean over cells and repeated reads at each time [S]. */
interface Curve {
  readonly pulses: number;
  readonly temperature: number;
  readonly readings: readonly number[];
}

/** Cells are written by pulses, left at a temperature, and read again and again. */
export const retention = defineMeasure({
  name: 'retention',
  summary: 'conductance of written cells against time, at one temperature after the other',
  keys: {
    cell: deviceSchema,
    /** Potentiating pulses before each state is left. */
    states: z.array(z.int().min(0).max(65_536)).min(1),
    temperatures: z.array(positiveQuantity('temperature')).min(1),
    /** Times of the reads since the last pulse, rising. */
    times: z.array(positiveQuantity('time')).min(3),
    /** Cells of each state. */
    cells: z.int().min(1).max(10_000),
    /** σ of a reading, relative, and readings that are averaged at each time. */
    readNoise: z.number().min(0).max(1),
    reads: z.int().min(1).max(10_000),
  },
  quantities: {
    'largest change': 'number',
    'order of the states kept': 'property',
    'lost of the increment': 'number',
    'keeps falling': 'property',
    'ratio of losses': 'number',
    'forgets faster when hotter': 'property',
  },
  simulate: (config, key) => {
    const { temperatures, states, times } = config;
    const response = cellOf(compileDevice(config.cell, { window: [0, 1] }));
    const curves = temperatures.flatMap((temperature, t) =>
      states.map((pulses, s) => curveOf(response, config, { pulses, temperature }, fold(fold(key, t), s))),
    );
    const at = (temperature: number): Curve[] => curves.filter((curve) => curve.temperature === temperature);
    const losses = temperatures.map((temperature) => lossOf(at(temperature)));
    // Of the hottest and the one before it; of one temperature there is nothing to compare.
    const [first, last] = [losses.at(-2) ?? NaN, losses.at(-1)!];
    const perTemperature = temperatures.flatMap((temperature, i): Finding[] => {
      const place = celsius(temperature);
      const here = at(temperature);
      return [
        { quantity: 'largest change', at: place, value: Math.max(...here.map(changeOf)) },
        { quantity: 'order of the states kept', at: place, value: inOrder(here) },
        { quantity: 'lost of the increment', at: place, value: losses[i]! },
        { quantity: 'keeps falling', at: place, value: falls(mostWritten(here)) },
      ];
    });
    return {
      findings: [
        ...perTemperature,
        { quantity: 'ratio of losses', value: last / first },
        { quantity: 'forgets faster when hotter', value: losses.every((loss, i) => i === 0 || loss > losses[i - 1]!) },
      ],
      traces: [
        {
          name: 'conductance',
          columns: [
            { name: 'temperature_K', values: curves.flatMap(({ temperature }) => times.map(() => temperature)) },
            { name: 'pulses', values: curves.flatMap(({ pulses }) => times.map(() => pulses)) },
            { name: 'time_s', values: curves.flatMap(() => times) },
            { name: 'conductance_S', values: curves.flatMap(({ readings }) => readings) },
          ],
        },
      ],
      figures: [figureOf(curves, times)],
    };
  },
});

type Cell = Exclude<Response, { readonly kind: 'ideal' }>;

function cellOf(response: Response): Cell {
  if (response.kind !== 'ideal') return response;
  throw new UsageError({ where: 'retention', what: 'the ideal device has no cells', remedy: 'take another' });
}

interface Reading {
  readonly times: readonly number[];
  readonly cells: number;
  readonly readNoise: number;
  readonly reads: number;
}

/** Writes the cells of one state pulse by pulse and reads them at every time. */
function curveOf(
  response: Cell,
  { times, cells, readNoise, reads }: Reading,
  { pulses, temperature }: { readonly pulses: number; readonly temperature: number },
  key: Key,
): Curve {
  const draws = new Draws(fold(key, 1));
  const sums = times.map(() => 0);
  for (let cell = 0; cell < cells; cell++) {
    let g = 0;
    for (let n = 0; n < pulses; n++) g = pulseOnce(response, g, 'up', fold(fold(key, 2), n), cell);
    const deviate = normal(fold(key, 3), cell);
    times.forEach((time, i) => {
      const conductance = conductanceAfter(response, g, { temperature, time }, deviate);
      for (let n = 0; n < reads; n++) sums[i]! += draws.reading(conductance, readNoise);
    });
  }
  return { pulses, temperature, readings: sums.map((sum) => sum / (cells * reads)) };
}

/** Siemens of a cell that was at g, after a time. */
function conductanceAfter(
  { retention: law, gMin, gMax }: Cell,
  g: number,
  stay: { readonly temperature: number; readonly time: number },
  deviate: number,
): number {
  const rest = law?.unprogrammed ?? 0;
  const kept = law ? retainedFraction(law, [stay], { offset: law.spread * deviate, deviate }) : 1;
  return gMin + (rest + (g - rest) * kept) * (gMax - gMin);
}

/** How far the last reading is from the first, relative to it. */
function changeOf({ readings }: Curve): number {
  return Math.abs(readings.at(-1)! / readings[0]! - 1);
}

function mostWritten(curves: readonly Curve[]): Curve {
  return curves.reduce((most, curve) => (curve.pulses > most.pulses ? curve : most));
}

/** Of what the most written state has over the least written one, the part that is gone at the end. */
function lossOf(curves: readonly Curve[]): number {
  const written = mostWritten(curves).readings;
  const bare = curves.reduce((least, curve) => (curve.pulses < least.pulses ? curve : least)).readings;
  return 1 - (written.at(-1)! - bare.at(-1)!) / (written[0]! - bare[0]!);
}

/** Whether at every time more pulses mean more conductance. */
function inOrder(curves: readonly Curve[]): boolean {
  const rising = [...curves].sort((a, b) => a.pulses - b.pulses);
  return rising.slice(1).every(({ readings }, i) => readings.every((g, t) => g > rising[i]!.readings[t]!));
}

function falls({ readings }: Curve): boolean {
  return readings.every((g, t) => t === 0 || g < readings[t - 1]!);
}

function figureOf(curves: readonly Curve[], times: readonly number[]): Figure {
  const temperatures = [...new Set(curves.map(({ temperature }) => temperature))];
  return {
    name: 'conductance',
    title: 'Conductance of written cells against time',
    panels: temperatures.map((temperature) => ({
      title: celsius(temperature),
      x: { title: 'time since the last pulse (s)', scale: 'log' },
      y: { title: 'conductance (nS)', zero: true },
      series: curves
        .filter((curve) => curve.temperature === temperature)
        .map(({ pulses, readings }) => ({
          ...{ name: `${pulses} pulses`, x: times, y: readings.map((g) => g * 1e9), mark: 'points' as const },
        })),
    })),
  };
}
