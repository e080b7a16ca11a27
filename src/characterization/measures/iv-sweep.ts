import { z } from 'zod';
import { BistableCell, bistableSchema } from '../../device/conduction/bistable-cell.js';
import { positiveQuantity } from '../../device/quantity.js';
import { fold, type Key } from '../../random.js';
import { Draws } from '../draws.js';
import { largestJump } from '../estimators/jump.js';
import { deviation, mean, straightLine } from '../estimators/line.js';
import { twoLines } from '../estimators/segmented.js';
import { ammeterSchema, branchOf, currentAt, sweep, sweepSchema, type Iv } from '../instrument.js';
import { defineMeasure, type Finding, type Panel } from '../measure.js';

/** A straight line through a part of the way out, in the coordinates in which a law is straight. */
const fitSchema = z.strictObject({
  name: z.string().min(1),
  form: z.enum(['log-log', 'hopping', 'fowler-nordheim']),
  from: positiveQuantity('voltage'),
  to: positiveQuantity('voltage'),
});

type Fit = z.output<typeof fitSchema>;

const keys = {
  cell: bistableSchema,
  /** Where the traps are all filled; never unless told. */
  set: positiveQuantity('voltage').optional(),
  sweep: sweepSchema,
  ammeter: ammeterSchema,
  fits: z.array(fitSchema).min(1),
  /** Between which voltages two log-log lines are laid through the way out. */
  knee: z.strictObject({ from: positiveQuantity('voltage'), to: positiveQuantity('voltage') }).optional(),
  /** Further devices, whose currents are all a factor of the first's. */
  devices: z
    .strictObject({
      count: z.int().min(2).max(1000),
      /** σ of the factor's logarithm. */
      spread: z.number().min(0).max(1),
      at: positiveQuantity('voltage'),
    })
    .optional(),
};

type Config = z.output<z.ZodObject<typeof keys>>;

/** Forms in which the papers plot currents: what they are plotted against, and as. */
const forms = {
  'log-log': { x: 'ln V', y: 'ln I', at: (v: number, i: number) => [Math.log(v), Math.log(i)] },
  hopping: { x: '√V (V^½)', y: 'ln(I/V)', at: (v: number, i: number) => [Math.sqrt(v), Math.log(i / v)] },
  'fowler-nordheim': { x: '1/V (V⁻¹)', y: 'ln(I/V²)', at: (v: number, i: number) => [1 / v, Math.log(i / v ** 2)] },
} as const;

/** A sweep there and back, and straight lines through it in the coordinates of each law. */
export const ivSweep = defineMeasure({
  name: 'iv-sweep',
  summary: 'a current-voltage sweep, with the linearised plots of its conduction laws',
  keys,
  quantities: {
    slope: 'number',
    linearity: 'number',
    knee: 'voltage',
    'slope before the knee': 'number',
    'slope after the knee': 'number',
    'SET voltage': 'voltage',
    hysteresis: 'number',
    'spread over devices': 'number',
  },
  simulate: (config, key) => {
    const iv = measured(config, fold(key, 0), 1);
    const out = branchOf(iv, 1, 'out');
    const lines = config.fits.map((fit) => ({ fit, ...lineOf(fit, out) }));
    return {
      findings: [
        ...lines.flatMap(({ fit, line }): Finding[] => [
          { quantity: 'slope', at: fit.name, value: line.slope },
          { quantity: 'linearity', at: fit.name, value: line.r2 },
        ]),
        ...kneeOf(config, out),
        { quantity: 'hysteresis', value: hysteresisOf(iv) },
        ...(config.set === undefined ? [] : [setOf(out)]),
        ...spreadOf(config, key),
      ],
      traces: [
        {
          name: 'iv',
          columns: [
            { name: 'voltage_V', values: iv.voltage },
            { name: 'current_A', values: iv.current },
          ],
        },
      ],
      figures: [{ name: 'iv', title: 'Current and voltage', panels: [ivPanel(iv), ...lines.map(linePanel)] }],
    };
  },
});

function measured(config: Config, key: Key, factor: number): Iv {
  const cell = new BistableCell(config.cell, { high: factor, low: factor });
  const thresholds = { set: config.set ?? Infinity };
  const pole = {
    current: (voltage: number) => cell.current(voltage),
    hold: (voltage: number, time: number) => {
      cell.hold(voltage, time, thresholds);
    },
  };
  return sweep(pole, config.sweep, config.ammeter, new Draws(key));
}

function lineOf({ form, from, to }: Fit, { voltage, current }: Iv) {
  const inside = voltage.map((v, i) => [v, current[i]!] as const);
  const points = inside.filter(([v, i]) => v >= from - 1e-9 && v <= to + 1e-9 && i > 0);
  const plotted = points.map(([v, i]) => forms[form].at(v, i));
  const [x, y] = [plotted.map(([at]) => at!), plotted.map(([, at]) => at!)];
  return { line: straightLine(x, y), x, y };
}

function kneeOf({ knee }: Config, out: Iv): Finding[] {
  if (!knee) return [];
  const { x, y } = lineOf({ name: '', form: 'log-log', ...knee }, out);
  const found = twoLines(x, y);
  return [
    { quantity: 'knee', value: Math.exp(found.knee) },
    { quantity: 'slope before the knee', value: found.before.slope },
    { quantity: 'slope after the knee', value: found.after.slope },
  ];
}

/** Mean of |I_back − I_out|/I_out over the voltages of both ways. */
function hysteresisOf(iv: Iv): number {
  const [out, back] = [branchOf(iv, 1, 'out'), branchOf(iv, 1, 'back')];
  const both = out.voltage.flatMap((v, i) => {
    const j = back.voltage.indexOf(v);
    return j < 0 || v === 0 ? [] : [Math.abs(back.current[j]! / out.current[i]! - 1)];
  });
  return mean(both);
}

function setOf(out: Iv): Finding {
  return { quantity: 'SET voltage', value: largestJump(out, 'rise').voltage };
}

/** Standard deviation over mean of the currents of all devices at one voltage. */
function spreadOf(config: Config, key: Key): Finding[] {
  if (!config.devices) return [];
  const { count, spread, at } = config.devices;
  const factors = new Draws(fold(key, 1));
  const currents = Array.from({ length: count }, (_, device) => {
    const iv = measured(config, fold(fold(key, 2), device), factors.factor(spread));
    return currentAt(branchOf(iv, 1, 'out'), at);
  });
  return [{ quantity: 'spread over devices', value: deviation(currents) / mean(currents) }];
}

/** Without the points at 0 V, where the current is the instrument's. */
export function ivPanel({ voltage, current }: Iv): Panel {
  const kept = [...voltage.keys()].filter((i) => voltage[i] !== 0);
  return {
    x: { title: 'voltage (V)' },
    y: { title: '|current| (A)', scale: 'log' },
    series: [
      {
        name: 'simulated, with read noise',
        x: kept.map((i) => voltage[i]!),
        y: kept.map((i) => Math.abs(current[i]!)),
        mark: 'points',
      },
    ],
  };
}

function linePanel({ fit, line, x, y }: { fit: Fit } & ReturnType<typeof lineOf>): Panel {
  const form = forms[fit.form];
  return {
    title: `${fit.name}: slope ${Number(line.slope.toPrecision(4))}, R² ${Number(line.r2.toFixed(4))}`,
    ...{ x: { title: form.x }, y: { title: form.y } },
    series: [
      { name: 'simulated', x, y, mark: 'points' },
      { name: 'line', x, y: x.map((at) => line.intercept + line.slope * at), mark: 'line' },
    ],
  };
}
