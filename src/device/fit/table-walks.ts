import { fold, keyOf } from '../../random.js';
import { lookupTable } from '../lookup-table.js';
import { meanStep, pulseOnce, type TableResponse } from '../response.js';
import type { MeasuredTable } from '../table-file.js';
import { noiseOf, type BranchNoise } from './noise.js';
import { branches, commonPulses, type Branch, type Ramp, type RampSet } from './ramps.js';

/** How cells spread that walk along tables: pulse by pulse, each drawn by itself. */
export type WalkSpread = Readonly<Record<Branch, Pick<BranchNoise, 'growth' | 'spread'>>>;

/** Walks of each branch: σ is good to 1/√(2·walks) of itself, and better, since each holds many stretches of n pulses. */
const walks = 200;

/**
 * Walks from where the ramps start through as many pulses, by the drawn steps of tables without read noise.
 * @throws UsageError where the tables do not lead from end to end
 */
export function walkSpread(increasing: MeasuredTable, decreasing: MeasuredTable, ramps: RampSet): WalkSpread {
  const config = lookupTable.schema.parse({ model: 'lookup-table', tables: { increasing, decreasing } });
  const table = lookupTable.compile(config, { window: [0, 1] });
  if (table.kind !== 'table') throw new TypeError(`lookup-table: compiled to ${table.kind}`);
  const [ltp, ltd] = branches.map((branch) => walksOf(table, branch, ramps[branch]));
  const range = table.gMax - table.gMin;
  const mean = (branch: Branch, g: number): number =>
    range * meanStep(table, (g - table.gMin) / range, directions[branch]);
  return noiseOf({ ltp: ltp!, ltd: ltd! }, mean);
}

const directions = { ltp: 'up', ltd: 'down' } as const;

/** Up to the end of the tables, which is where the device stops. */
function walksOf(table: TableResponse, branch: Branch, ramps: readonly Ramp[]): Ramp[] {
  const range = table.gMax - table.gMin;
  const pulses = commonPulses(ramps);
  const key = fold(keyOf(1, 'tableWalks'), branches.indexOf(branch));
  return Array.from({ length: walks }, (_, walk) => {
    const [start] = ramps[walk % ramps.length]!.values as [number];
    let g = Math.min(1, Math.max(0, (start - table.gMin) / range));
    const values = [g];
    for (let k = 0; k < pulses; k++) {
      g = pulseOnce(table, g, directions[branch], fold(key, walk), k);
      values.push(g);
      if (g === (branch === 'ltp' ? 1 : 0)) break;
    }
    return { name: `walk ${walk}`, file: '', device: 0, values: values.map((x) => table.gMin + range * x) };
  });
}
