import path from 'node:path';
import type { BandedCurve } from '../../device/pulse-train.js';
import type { Directions } from '../../device/response.js';
import { UsageError } from '../../errors.js';
import { deviceFile, deviceSheet, type DeviceSheet } from '../../experiment/device-sheet.js';
import { loadDevice } from '../../experiment/loader.js';
import { isPipe } from '../../experiment/pipes.js';
import { assertNewFile, writeWhole } from '../../experiment/whole-file.js';
import { htmlPage } from '../fit/page.js';
import { renderPng, renderSvg } from '../render.js';
import { deviceChart, deviceLegend, devicePanels } from './chart.js';
import { deviceCurves, type DeviceCurves } from './curves.js';

/** What `mho device plot` is asked for. */
export interface PlotRequest {
  /** A shipped device's name, or a device file. */
  readonly device: string;
  /** Pulses in each direction; those of the whole range unless told. */
  readonly pulses: number | undefined;
  /** The picture, *.svg, *.png or *.html; `<device>.svg` unless told, `device.svg` of a pipe. */
  readonly out: string | undefined;
  /** Writes the curves as CSV beside it. */
  readonly csv: boolean;
  /** Whether what is there may be written over. */
  readonly force: boolean;
}

export interface PlotOutcome {
  readonly name: string;
  readonly model: string;
  readonly written: readonly string[];
  readonly curves: DeviceCurves;
}

/**
 * Draws a device's LTP and LTD and its steps against conductance. Everything is made before anything is written.
 * @throws UsageError where there is no such device, no such kind of picture, or its place is not free
 */
export async function plotDevice({ device, pulses, out, csv, force }: PlotRequest): Promise<PlotOutcome> {
  const file = deviceFile(device);
  const stem = isPipe(file) ? 'device' : path.basename(file).replace(/\.ya?ml$/, '');
  const target = path.resolve(out ?? `${stem}.svg`);
  const kind = kindOfPicture(target);
  assertNewFile(target, '--out', force);
  const sheet = deviceSheet(file);
  const curves = deviceCurves(loadDevice(file).config, pulses);
  const picture = await pictureOf(curves, sheet, sheet.name ?? stem, kind);
  const tables = csv ? csvFiles(curves, target.replace(/\.\w+$/, '')) : [];
  for (const [name] of tables) assertNewFile(name, '--csv', force);
  for (const [name, content] of [...tables, [target, picture] as const]) writeWhole(name, content);
  const written = [target, ...tables.map(([name]) => name)];
  return { name: sheet.name ?? stem, model: sheet.model, written, curves };
}

/** Kinds of pictures that are not drawn. */
const otherPicture = /\.(pdf|e?ps|jpe?g|gif|tiff?|webp|bmp)$/i;

type Picture = 'svg' | 'png' | 'html';

function kindOfPicture(file: string): Picture {
  const [, kind] = /\.(svg|png|html)$/i.exec(file) ?? [];
  if (kind !== undefined) return kind.toLowerCase() as Picture;
  const what = `got ${path.basename(file)}, expected a name that ends with .svg, .png or .html`;
  throw new UsageError({ where: '--out', what, remedy: `say ${path.basename(file).replace(otherPicture, '')}.svg` });
}

async function pictureOf(curves: DeviceCurves, sheet: DeviceSheet, name: string, kind: Picture) {
  switch (kind) {
    case 'svg':
      return deviceSvg(curves, name, sheet.model);
    case 'png':
      return renderPng(await deviceSvg(curves, name, sheet.model));
    case 'html':
      return page(curves, sheet, name);
    default:
      return kind satisfies never;
  }
}

/** The picture of a device's curves as SVG. */
export function deviceSvg(curves: DeviceCurves, name: string, model: string): Promise<string> {
  const title = name === model ? name : `${name} (${model})`;
  return renderSvg(deviceChart(curves, { name: title, notes: captionOf(curves) }));
}

/** Lines no wider than the charts, whose picture they would widen. */
function captionOf({ of, ends, trains, devices }: DeviceCurves): string[] {
  if (of !== 'cells') return ['no cell: the weight moves by what was asked, without bounds and noise'];
  const bands = 'bands hold 68 % (±1σ) of the noise: of all pulses so far (left), of one pulse (right)';
  const stops = (branch: string, pulses: number, end: number): string =>
    `${branch} stops at ${Math.round(100 * end)} % of the range after ${pulses} pulses`;
  const first = trains.up.at.at(-1)!;
  const several = `the mean of ${devices.length} devices, and each of them as a thin line`;
  const stopped = [
    ...(ends.up < shown ? [stops('LTP', first, ends.up)] : []),
    ...(ends.down > 1 - shown ? [stops('LTD', trains.down.at.at(-1)! - first, ends.down)] : []),
  ];
  return [...(devices.length > 0 ? [several] : []), bands, ...(stopped.length > 0 ? [stopped.join('; ')] : [])];
}

/** A train that ends further from the end of the range is said to. */
const shown = 0.99;

async function page(curves: DeviceCurves, sheet: DeviceSheet, title: string): Promise<string> {
  const lead = [sheet.description, sheet.source, sheet.validity].filter((text): text is string => text !== null);
  const rows = sheet.parameters.map(({ path: key, value, origin }) => [key, value, origin ?? 'not stated']);
  const tables = rows.length === 0 ? [] : [{ title: 'Parameters', head: ['parameter', 'value', 'origin'], rows }];
  const panels = await Promise.all(devicePanels(curves).map(renderSvg));
  const charts = [{ caption: captionOf(curves).join('; '), legend: deviceLegend, panels }];
  return htmlPage({ title, lead, notes: [], warnings: [], remarks: [], tables, charts });
}

function csvFiles({ of, trains, steps }: DeviceCurves, stem: string): [string, string][] {
  const unit = of === 'cells' ? 'S' : 'requests';
  const value = of === 'cells' ? 'conductance' : 'weight';
  return [
    [`${stem}.train.csv`, csvOf(trains, ['pulse', `${value}_${unit}`])],
    [`${stem}.steps.csv`, csvOf(steps, [`${value}_${unit}`, `step_${unit}`])],
  ];
}

/** A row a point: where, the curve, and the band's edges, all in one unit. */
function csvOf(curves: Directions<BandedCurve>, [along, value]: readonly [string, string]): string {
  const rows = (['up', 'down'] as const).flatMap((direction) => {
    const { at, mean, low, high } = curves[direction];
    const branch = direction === 'up' ? 'ltp' : 'ltd';
    return at.map((x, i) => [branch, ...[x, mean[i]!, low[i]!, high[i]!].map(digits)].join(','));
  });
  return [['branch', along, value, 'low', 'high'].join(','), ...rows, ''].join('\n');
}

function digits(value: number): string {
  return String(Number(value.toPrecision(7)));
}
