import { describe, expect, it } from 'vitest';
import { readMeasurement } from '../../datasets/measurements.js';
import { hostKernels } from '../../kernels/register.js';
import { compileCrossbar, type CrossbarState } from '../../src/crossbar/program.js';
import { crossbarSchema, type PulsePolicy } from '../../src/crossbar/schema.js';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';
import type { TableResponse } from '../../src/device/response.js';
import { parseTableFile, type MeasuredTable } from '../../src/device/table-file.js';
import { independentUniforms } from './independent.js';
import { errorOfDeviation, errorOfMean, kurtosisOf, momentsOf, standardErrors } from './statistics.js';

/**
 * The kernels' pulses on measured tables against the tables themselves, read here in siemens, in double precision and
 * with a generator of its own: mean and spread of ΔG after 1, 10 and 100 pulses from five starts, and of one write of
 * fractions and multiples of a pulse.
 */
type Direction = 'up' | 'down';
type Tables = Readonly<Record<Direction, MeasuredTable>>;

/** Steps that fall towards the bound ahead, skewed, with probabilities and bins of their own in each table. */
function skewed(sign: 1 | -1, conductance: number[], cdf: number[]): MeasuredTable {
  const room = (g: number): number => (sign > 0 ? 6e-6 - g : g) / 6e-6;
  return { conductance, cdf, delta: cdf.map((q) => conductance.map((g) => steps(sign, room(g), q))) };
}

function steps(sign: 1 | -1, room: number, q: number): number {
  return sign * 4e-8 * (0.2 + room) + 1.5e-7 * (q ** 3 - 0.2);
}

const synthetic: Tables = {
  up: skewed(1, [0.5e-6, 1e-6, 2.5e-6, 4e-6, 5.5e-6], [0, 0.001, 0.002, 0.003, 0.2, 0.5, 0.77, 0.9, 0.9995, 1]),
  down: skewed(-1, [0.5e-6, 2e-6, 5.5e-6], [0, 0.01, 0.5, 0.99, 1]),
};

/** The tables of a redox transistor; undefined where this machine has none. */
function measured(): Tables | undefined {
  const read = (name: string): MeasuredTable | undefined => {
    const found = readMeasurement(`data:enode/${name}.txt`);
    return 'text' in found ? parseTableFile(found.text, name) : undefined;
  };
  const [up, down] = [read('dG_increasing'), read('dG_decreasing')];
  return up && down && { up, down };
}

const enode = measured();
const window = [0.25, 0.75] as const;
const starts = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
const counts = [1, 10, 100] as const;
const cells = 3000;

function compiled({ up, down }: Tables): TableResponse {
  const device = deviceSchema.parse({ model: 'lookup-table', tables: { increasing: up, decreasing: down } });
  const response = compileDevice(device, { window });
  if (response.kind !== 'table') throw new TypeError(`got ${response.kind}`);
  return response;
}

/** The cells of each start after writes of `pulses` each, after each count of writes; in siemens. */
function written(response: TableResponse, direction: Direction, pulses: number, policy: PulsePolicy): Float64Array[][] {
  const config = crossbarSchema.parse({ coding: 'offset', window, pulsePolicy: policy });
  const crossbar = compileCrossbar(config, response, { rows: starts.length, cols: cells, weightLimit: 1 });
  const { pulsesPerRange, gMin, gMax } = response;
  const request = pulses / (pulsesPerRange[direction] * crossbar.conductancePerWeight);
  const delta = new Float32Array(starts.length * cells).fill(direction === 'up' ? request : -request);
  const plus = Float32Array.from(delta, (_, i) => starts[Math.floor(i / cells)]!);
  let state: CrossbarState = { plus, minus: new Float32Array(0), columns: new Float32Array(0) };
  const after: Float64Array[][] = [];
  for (let write = 1; write <= counts.at(-1)!; write++) {
    state = hostKernels.wasm.PulseUpdate.run({ crossbar, state, delta, seed: 9, layer: 0, step: write });
    if (!(counts as readonly number[]).includes(write)) continue;
    const reached = state.plus;
    const siemens = (x: number): number => gMin + x * (gMax - gMin);
    after.push(starts.map((_, s) => Float64Array.from(reached.subarray(s * cells, (s + 1) * cells), siemens)));
  }
  return after;
}

/** Index of the interval of ascending nodes that holds x, and the place in it. */
function interval(nodes: readonly number[], x: number): readonly [number, number] {
  const above = nodes.findIndex((node, i) => i > 0 && node >= x);
  const i = above < 0 ? nodes.length - 1 : above;
  return [i - 1, (x - nodes[i - 1]!) / (nodes[i]! - nodes[i - 1]!)];
}

/** The steps at conductance G and each probability of the table. */
function quantilesAt({ conductance, delta }: MeasuredTable, G: number): number[] {
  const [k, t] = interval(conductance, G);
  return delta.map((row) => row[k]! + t * (row[k + 1]! - row[k]!));
}

