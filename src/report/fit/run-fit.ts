import path from 'node:path';
import { devicesOf, resampledCount } from '../../device/fit/bootstrap.js';
import { fitRamps, type RampFit } from '../../device/fit/estimate.js';
import type { LookupOptions } from '../../device/fit/lookup.js';
import type { ReadOptions } from '../../device/fit/reading/options.js';
import type { RampSet } from '../../device/fit/ramps.js';
import { finishResponsively } from '../../device/fit/work.js';
import type { FitOptions } from '../../device/fit/types.js';
import { displayPath } from '../../experiment/place.js';
import { curvesChart, curvesOfFit } from './curves-chart.js';
import type { LookupResult } from './device-tables.js';
import { deviceYaml, readingWords, type Sources } from './device-yaml.js';
import { htmlPage } from './page.js';
import { planOf, write, type File } from './output.js';
import { fitRemarks, fitWarnings } from './fit-remarks.js';
import { fitTables } from './fit-tables.js';
import { loadRamps } from './load-ramps.js';
import { lookupFiles } from './lookup-files.js';
import { drawn, noiseCaption, type Made } from './made.js';
import { noiseChart } from './noise-chart.js';
import type { Table } from './table.js';

/** What `mho fit` is asked for. */
export interface FitRequest {
  /** Files of ramps, one per device; of both directions, or of LTP alone where `reset` holds LTD. */
  readonly files: readonly string[];
  readonly reset: readonly string[];
  readonly read: ReadOptions;
  readonly fit: FitOptions;
  /** Tables instead of a model. */
  readonly lookup: LookupOptions | undefined;
  readonly name: string | undefined;
  /** The device file. */
  readonly out: string;
  readonly force: boolean;
}

/** What it came to. */
export interface FitOutcome {
  readonly model: string;
  readonly device: string;
  readonly report: string;
  readonly written: readonly string[];
  /** What the files were taken for. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
  readonly tables: readonly Table[];
  readonly result: RampFit | LookupResult;
}

/**
 * Reads ramps, fits them, and writes the device file with its report. Everything is made before anything is written,
 * and the device file last.
 * @throws UsageError where a file cannot be read as ramps, or would be written over
 */
export async function runFit(request: FitRequest): Promise<FitOutcome> {
  const plan = planOf(request);
  const { ramps, notes, warnings: noticed, units } = await loadRamps(request);
  const { readVoltage } = request.read;
  const sources: Sources = {
    name: request.name ?? path.basename(plan.device).replace(/\.ya?ml$/, ''),
    files: [...request.files, ...request.reset],
    ramps: { ltp: ramps.ltp.length, ltd: ramps.ltd.length },
    measured: measuredRange(ramps),
    reading: readingWords(units, readVoltage),
  };
  const made = request.lookup
    ? await lookupFiles(ramps, request.lookup, sources, plan)
    : await modelFiles(ramps, request.fit, sources);
  const { model, remarks, tables, result, charts, device, beside } = made;
  const warnings = [...noticed, ...made.warnings];
  const lead = [
    `${model}, fitted to ${sources.ramps.ltp} LTP and ${sources.ramps.ltd} LTD ${sources.ramps.ltd === 1 ? 'ramp' : 'ramps'} of ${sources.files.join(', ')}.`,
    `${sources.reading}.`,
    ...(request.lookup ? [] : [intervalsOf(request.fit, ramps)]),
    `Train with it: mho run <experiment>.yaml --set device=${displayPath(plan.device)}`,
  ];
  const page = htmlPage({
    title: sources.name,
    lead,
    notes,
    warnings,
    remarks,
    tables,
    charts,
  });
  const images = charts.flatMap(({ name, svg, png }): File[] => [
    [path.join(plan.folder, `${name}.svg`), svg],
    [path.join(plan.folder, `${name}.png`), png],
  ]);
  const numbers = `${JSON.stringify({ model, read: { units, readVoltage }, notes, warnings, remarks, result: plainOf(result) }, null, 2)}\n`;
  const report: File[] = [
    ...images,
    [path.join(plan.folder, 'fit.json'), numbers],
    [path.join(plan.folder, 'report.html'), page],
  ];
  const written = write(plan, report, [...beside, [plan.device, device]]);
  const { device: place } = plan;
  return {
    device: place,
    report: path.join(plan.folder, 'report.html'),
    written,
    model,
    notes,
    warnings,
    remarks,
    tables,
    result,
  };
}

function measuredRange(set: RampSet): readonly [low: number, high: number] {
  let [low, high] = [Infinity, 0];
  for (const { values } of [...set.ltp, ...set.ltd])
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

/** What stands behind the intervals of the report. */
function intervalsOf({ confidence, resamplings, seed }: FitOptions, ramps: RampSet): string {
  if (resampledCount(ramps) < 2) return 'No intervals: a direction has a single ramp.';
  const devices = devicesOf(ramps).length;
  const what =
    devices > 1 ? `the ${devices} devices: of the mean device of such, how they differ included` : 'the ramps';
  return `Intervals of ${Number((100 * confidence).toPrecision(4))} %: ${resamplings} resamplings of ${what}; seed ${seed}.`;
}

const curvesCaption =
  'Mean ramps and models, and what is left of the chosen one. Bands: ± 1 σ over ramps above, ± the standard error of the mean below.';

async function modelFiles(ramps: RampSet, options: FitOptions, sources: Sources): Promise<Made> {
  const result = await finishResponsively(fitRamps(ramps, options));
  const charts = [
    await drawn('curves', curvesCaption, curvesChart(curvesOfFit(result), sources.name)),
    await drawn('noise', noiseCaption(ramps), noiseChart(result.noise, sources.name)),
  ];
  const [tables, remarks] = [fitTables(result), fitRemarks(result)];
  const warnings = fitWarnings(result);
  const device = deviceYaml(result, sources);
  return { model: result.model, result, tables, warnings, remarks, charts, device, beside: [] };
}

/** Typed arrays as lists, so that JSON holds numbers. */
export function plainOf(result: RampFit | LookupResult): unknown {
  const plain = (_: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value;
  return JSON.parse(JSON.stringify(result, plain));
}
