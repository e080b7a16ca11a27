import type { Estimate } from '../../device/fit/bootstrap.js';
import type { RampFit } from '../../device/fit/estimate.js';
import type { BranchNoise } from '../../device/fit/noise.js';
import { branches } from '../../device/fit/ramps.js';
import { extentOf } from '../../statistics/extent.js';
import { percent, plain, siemens } from './numbers.js';

/** Ranges wider than what was measured by this factor are mostly a model's own. */
const farBeyond = 1.5;

/** What should keep a reader from using a fit as it is. */
export function fitWarnings({
  device,
  curves,
  model,
  limits,
}: Pick<RampFit, 'device' | 'curves' | 'model' | 'limits'>): string[] {
  const measured = branches.flatMap((branch) => [...curves[branch].mean]);
  const [low, high] = extentOf(measured);
  const { gMin, gMax } = device;
  const at = limits.length === 0 ? [] : [`${limits.join(', ')} of ${model} ran to the limit of the search`];
  const wide = gMax - gMin > farBeyond * (high - low) || gMin < low / 2 || gMax > 2 * high;
  const range = `the device's range, ${siemens(gMin)} to ${siemens(gMax)}, reaches far beyond the ${siemens(low)} to ${siemens(high)} that were measured`;
  const remedy = 'use another --model, or measure ramps that come nearer to their ends';
  return [...at, ...(wide ? [range] : [])].map((text) => `${text}: ${remedy}`);
}

/** What a reader should know before using a fit. */
export function fitRemarks(fit: RampFit): string[] {
  return [
    ...stoppedRemarks(fit),
    ...hiddenBoundRemarks(fit),
    ...limitRemarks(fit),
    ...misfitRemarks(fit),
    ...firstPulsesRemarks(fit),
    ...rangeRemarks(fit),
    ...noiseRemarks(fit),
    ...spreadRemarks(fit),
  ];
}

function stoppedRemarks({ stopped, model, curves }: RampFit): string[] {
  if (!stopped) return [];
  const { low, high, share, freed } = stopped;
  const bounds = [low, high].flatMap((bound) => (bound === undefined ? [] : [siemens(bound)])).join(' and ');
  const seen =
    `${percent(share.ltp, 2)} of the LTP readings and ${percent(share.ltd, 2)} of the LTD readings stand at ${bounds}: ` +
    'taken for hard bounds of the cell, and steps are fitted as stopped there; if the meter was what stopped, measure in a wider range';
  if (model !== 'exponential') return [seen];
  const each = branches.map((branch) => {
    const name = branch.toUpperCase();
    return freed.includes(branch)
      ? `${name} does not lead from bound to bound in ${curves[branch].pulses} pulses: its label and states follow from the steps near the bound, and only together; ramps of as many pulses as just reach the bound tell them apart`
      : `${name} label and states are of a curve that leads from bound to bound in the ${curves[branch].pulses} pulses of its ramps`;
  });
  return [seen, ...each];
}

/**
 * Noise that presses cells against a hard bound keeps their mean inside it by about one pulse's noise, and under read noise
 * no reading repeats the bound. Such ramps level off as those of cells do that saturate by themselves.
 */
export function hiddenBoundRemarks({ hidden, noise }: Pick<RampFit, 'hidden' | 'noise'>): string[] {
  return hidden.map(({ branch, end, step, spread, expected, narrowed }) => {
    const { programming } = noise[branch];
    const seen = narrowed
      ? `ramps end within ${siemens(spread)} (σ) of one another, where their pulses' noise would leave ${siemens(expected)}`
      : `ends with steps of ${siemens(step)}, less than the noise of a pulse (${siemens(programming)})`;
    return `${branch.toUpperCase()} ${seen}: if a hard bound stops cells there, read noise hides it, and ${end} lies inside it by about the noise of a pulse, beyond its interval; ramps that stop earlier, or averaged reads, would tell`;
  });
}

function limitRemarks({ limits, model }: RampFit): string[] {
  if (limits.length === 0) return [];
  const what = `${limits.join(', ')} ${limits.length === 1 ? 'lies' : 'lie'} at the limit of the search`;
  // Intervals of bounds are of searches without that limit.
  if (limits.every((name) => name.endsWith(' bound')))
    return [`${what}: these ramps hardly tell where it is; the interval says how far`];
  return [`${what}: ${model} does not describe these ramps, and intervals of such values say nothing`];
}

function misfitRemarks({ misfit, curves, model, device }: RampFit): string[] {
  return branches.flatMap((branch) => {
    const { deviation, ramps } = curves[branch];
    const noise = deviation.reduce((sum, d) => sum + d, 0) / deviation.length / Math.sqrt(ramps);
    if (misfit[branch] < 0.01 || misfit[branch] * (device.gMax - device.gMin) < 3 * noise) return [];
    const by = percent(misfit[branch], 2);
    return [
      `${branch.toUpperCase()} departs from ${model} by ${by} of the range; --model lookup-table follows any curve`,
    ];
  });
}

/** A curve may hold a branch as a whole, and miss how it begins: that is told from this part of the range on. */
const missedStart = 0.015;

