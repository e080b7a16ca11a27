import path from 'node:path';
import { devicesOf, resampledCount } from '../../device/fit/bootstrap.js';
import { fitRamps, type RampFit } from '../../device/fit/estimate.js';
import { fitLookup, type LookupFit, type LookupOptions } from '../../device/fit/lookup.js';
import { lookupCurves } from '../../device/fit/lookup-curves.js';
import type { ReadOptions } from '../../device/fit/reading/options.js';
import { readRamps } from '../../device/fit/reading/read-ramps.js';
import { branches, commonPulses, placeOf, type Branch, type RampSet } from '../../device/fit/ramps.js';
import { sortRamps } from '../../device/fit/reading/sort-ramps.js';
import { textOf } from '../../device/fit/reading/text.js';
import { finishResponsively } from '../../device/fit/work.js';
import type { FitOptions } from '../../device/fit/types.js';
import { formatTableFile } from '../../device/table-file.js';
import { UsageError } from '../../errors.js';
import { displayPath } from '../../experiment/place.js';
import { extentOf } from '../../statistics/extent.js';
import { renderPng, renderSvg } from '../render.js';
import type { FitChart } from './charts.js';
import { curvesChart, curvesOfFit, curvesOfLookup } from './curves-chart.js';
import { tablesOfDevices } from './device-tables.js';
import { deviceYaml, lookupYaml, readingWords, type Sources } from './device-yaml.js';
import { htmlPage } from './page.js';
import { assertFree, tablesOfDevice, planOf, write, type File, type Plan } from './output.js';
import { rampBytes } from './ramp-file.js';
import { fitRemarks, fitWarnings } from './fit-remarks.js';
import { fitTables } from './fit-tables.js';
import { lookupRemarks, lookupTables } from './lookup-summary.js';
import { noiseChart } from './noise-chart.js';
import { stepsChart } from './steps-chart.js';
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
  readonly result: RampFit | LookupFit;
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

