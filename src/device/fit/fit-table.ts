import { UsageError } from '../../errors.js';
import { buildTable, meanStepOf } from './build-table.js';
import type { RampFit } from './result.js';
import { rangeOf } from './family.js';
import { noiseOf } from './noise.js';
import { branches, commonPulses, meanCurve, type Branch, type RampSet } from './ramps.js';
import type { FitOptions } from './types.js';

/**
 * A device of measured steps: inverse-CDF tables of both branches over the conductances that the mean curves cover.
 * @throws UsageError where the branches share no conductances, or a table has too few steps
 */
export function fitTable(ramps: RampSet, options: FitOptions): RampFit {
  const curves = { ltp: meanCurve(ramps.ltp), ltd: meanCurve(ramps.ltd) };
  const ends = (branch: Branch): [number, number] => [curves[branch].mean[0]!, curves[branch].mean.at(-1)!];
  const { low: gMin, high: gMax } = rangeOf(ends('ltp'), ends('ltd'), options.range);
  if (gMax <= gMin) {
    const what = 'LTP and LTD share no conductances';
    throw new UsageError({ where: 'fit lookup-table', what, remedy: 'use --range union' });
  }
  const grid = { gMin, gMax, bins: options.bins, cdfPoints: options.cdfPoints };
  const tables = { ltp: buildTable(ramps.ltp, 'ltp', grid), ltd: buildTable(ramps.ltd, 'ltd', grid) };
  const step = { ltp: meanStepOf(tables.ltp.table), ltd: meanStepOf(tables.ltd.table) };
  const noise = noiseOf(ramps, (branch, g) => step[branch](g));
  const walk = (branch: Branch): Float64Array => {
    const walked = Float64Array.from(curves[branch].mean);
    for (let p = 1; p < walked.length; p++) walked[p] = walked[p - 1]! + step[branch](walked[p - 1]!);
    return walked;
  };
  const fitted = { ltp: walk('ltp'), ltd: walk('ltd') };
  const states = { ltp: pulsesOver('ltp'), ltd: pulsesOver('ltd') };
  const misfit = (branch: Branch): number => {
    const squares = fitted[branch].reduce((sum, g, p) => sum + (g - curves[branch].mean[p]!) ** 2, 0);
    return Math.sqrt(squares / fitted[branch].length) / (gMax - gMin);
  };
  return {
    ...{ model: 'lookup-table', candidates: [], others: [], curves, fitted, noise, tables, options, spread: undefined },
    ramps: { ltp: ramps.ltp.length, ltd: ramps.ltd.length },
    pulses: { ltp: commonPulses(ramps.ltp), ltd: commonPulses(ramps.ltd) },
    misfit: { ltp: misfit('ltp'), ltd: misfit('ltd') },
    estimates: plain({
      gMin,
      gMax,
      onOffRatio: gMax / gMin,
      'device.states.ltp': states.ltp,
      'device.states.ltd': states.ltd,
    }),
    device: { gMin, gMax, states, exactStates: states, cycleToCycle: 0, readNoise: 0 },
    devices: new Set(branches.flatMap((branch) => ramps[branch].map(({ device }) => device))).size,
  };

  /** Range over the mean step: what turns a request into pulses. */
  function pulsesOver(branch: Branch): number {
    const { conductance } = tables[branch].table;
    const mean = conductance.reduce((sum, g) => sum + step[branch](g), 0) / conductance.length;
    return (gMax - gMin) / Math.abs(mean);
  }
}

function plain(values: Readonly<Record<string, number>>): RampFit['estimates'] {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, low: null, high: null, error: null }]),
  );
}
