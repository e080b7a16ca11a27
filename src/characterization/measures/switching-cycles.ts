import { z } from 'zod';
import { BistableCell, bistableSchema } from '../../device/conduction/bistable-cell.js';
import { directTunnelling } from '../../device/conduction/direct-tunnelling.js';
import { drawThreshold, thresholdSchema } from '../../device/conduction/threshold-draws.js';
import { positiveQuantity, quantity } from '../../device/quantity.js';
import { fold, type Key } from '../../random.js';
import { Draws } from '../draws.js';
import { gaussianFit, histogram } from '../estimators/histogram.js';
import { largestJump, type Jump } from '../estimators/jump.js';
import { deviation, mean, median } from '../estimators/line.js';
import { trendT } from '../estimators/trend.js';
import { ammeterSchema, branchOf, currentAt, readCurrent, sweep, sweepSchema, type Iv } from '../instrument.js';
import { defineMeasure, type Finding, type Panel } from '../measure.js';

const keys = {
  cell: bistableSchema,
  set: thresholdSchema,
  /** Absent where a sweep does not reset the cell: it then begins every cycle in its high-resistance state. */
  reset: thresholdSchema.optional(),
  cycles: z.int().min(3).max(100_000),
  /** σ of the logarithm of each state's resistance from cycle to cycle. */
  scatter: z.strictObject({ high: z.number().min(0).max(2), low: z.number().min(0).max(2) }),
  /** Change of the logarithm of each state's resistance a cycle: what no endurance would be. */
  wear: z.strictObject({ high: z.number(), low: z.number() }).prefault({ high: 0, low: 0 }),
  sweep: sweepSchema,
  ammeter: ammeterSchema,
  /** Where resistances are read. */
  readAt: quantity('voltage'),
  /** Width of the histograms' bins. */
  bins: z.strictObject({ set: positiveQuantity('voltage'), reset: positiveQuantity('voltage').optional() }),
  /** The film without dots: one barrier of its whole thickness. */
  control: z
    .strictObject({
      thickness: positiveQuantity('length'),
      barrier: positiveQuantity('energy'),
      effectiveMass: z.number().positive(),
      prefactor: positiveQuantity('current'),
      /** Where both currents are compared. */
      at: positiveQuantity('voltage'),
    })
    .optional(),
};

type Config = z.output<z.ZodObject<typeof keys>>;

/** A rise or fall of the current counts as switching from this factor on. */
const switchingFactor = 3;

interface Cycle {
  readonly iv: Iv;
  readonly set: Jump;
  /** Largest fall on the negative branch; its voltage is not a number where there is no such branch. */
  readonly reset: Jump;
  readonly high: number;
  readonly low: number;
}

/** Many sweeps of one cell: where it switches, how its resistances scatter, and whether they wear. */
export const switchingCycles = defineMeasure({
  name: 'switching-cycles',
  summary: 'repeated sweeps: switching voltages, resistances and endurance',
  keys,
  quantities: {
    'SET on the positive branch': 'number',
    'RESET on the negative branch': 'number',
    'switched on the wrong branch': 'number',
    'mean SET voltage': 'voltage',
    'SET voltage': 'voltage',
    'spread of the SET voltage': 'voltage',
    'mode of the RESET voltage': 'voltage',
    'RESET voltage': 'voltage',
    resistance: 'resistance',
    'median ratio': 'number',
    'states stay apart': 'property',
    'current before SET': 'current',
    'current after SET': 'current',
    trend: 'number',
    'control over device current': 'number',
  },
  simulate: (config, key) => {
    const cycles = run(config, key);
    return {
      findings: [
        ...counts(config, cycles),
        ...setVoltages(config, cycles),
        ...resetVoltages(config, cycles),
        ...resistances(cycles),
        ...controlOf(config, cycles, key),
      ],
      traces: [cycleTrace(cycles), sweepTrace(cycles)],
      figures: [{ name: 'cycles', title: `${cycles.length} sweeps`, panels: panels(config, cycles) }],
    };
  },
});