/** Reads every file, and sorts its ramps by direction. */
export async function loadRamps({ files, reset, read }: Pick<FitRequest, 'files' | 'reset' | 'read'>) {
  if (reset.length > 0 && reset.length !== files.length) {
    const what = `got ${reset.length} for ${files.length} files of SET ramps, expected one for each device`;
    const remedy = `name them in the same order, SET first: mho fit ${files[0]!} … --reset ${reset[0]!} …`;
    throw new UsageError({ where: '--reset', what, remedy });
  }
  const [notes, noticed]: [string[], string[]] = [[], []];
  const units = new Set<string>();
  // A device is that of a file, or what a column of it says; the same words in SET and RESET are the same device.
  const numbers = new Map<string, number>();
  const numberOf = (file: number, cell: string | undefined): number => {
    const key = JSON.stringify([file, cell]);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  const load = async (file: string, device: number, branch: Branch | undefined) => {
    const own = readRamps(textOf(await rampBytes(file), file), file, device, {
      ...read,
      oneWay: branch !== undefined,
    });
    notes.push(...own.notes);
    for (const unit of own.units) units.add(unit);
    noticed.push(...own.warnings);
    return { ramps: own.ramps.map((ramp) => ({ ...ramp, device: numberOf(device, ramp.cell) })), branch };
  };
  const alone = reset.length === 0;
  const loaded: Awaited<ReturnType<typeof load>>[] = [];
  // One after the other: devices are numbered in this order.
  for (const [device, file] of files.entries()) loaded.push(await load(file, device, alone ? undefined : 'ltp'));
  for (const [device, file] of reset.entries()) loaded.push(await load(file, device, 'ltd'));
  const { set, warnings } = sortRamps(loaded);
  const lengths = unequalLengths(set);
  return {
    ramps: set,
    units: [...units],
    notes: [...notes, ...lengths.notes],
    warnings: [...noticed, ...warnings, ...lengths.warnings, ...halfDevices(set)],
  };
}

/** Devices of which one direction is missing count in the mean curves, and not in the spread over devices. */
function halfDevices({ ltp, ltd }: RampSet): string[] {
  const byDevice = (ramps: RampSet['ltp']): Devices => new Map(ramps.map((ramp) => [ramp.device, ramp]));
  const [up, down] = [byDevice(ltp), byDevice(ltd)];
  if (new Set([...up.keys(), ...down.keys()]).size < 2) return [];
  const without = (have: Devices, lack: Devices, [has, lacks]: readonly [string, string]): string[] =>
    [...have].flatMap(([device, { file, cell }]) => {
      if (lack.has(device)) return [];
      const out = 'left out of the spread over devices';
      if (cell !== undefined) {
        return [`${file}: device ${cell} has no ${lacks} ramp: it is ${out}; name devices alike in both tables`];
      }
      // Without --reset a file is a device.
      return [
        `${file}: holds ${has} ramps alone and is taken for a device of its own, ${out}; name RESET ramps of the same device with --reset`,
      ];
    });
  return [...without(up, down, ['LTP', 'LTD']), ...without(down, up, ['LTD', 'LTP'])];
}

type Devices = ReadonlyMap<number, RampSet['ltp'][number]>;

/** Part of the longest ramp that a mean curve may leave off before it is no matter of course. */
const leftOff = 0.2;

/** Ramps that end early are told: the mean is of those that remain. */
function unequalLengths(set: RampSet): { readonly notes: readonly string[]; readonly warnings: readonly string[] } {
  const [notes, warnings]: [string[], string[]] = [[], []];
  for (const branch of branches) {
    const [least, most] = extentOf(set[branch].map(({ values }) => values.length - 1));
    if (least === most) continue;
    const shortest = set[branch].find(({ values }) => values.length - 1 === least)!;
    const common = commonPulses(set[branch]);
    const what = `${branch.toUpperCase()} ramps have ${least} (${placeOf(shortest)}) to ${most} pulses`;
    const told = common < (1 - leftOff) * most ? warnings : notes;
    told.push(`${what}; curves are fitted up to pulse ${common}, which nine tenths of them have`);
  }
  return { notes, warnings };
}

interface Made {
  readonly model: string;
  readonly result: RampFit | LookupFit;
  readonly tables: readonly Table[];
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
  readonly charts: readonly Awaited<ReturnType<typeof drawn>>[];
  readonly device: string;
  readonly beside: readonly [string, string][];
}

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

async function lookupFiles(ramps: RampSet, options: LookupOptions, sources: Sources, plan: Plan): Promise<Made> {
  const result = fitLookup(ramps, options);
  const walked = lookupCurves(ramps, result.increasing.conductance);
  const charts = [
    await drawn('curves', walkCaption, curvesChart(curvesOfLookup(walked, result), sources.name)),
    await drawn('steps', stepsCaption, stepsChart(result, sources.name)),
    await drawn('noise', noiseCaption(ramps), noiseChart(result.noise, sources.name)),
  ];
  const comment = 'Row 1: conductance bins [S]; row 2: CDF points; then dG [S], one row per CDF point';
  const { pairs, warnings } = tablesOfDevices(ramps, options);
  const places = pairs.length === 0 ? [plan.tables] : pairs.map((_, i) => tablesOfDevice(plan, i + 1));
  // Those of a single pair are known before anything is read, and were looked at then.
  if (pairs.length > 0)
    assertFree(
      places.flatMap(({ increasing, decreasing }) => [increasing, decreasing]),
      plan.force,
    );
  const made = pairs.length === 0 ? [result] : pairs;
  const beside = places.flatMap((names, i) =>
    (['increasing', 'decreasing'] as const).map((which): [string, string] => {
      return [names[which], formatTableFile(made[i]![which], comment)];
    }),
  );
  const names = places.map(({ increasing, decreasing }) => {
    return { increasing: path.basename(increasing), decreasing: path.basename(decreasing) };
  });
  const several = `Each of the ${pairs.length} devices has tables of its own, and each cell that is trained is one of them. Charts and numbers here are of all together.`;
  const [tables, remarks] = [lookupTables(result, walked), lookupRemarks(result, options.removeReadNoise)];
  return {
    ...{ model: 'lookup-table', tables, warnings, charts, beside },
    result: pairs.length === 0 ? result : { ...result, devices: pairs },
    remarks: pairs.length === 0 ? remarks : [several, ...remarks],
    device: lookupYaml(result, sources, names),
  };
}

const curvesCaption =
  'Mean ramps and models, and what is left of the chosen one. Bands: ± 1 σ over ramps above, ± the standard error of the mean below.';
const walkCaption =
  'Mean ramps, and the walk along the tables\u2019 mean steps from where the ramps start; outside of the bins, where ramps often start, it takes the step of the nearest. Bands: ± 1 σ over ramps above, ± the standard error of the mean below.';
const stepsCaption = 'Measured steps of one pulse against the conductance before it.';

function noiseCaption(ramps: RampSet): string {
  const what = 'Spread of n pulses about their mean. Steps that are independent spread as √n.';
  const units = devicesOf(ramps).length > 1 ? 'devices' : 'ramps';
  return resampledCount(ramps) < 2 ? what : `${what} Bars: ± one standard error of σ, from how the ${units} differ.`;
}

/** A chart as files, and a branch at a time for the page, where they stand side by side or below one another. */
async function drawn(name: string, caption: string, { legend, spec }: FitChart) {
  const svg = await renderSvg(spec());
  const panels: string[] = [];
  for (const branch of branches) panels.push(await renderSvg(spec(branch)));
  return { name, caption, legend, svg, panels, png: await renderPng(svg) };
}

/** Typed arrays as lists, so that JSON holds numbers. */
export function plainOf(result: RampFit | LookupFit): unknown {
  const plain = (_: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value;
  return JSON.parse(JSON.stringify(result, plain));
}