/** Mean of ΔG over q and its standard deviation: of a distribution uniform between the probabilities. */
function tableMoments(table: MeasuredTable, G: number): { mean: number; deviation: number } {
  const at = quantilesAt(table, G);
  let [mean, square] = [0, 0];
  for (let r = 1; r < at.length; r++) {
    const [a, b, width] = [at[r - 1]!, at[r]!, table.cdf[r]! - table.cdf[r - 1]!];
    mean += (width * (a + b)) / 2;
    square += (width * (a * a + a * b + b * b)) / 3;
  }
  return { mean, deviation: Math.sqrt(square - mean * mean) };
}

/** The same walk by the table itself. */
function walked(table: MeasuredTable, range: readonly [number, number], start: number, pulses: number, seed: number) {
  const uniform = independentUniforms(seed);
  // Linear between the bins, as the steps are.
  const means = table.conductance.map((G) => tableMoments(table, G).mean);
  const after = counts.map(() => new Float64Array(cells));
  for (let cell = 0; cell < cells; cell++) {
    let G = range[0] + start * (range[1] - range[0]);
    for (let write = 1; write <= counts.at(-1)!; write++) {
      const [k, t] = interval(table.conductance, G);
      const [r, u] = interval(table.cdf, uniform());
      const along = (row: readonly number[]): number => row[k]! + t * (row[k + 1]! - row[k]!);
      const [mean, below, above] = [along(means), along(table.delta[r]!), along(table.delta[r + 1]!)];
      const drawn = below + u * (above - below);
      G = Math.min(range[1], Math.max(range[0], G + pulses * mean + Math.sqrt(pulses) * (drawn - mean)));
      const done = (counts as readonly number[]).indexOf(write);
      if (done >= 0) after[done]![cell] = G;
    }
  }
  return after;
}

function rangeOf({ up, down }: Tables): readonly [number, number] {
  const low = Math.max(up.conductance[0]!, down.conductance[0]!);
  return [low, Math.min(up.conductance.at(-1)!, down.conductance.at(-1)!)];
}

function expectSame(found: Float64Array, expected: Float64Array, rounding: number): void {
  const [a, b] = [momentsOf(found), momentsOf(expected)];
  const excess = Math.sqrt((kurtosisOf(expected) - 1) / 2);
  const ofMean = Math.SQRT2 * errorOfMean(b.deviation, cells);
  const ofDeviation = Math.SQRT2 * excess * errorOfDeviation(b.deviation, cells);
  expect(Math.abs(a.mean - b.mean)).toBeLessThan(standardErrors * ofMean + rounding);
  expect(Math.abs(a.deviation - b.deviation)).toBeLessThan(standardErrors * ofDeviation + rounding);
}

const tables: [string, Tables][] = [['a skewed table', synthetic]];
if (enode) tables.push(['ENODe', enode]);

describe.each(tables)('%s', (_, pair) => {
  const response = compiled(pair);
  const range = rangeOf(pair);
  // Conductances are float32 and so are steps: a pulse is off by at most 2^-25 of the range, and by the table's own rounding.
  const rounding = (writes: number): number => writes * 2 ** -24 * (range[1] - range[0]);

  describe.each([
    { pulses: 1, policy: 'round' },
    { pulses: 0.3, policy: 'fractional' },
    { pulses: 2.5, policy: 'fractional' },
  ] as const)('$pulses pulses a write, $policy', ({ pulses, policy }) => {
    const found = { up: written(response, 'up', pulses, policy), down: written(response, 'down', pulses, policy) };
    const cases = starts.flatMap((start, s) => (['up', 'down'] as const).map((direction) => ({ start, s, direction })));

    it.each(cases)('from $start $direction: mean and spread after 1, 10 and 100 writes', ({ start, s, direction }) => {
      const seed = Math.round(1e6 * start) + (direction === 'up' ? 2 : 4);
      const expected = walked(pair[direction], range, start, pulses, seed);
      counts.forEach((writes, k) => {
        expectSame(found[direction][k]![s]!, expected[k]!, rounding(writes));
      });
    });

    it.each(cases)(
      'from $start $direction: one write has s of the mean and √s of the spread',
      ({ s, direction, start }) => {
        const G = range[0] + start * (range[1] - range[0]);
        const { mean, deviation } = tableMoments(pair[direction], G);
        const changes = found[direction][0]![s]!.map((reached) => reached - G);
        // Only where no cell has met a bound.
        if (changes.some((change) => [0, 1].some((bound) => change + G === range[bound]))) return;
        const spread = Math.sqrt(pulses) * deviation;
        const { mean: m, deviation: d } = momentsOf(changes);
        expect(Math.abs(m - pulses * mean)).toBeLessThan(standardErrors * errorOfMean(spread, cells) + rounding(1));
        const excess = Math.sqrt((kurtosisOf(changes) - 1) / 2);
        const ofDeviation = excess * errorOfDeviation(spread, cells);
        expect(Math.abs(d - spread)).toBeLessThan(standardErrors * ofDeviation + rounding(1));
      },
    );
  });
});