function run(config: Config, key: Key): Cycle[] {
  const noise = new Draws(fold(key, 0));
  const scatter = new Draws(fold(key, 1));
  let part = 0;
  return Array.from({ length: config.cycles }, (_, n) => {
    const { high, low } = config.scatter;
    const factors = {
      high: scatter.factor(high) * Math.exp(-config.wear.high * n),
      low: scatter.factor(low) * Math.exp(-config.wear.low * n),
    };
    const cell = new BistableCell(config.cell, factors, config.reset === undefined ? 0 : part);
    const set = drawThreshold(config.set, fold(key, 2), n);
    const reset = config.reset && drawThreshold(config.reset, fold(key, 3), n);
    const thresholds = { set, ...(reset !== undefined && { reset }) };
    const pole = {
      current: (v: number) => cell.current(v),
      hold: (v: number, time: number) => {
        cell.hold(v, time, thresholds);
      },
    };
    const iv = sweep(pole, config.sweep, config.ammeter, noise);
    part = cell.switched;
    return estimate(config, iv);
  });
}

function estimate({ readAt, reset, ammeter }: Config, iv: Iv): Cycle {
  const [out, back] = [branchOf(iv, 1, 'out'), branchOf(iv, 1, 'back')];
  const none: Jump = { voltage: NaN, size: 0, before: NaN };
  return {
    ...{ iv, set: largestJump(out, 'rise', seen(ammeter)) },
    reset: reset === undefined ? none : largestJump(branchOf(iv, -1, 'out'), 'fall', seen(ammeter)),
    ...{ high: readAt / currentAt(out, readAt), low: readAt / currentAt(back, readAt) },
  };
}

/** The least current that is told from the instrument's floor [A]. */
function seen({ floor }: Config['ammeter']): number {
  return 10 * floor;
}

function counts({ reset, ammeter }: Config, cycles: readonly Cycle[]): Finding[] {
  const least = Math.log(switchingFactor);
  const wrong = ({ iv }: Cycle): boolean => {
    const fell = largestJump(branchOf(iv, 1, 'out'), 'fall', seen(ammeter)).size < -least;
    return fell || (reset !== undefined && largestJump(branchOf(iv, -1, 'out'), 'rise', seen(ammeter)).size > least);
  };
  const count = (of: (cycle: Cycle) => boolean): number => cycles.filter(of).length;
  return [
    { quantity: 'SET on the positive branch', value: count(({ set }) => set.size > least) },
    ...(reset === undefined
      ? []
      : [{ quantity: 'RESET on the negative branch', value: count((one) => one.reset.size < -least) }]),
    { quantity: 'switched on the wrong branch', value: count(wrong) },
  ];
}

function setVoltages({ bins }: Config, cycles: readonly Cycle[]): Finding[] {
  const voltages = cycles.map(({ set }) => set.voltage);
  const { centre } = gaussianFit(histogram(voltages, bins.set), voltages);
  return [
    { quantity: 'mean SET voltage', value: mean(voltages) },
    { quantity: 'SET voltage', at: 'least', value: Math.min(...voltages) },
    { quantity: 'SET voltage', at: 'most', value: Math.max(...voltages) },
    { quantity: 'SET voltage', at: 'centre of the fitted normal curve', value: centre },
    { quantity: 'spread of the SET voltage', value: deviation(voltages) },
    { quantity: 'current before SET', value: median(cycles.map(({ set }) => set.before)) },
    { quantity: 'current after SET', value: median(cycles.map(({ iv }) => Math.max(...iv.current))) },
  ];
}

function resetVoltages({ bins, reset }: Config, cycles: readonly Cycle[]): Finding[] {
  if (!reset || bins.reset === undefined) return [];
  const voltages = cycles.map((one) => one.reset.voltage);
  const { centre } = gaussianFit(histogram(voltages, bins.reset), voltages);
  return [
    { quantity: 'mode of the RESET voltage', value: centre },
    { quantity: 'RESET voltage', at: 'least', value: Math.min(...voltages) },
    { quantity: 'RESET voltage', at: 'most', value: Math.max(...voltages) },
  ];
}

