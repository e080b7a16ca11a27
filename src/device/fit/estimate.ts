import { deviceToDevice } from './device-spread.js';
import { bootstrap } from './bootstrap.js';
import { choose, crossValidate, predict } from './cross-validate.js';
import { fitTable } from './fit-table.js';
import { familyNames, type FamilyName, type RangeRule } from './family.js';
import type { DeviceValues, FitOptions } from './types.js';
import { quantities } from './quantities.js';
import { commonPulses, meanCurve, type Branch, type MeanCurve, type RampSet } from './ramps.js';
import type { RampFit } from './result.js';
import { scaleOf, unitCurves, type Scale } from './scale.js';
import { families, solve } from './solve.js';
import { UsageError } from '../../errors.js';

/**
 * Fits a device to ramps: every family by least squares to the mean curves, chosen by cross-validation, with intervals
 * by resampling ramps.
 * @throws UsageError where the chosen model describes no device that could be trained
 */
export function fitRamps(ramps: RampSet, options: FitOptions): RampFit {
  if (options.model === 'lookup-table') return fitTable(ramps, options);
  const pulses = { ltp: commonPulses(ramps.ltp), ltd: commonPulses(ramps.ltd) };
  const curves = { ltp: meanCurve(ramps.ltp, pulses.ltp), ltd: meanCurve(ramps.ltd, pulses.ltd) };
  const scale = scaleOf(curves);
  const candidates = crossValidate(familyNames, ramps, scale);
  const model = options.model === 'auto' ? choose(candidates) : options.model;
  const unit = unitCurves(curves, scale);
  const solved = familyNames.map((name) => ({ name, ...solve(families[name], unit) }));
  const { parameters } = solved.find(({ name }) => name === model)!;
  const fitted = quantities({ family: families[model], ramps, scale, pulses, parameters, rule: options.range });
  if (typeof fitted === 'string') throw noDevice(model, fitted, options.range);
  const inSiemens = (of: readonly number[], name: FamilyName) => siemens(predict(families[name], unit, of), scale);
  const curve = inSiemens(parameters, model);
  return {
    model,
    candidates,
    curves,
    fitted: curve,
    others: solved
      .filter(({ name }) => name !== model)
      .map(({ name, parameters: of }) => ({ name, fitted: inSiemens(of, name) })),
    misfit: misfitOf(curves, curve, fitted.device),
    estimates: bootstrap(fitted, { ramps, scale, pulses, options }),
    device: fitted.device,
    noise: fitted.noise,
    spread: deviceToDevice(fitted, { ramps, scale, pulses, options }),
    devices: new Set([...ramps.ltp, ...ramps.ltd].map(({ device }) => device)).size,
    ramps: { ltp: ramps.ltp.length, ltd: ramps.ltd.length },
    pulses,
    tables: undefined,
    options,
  };
}

function noDevice(model: FamilyName, reason: string, rule: RangeRule): UsageError {
  const remedy =
    rule === 'union'
      ? 'use --range overlap, or --model lookup-table'
      : 'use --range union, another --model, or --model lookup-table';
  return new UsageError({ where: `fit ${model}`, what: `no device follows: ${reason}`, remedy });
}

function siemens(curves: Record<Branch, Float64Array>, { base, span }: Scale): Record<Branch, Float64Array> {
  const scaled = (curve: Float64Array): Float64Array => curve.map((x) => base + span * x);
  return { ltp: scaled(curves.ltp), ltd: scaled(curves.ltd) };
}

function misfitOf(
  curves: Readonly<Record<Branch, MeanCurve>>,
  fitted: Readonly<Record<Branch, Float64Array>>,
  { gMin, gMax }: DeviceValues,
): Record<Branch, number> {
  const of = (branch: Branch): number => {
    const { mean } = curves[branch];
    const squares = mean.reduce((sum, g, p) => sum + (g - fitted[branch][p]!) ** 2, 0);
    return Math.sqrt(squares / mean.length) / (gMax - gMin);
  };
  return { ltp: of('ltp'), ltd: of('ltd') };
}
