import { devicesOf, resampledCount } from '../../device/fit/bootstrap.js';
import type { RampFit } from '../../device/fit/estimate.js';
import { branches, type RampSet } from '../../device/fit/ramps.js';
import { renderPng, renderSvg } from '../render.js';
import type { FitChart } from './charts.js';
import type { LookupResult } from './device-tables.js';
import type { Table } from './table.js';

/** What a fit comes to, before anything is written. */
export interface Made {
  readonly model: string;
  readonly result: RampFit | LookupResult;
  readonly tables: readonly Table[];
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
  readonly charts: readonly Awaited<ReturnType<typeof drawn>>[];
  /** The device file. */
  readonly device: string;
  /** Files that lie beside it. */
  readonly beside: readonly [place: string, content: string][];
}

export function noiseCaption(ramps: RampSet): string {
  const what = 'Spread of n pulses about their mean. Steps that are independent spread as √n.';
  const units = devicesOf(ramps).length > 1 ? 'devices' : 'ramps';
  return resampledCount(ramps) < 2 ? what : `${what} Bars: ± one standard error of σ, from how the ${units} differ.`;
}

/** A chart as files, and a branch at a time for the page, where they stand side by side or below one another. */
export async function drawn(name: string, caption: string, { legend, spec }: FitChart) {
  const svg = await renderSvg(spec());
  const panels: string[] = [];
  for (const branch of branches) panels.push(await renderSvg(spec(branch)));
  return { name, caption, legend, svg, panels, png: await renderPng(svg) };
}