function resistances(cycles: readonly Cycle[]): Finding[] {
  const [high, low] = [cycles.map((one) => one.high), cycles.map((one) => one.low)];
  return [
    { quantity: 'resistance', at: 'high', value: median(high) },
    { quantity: 'resistance', at: 'low', value: median(low) },
    { quantity: 'median ratio', value: median(cycles.map((one) => one.high / one.low)) },
    { quantity: 'states stay apart', value: Math.min(...high) > Math.max(...low) },
    { quantity: 'trend', at: 'high', value: trendT(high.map(Math.log)) },
    { quantity: 'trend', at: 'low', value: trendT(low.map(Math.log)) },
  ];
}

function controlOf({ control, ammeter }: Config, cycles: readonly Cycle[], key: Key): Finding[] {
  if (!control) return [];
  const { thickness, barrier, effectiveMass, prefactor, at } = control;
  const current = prefactor * directTunnelling(thickness, barrier, effectiveMass);
  const draws = new Draws(fold(key, 4));
  // As often as the device is swept, so that both are means.
  const read = cycles.map(() => Math.abs(readCurrent(current, ammeter, draws)));
  const device = cycles.map(({ iv }) => currentAt(branchOf(iv, 1, 'out'), at));
  return [{ quantity: 'control over device current', value: mean(read) / mean(device) }];
}

function cycleTrace(cycles: readonly Cycle[]) {
  return {
    name: 'cycles',
    columns: [
      { name: 'cycle', values: cycles.map((_, n) => n + 1) },
      { name: 'set_V', values: cycles.map(({ set }) => set.voltage) },
      { name: 'reset_V', values: cycles.map(({ reset }) => (Number.isNaN(reset.voltage) ? '' : reset.voltage)) },
      { name: 'high_ohm', values: cycles.map(({ high }) => high) },
      { name: 'low_ohm', values: cycles.map(({ low }) => low) },
    ],
  };
}

function sweepTrace(cycles: readonly Cycle[]) {
  return {
    name: 'sweeps',
    columns: [
      { name: 'cycle', values: cycles.flatMap(({ iv }, n) => iv.voltage.map(() => n + 1)) },
      { name: 'voltage_V', values: cycles.flatMap(({ iv }) => iv.voltage) },
      { name: 'current_A', values: cycles.flatMap(({ iv }) => iv.current) },
    ],
  };
}

function panels({ bins, reset }: Config, cycles: readonly Cycle[]): Panel[] {
  const some = [...new Set([0, cycles.length >> 1, cycles.length - 1])];
  const number = cycles.map((_, n) => n + 1);
  const sweeps = some.map((n) => {
    const { voltage, current } = cycles[n]!.iv;
    const kept = [...voltage.keys()].filter((i) => voltage[i] !== 0);
    const [x, y] = [kept.map((i) => voltage[i]!), kept.map((i) => Math.abs(current[i]!))];
    return { name: `sweep ${n + 1}`, x, y, mark: 'points' as const };
  });
  return [
    { x: { title: 'voltage (V)' }, y: { title: '|current| (A)', scale: 'log' }, series: sweeps },
    bars(
      'SET voltage (V)',
      cycles.map(({ set }) => set.voltage),
      bins.set,
    ),
    ...(reset && bins.reset !== undefined
      ? [
          bars(
            'RESET voltage (V)',
            cycles.map((one) => one.reset.voltage),
            bins.reset,
          ),
        ]
      : []),
    {
      ...{ x: { title: 'cycle' }, y: { title: 'resistance (ohm)', scale: 'log' as const } },
      series: [
        { name: 'high', x: number, y: cycles.map(({ high }) => high), mark: 'points' as const },
        { name: 'low', x: number, y: cycles.map(({ low }) => low), mark: 'points' as const },
      ],
    },
  ];
}

function bars(title: string, values: readonly number[], width: number): Panel {
  const counted = histogram(values, width);
  const { centre, sigma, height } = gaussianFit(counted, values);
  const ends = [counted.at[0]! - width, counted.at.at(-1)! + width] as const;
  const x = Array.from({ length: 101 }, (_, i) => ends[0] + ((ends[1] - ends[0]) * i) / 100);
  const y = x.map((at) => height * Math.exp(-0.5 * ((at - centre) / sigma) ** 2));
  return {
    ...{ x: { title }, y: { title: 'cycles', zero: true } },
    series: [
      { name: 'counted', x: counted.at, y: counted.counts, mark: 'bars' },
      { name: 'fitted normal curve', x, y, mark: 'line' },
    ],
  };
}
