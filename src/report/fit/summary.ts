import type { RampFit } from '../../device/fit/result.js';
import { displayPath } from '../../experiment/place.js';
import { formatQuantity } from '../../units.js';
import { growthSentence, misfitSentence, noiseKind, rangeSentence } from './findings.js';
import type { FitFiles } from './write-fit.js';

/** What a terminal shows of a fit. */
export function fitSummary(fit: RampFit, files: FitFiles): string {
  const { device, misfit, noise } = fit;
  const range = device.gMax - device.gMin;
  const g = (value: number): string => formatQuantity(value, 'conductance');
  const branch = (name: 'ltp' | 'ltd'): string => {
    const { programming, read } = noise[name];
    const noises = `programming σ ${percent(programming / range)}, read σ ${percent(read / range)} of the range`;
    const curve = device.alpha ? `, ${labelText(fit, name)}` : '';
    return `${name.toUpperCase()}: ${fit.ramps[name]} ramps, ${number(device.exactStates[name])} pulses over the range${curve}, misfit ${percent(misfit[name])}; ${noises}, mainly ${noiseKind(noise[name])}`;
  };
  return [
    ...fit.candidates.map(
      ({ name, error }) =>
        `${name === fit.model ? '*' : ' '} ${name.padEnd(12)} ${percent(error)} of the range on held-out data`,
    ),
    `${fit.model}: ${g(device.gMin)} to ${g(device.gMax)}, on/off ${number(device.gMax / device.gMin)}`,
    branch('ltp'),
    branch('ltd'),
    rangeSentence(fit),
    misfitSentence(fit, 'ltp'),
    misfitSentence(fit, 'ltd'),
    growthSentence(fit, 'ltp'),
    growthSentence(fit, 'ltd'),
    ...Object.entries(files).map(([kind, file]) => `${kind}: ${displayPath(file)}`),
    `train with it: mho run <experiment> --set device=${displayPath(files.device!)}`,
  ].join('\n');
}

function labelText({ estimates }: RampFit, branch: 'ltp' | 'ltd'): string {
  const label = estimates[`device.label.${branch}`]!;
  const interval = label.low === null || label.high === null ? '' : ` (${number(label.low)} … ${number(label.high)})`;
  return `NL ${number(label.value)}${interval}, A ${number(estimates[`${branch}.A`]!.value)} pulses`;
}

/** The whole fit for programs; curves left out, as the figure has them. */
export function fitObject(fit: RampFit, files: FitFiles, notes: readonly string[]): object {
  const { model, candidates, estimates, device, noise, spread, devices, ramps, pulses, misfit, options } = fit;
  return {
    ...{ model, files, notes, devices, ramps, pulses, device, misfit, candidates, estimates, noise },
    spread: spread ?? null,
    options,
  };
}

function number(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}

function percent(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(3))} %`;
}
