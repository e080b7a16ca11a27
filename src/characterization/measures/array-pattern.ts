import { z } from 'zod';
import { apparentConductance } from '../../crossbar/network.js';
import { ChargeTrapCell, chargeTrapCellSchema } from '../../device/plasticity/charge-trap-cell.js';
import { positiveQuantity, quantity } from '../../device/quantity.js';
import { celsius } from '../../device/retention/law.js';
import { fold, type Key } from '../../random.js';
import { Draws } from '../draws.js';
import { mean } from '../estimators/line.js';
import { otsuThreshold } from '../estimators/otsu.js';
import { defineMeasure, type Finding } from '../measure.js';

/** How every cell is read: by itself, or in the crossbar with the other lines grounded or open. */
const readOuts = ['isolated', 'grounded', 'floating'] as const;
type ReadOut = (typeof readOuts)[number];

const keys = {
  cell: chargeTrapCellSchema,
  /** A row a text: `#` for a cell to be written, `.` for one that is not. */
  pattern: z.array(z.string().regex(/^[#.]+$/, 'expected # and . only')).min(2),
  pulse: z.strictObject({
    amplitude: positiveQuantity('voltage'),
    width: positiveQuantity('time'),
    gap: positiveQuantity('time'),
  }),
  /**
   * `isolated`: pulses reach the cells of the pattern alone. `third`: cell after cell in the crossbar, where every other
   * cell feels a third of the amplitude.
   */
  write: z.enum(['isolated', 'third']),
  /** Numbers of pulses after which the array is read. */
  stages: z.array(z.int().min(1)).min(1),
  temperatures: z.array(quantity('temperature')).min(1),
  /** How long the array rests at its temperature after the last stage. */
  hold: positiveQuantity('time'),
  readVoltage: positiveQuantity('voltage'),
  /** Resistance of the wire from one cell to the next. */
  wire: positiveQuantity('resistance'),
  /** σ over cells of the logarithm of the filling rate. */
  deviceToDevice: z.number().min(0).max(1),
  /** σ of a reading, relative to the conductance. */
  readNoise: z.number().min(0).max(1),
};

type Config = z.output<z.ZodObject<typeof keys>>;
type Grid = readonly (readonly number[])[];

/** One reading of the array. */
interface Snapshot {
  readonly at: string;
  readonly stage: string;
  readonly readOut: ReadOut;
  readonly seen: Grid;
}

/** Writes a pattern into an array of cells and reads it back, by itself and through the wires. */
export const arrayPattern = defineMeasure({
  name: 'array-pattern',
  summary: 'a pattern written into an array, read with and without sneak paths',
  keys,
  quantities: {
    'pattern recovered': 'property',
    'lit cells': 'number',
    'largest change of unlit cells': 'number',
    'faintest lit over brightest unlit': 'number',
    'mean of lit cells': 'conductance',
    'change of lit cells with temperature': 'number',
  },
  simulate: (config, key) => {
    const runs = config.temperatures.map((temperature, i) => runOf(config, temperature, fold(key, i)));
    const snapshots = runs.flat();
    return {
      findings: [
        ...snapshots.filter(({ stage }) => stage !== 'start').flatMap((one) => judged(config, one, snapshots)),
        ...compared(config, runs),
      ],
      traces: [
        {
          name: 'array',
          columns: [
            { name: 'reading', values: snapshots.flatMap((one) => one.seen.flat().map(() => placeOf(one))) },
            { name: 'row', values: snapshots.flatMap(({ seen }) => seen.flatMap((row, i) => row.map(() => i + 1))) },
            {
              name: 'column',
              values: snapshots.flatMap(({ seen }) => seen.flatMap((row) => row.map((_, j) => j + 1))),
            },
            { name: 'conductance_S', values: snapshots.flatMap(({ seen }) => seen.flat()) },
          ],
        },
      ],
      figures: [
        {
          name: 'array',
          title: 'Conductance of the cells as read (nS)',
          panels: snapshots
            .filter(({ stage, readOut }) => stage !== 'start' && (readOut === 'isolated' || stage === 'held'))
            .map((one) => ({ title: placeOf(one), legend: 'nS', map: one.seen.map((row) => row.map((g) => g * 1e9)) })),
        },
      ],
    };
  },
});

function placeOf({ at, stage, readOut }: Snapshot): string {
  return `${at}, ${stage}, ${readOut}`;
}

function runOf(config: Config, temperature: number, key: Key): Snapshot[] {
  const [spread, noise, instrument] = [0, 1, 2].map((use) => new Draws(fold(key, use))) as [Draws, Draws, Draws];
  const cells = config.pattern.map((row) =>
    row.split('').map(() => new ChargeTrapCell(config.cell, temperature, spread.factor(config.deviceToDevice))),
  );
  const at = celsius(temperature);
  const read = (stage: string): Snapshot[] =>
    readOuts.map((readOut) => ({ at, stage, readOut, seen: seenBy(config, cells, readOut, instrument) }));
  const snapshots = read('start');
  let done = 0;
  for (const stage of [...config.stages].sort((a, b) => a - b)) {
    for (; done < stage; done++) writeOnce(config, cells, noise);
    snapshots.push(...read(`${stage} pulses`));
  }
  for (const cell of cells.flat()) cell.rest(config.hold);
  return [...snapshots, ...read('held')];
}

/** One pulse to every cell of the pattern. */
function writeOnce(
  { pattern, pulse, write }: Config,
  cells: readonly (readonly ChargeTrapCell[])[],
  noise: Draws,
): void {
  const lit = pattern.flatMap((row, i) => row.split('').flatMap((mark, j) => (mark === '#' ? [cells[i]![j]!] : [])));
  for (const target of lit) {
    target.pulse(pulse.amplitude, pulse.width, noise.normal());
    const others = write === 'third' ? cells.flat().filter((cell) => cell !== target) : [];
    for (const cell of others) cell.hold(pulse.amplitude / 3, pulse.width);
  }
  for (const cell of cells.flat()) cell.rest(pulse.gap);
}

function seenBy(config: Config, cells: readonly (readonly ChargeTrapCell[])[], readOut: ReadOut, draws: Draws): Grid {
  const { readVoltage: voltage, wire, readNoise } = config;
  const own = cells.map((row) => row.map(({ conductance }) => conductance));
  return own.map((row, i) =>
    row.map((g, j) => {
      const seen = readOut === 'isolated' ? g : apparentConductance(own, [i, j], readOut, { voltage, wire });
      return draws.reading(seen, readNoise);
    }),
  );
}

function judged({ pattern }: Config, one: Snapshot, all: readonly Snapshot[]): Finding[] {
  const at = placeOf(one);
  const start = all.find((other) => other.at === one.at && other.readOut === one.readOut && other.stage === 'start')!;
  const marks = pattern.flatMap((row) => row.split('').map((mark) => mark === '#'));
  const [seen, before] = [one.seen.flat(), start.seen.flat()];
  const threshold = otsuThreshold(seen);
  const unlit = [...marks.keys()].filter((k) => !marks[k]);
  const lit = [...marks.keys()].filter((k) => marks[k]);
  return [
    { quantity: 'pattern recovered', at, value: seen.every((g, k) => g > threshold === marks[k]) },
    { quantity: 'lit cells', at, value: seen.filter((g) => g > threshold).length },
    {
      quantity: 'largest change of unlit cells',
      at,
      value: Math.max(...unlit.map((k) => Math.abs(seen[k]! / before[k]! - 1))),
    },
    {
      quantity: 'faintest lit over brightest unlit',
      at,
      value: Math.min(...lit.map((k) => seen[k]!)) / Math.max(...unlit.map((k) => seen[k]!)),
    },
    { quantity: 'mean of lit cells', at, value: mean(lit.map((k) => seen[k]!)) },
  ];
}

/** Lit cells at the end, against the first temperature. */
function compared({ pattern }: Config, runs: readonly (readonly Snapshot[])[]): Finding[] {
  const marks = pattern.flatMap((row) => row.split('').map((mark) => mark === '#'));
  const litOf = (run: readonly Snapshot[]): number => {
    const { seen } = run.find(({ stage, readOut }) => stage === 'held' && readOut === 'isolated')!;
    return mean(seen.flat().filter((_, k) => marks[k]));
  };
  return runs.slice(1).map((run) => {
    const value = Math.abs(litOf(run) / litOf(runs[0]!) - 1);
    return { quantity: 'change of lit cells with temperature', at: run[0]!.at, value };
  });
}