function firstPulsesRemarks({ curves, fitted, model, device }: RampFit): string[] {
  return branches.flatMap((branch) => {
    const { mean, deviation, ramps } = curves[branch];
    const off = (k: number): number => mean[k]! - fitted[branch][k]!;
    const first = Array.from({ length: Math.ceil(mean.length / 10) }, (_, k) => k);
    const worst = first.reduce((at, k) => (Math.abs(off(k)) > Math.abs(off(at)) ? k : at), 0);
    const part = off(worst) / (device.gMax - device.gMin);
    const known = Math.abs(off(worst)) > (3 * deviation[worst]!) / Math.sqrt(ramps);
    if (Math.abs(part) < missedStart || !known) return [];
    const by = `${part > 0 ? '+' : '−'}${percent(Math.abs(part), 2)}`;
    return [
      `${branch.toUpperCase()}: ${model} misses the first pulses (the mean is off by ${by} of the range at pulse ${worst}); --model lookup-table follows them`,
    ];
  });
}

function rangeRemarks({ estimates, device, options, model }: RampFit): string[] {
  const at = (name: string): number => estimates[name]!.value;
  const gap = (a: string, b: string): number => (at(a) - at(b)) / (device.gMax - device.gMin);
  const [top, bottom] = [gap('ltp.end', 'ltd.start'), gap('ltp.start', 'ltd.end')];
  const ends =
    `LTP ends at ${siemens(at('ltp.end'))} and LTD starts at ${siemens(at('ltd.start'))} (${percent(top)} of the range); ` +
    `LTD ends at ${siemens(at('ltd.end'))} and LTP starts at ${siemens(at('ltp.start'))} (${percent(bottom)})`;
  if (model === 'soft-bounds' || model === 'power')
    return [`${ends}. The device's range lies between the fitted bounds.`];
  const rule =
    options.range === 'overlap'
      ? 'The device has the range that both cover, where every step was measured'
      : 'The device has the range that either covers; where one branch was not measured its curve is continued';
  return [`${ends}. ${rule}.`, ...roundingRemarks(device)];
}

function roundingRemarks({ states, exactStates }: RampFit['device']): string[] {
  return branches.flatMap((branch) => {
    const off = states[branch] / exactStates[branch] - 1;
    if (Math.abs(off) < 0.02) return [];
    return [
      `${branch.toUpperCase()} takes ${plain(exactStates[branch])} pulses, rounded to ${states[branch]}: its steps change by ${percent(-off, 2)}`,
    ];
  });
}

export function noiseRemarks({
  noise,
  estimates,
  options,
}: Pick<RampFit, 'noise' | 'estimates' | 'options'>): string[] {
  const each = branches.map((branch) => {
    const { programming, read } = noise[branch];
    const name = branch.toUpperCase();
    const share = programming === 0 && read === 0 ? 0 : (2 * read ** 2) / (programming ** 2 + 2 * read ** 2);
    const kind = `${name}: ${percent(share, 2)} of the variance of a step is read noise, the rest stays in the cell`;
    const growth = growthWords(estimates[`${branch}.growth`], noise[branch], estimates.cycleToCycle!.low !== null);
    return growth === undefined ? kind : `${kind}; ${growth}`;
  });
  return [...each, ...hiddenNoiseRemarks(estimates, options)];
}

/** Where read noise leaves open whether pulses have noise at all. */
function hiddenNoiseRemarks(estimates: RampFit['estimates'], { confidence }: RampFit['options']): string[] {
  const { value, low, high } = estimates.cycleToCycle!;
  if (low !== 0 || high === null || high === 0) return [];
  return [
    `read noise hides what a pulse adds: cycleToCycle is at most ${percent(high)} of the range (${plain(100 * confidence)} %), and ${percent(value)} is no better than any value below; average several reads after each pulse, or measure more ramps`,
  ];
}

/** An interval of h that is wider says nothing of √n. */
const tellingWidth = 0.5;

/**
 * Whether n pulses spread as √n.
 * @param resampled - whether there are intervals at all
 */
function growthWords(
  growth: Estimate | undefined,
  { read, spread }: Pick<BranchNoise, 'read' | 'spread'>,
  resampled: boolean,
): string | undefined {
  const hidden = 'whether as √n over n pulses, read noise leaves open';
  if (growth === undefined) return read > 0 && spread.length > 1 ? hidden : undefined;
  const { value, low, high } = growth;
  const measured = `over n pulses that part grows as n^${value.toFixed(2)}`;
  if (low === null || high === null) return resampled ? hidden : `${measured} (√n is 0.5)`;
  if (low > 0.5) return `${measured}, faster than √n: ramps differ as a whole, which cycleToCycle does not describe`;
  if (high < 0.5) return `${measured}, slower than √n: the curve pulls the cell back`;
  return high - low > tellingWidth ? hidden : `${measured}, in keeping with √n`;
}

function spreadRemarks({ spread }: RampFit): string[] {
  if (!spread) return [];
  const { count, single } = spread;
  return [
    ...(count < 5 ? [`the spread over ${count} devices is uncertain itself: measure more`] : []),
    ...(single > 0
      ? [`${single} of ${count} devices have a single ramp: the spread over devices holds what ramps of one differ by`]
      : []),
  ];
}
