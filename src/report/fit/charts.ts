import type { TopLevelSpec } from 'vega-lite';
import { branches, type Branch } from '../../device/fit/ramps.js';
import { chartConfig, onTicks, panelConfig } from '../render.js';
import type { Entry } from './legend.js';

/** An engineering unit that keeps values between 1 and 1000. */
export function unitOf(value: number): { readonly factor: number; readonly symbol: string } {
  const units = [
    [1e-3, 'mS'],
    [1e-6, 'µS'],
    [1e-9, 'nS'],
    [1e-12, 'pS'],
  ] as const;
  const [factor, symbol] = units.find(([f]) => value >= f) ?? [1e-15, 'fS'];
  return { factor, symbol };
}

export const titles: Readonly<Record<Branch, string>> = { ltp: 'LTP (potentiation)', ltd: 'LTD (depression)' };

export const colour = { measured: '#4c78a8', fitted: '#d62728', others: ['#59a14f', '#b07aa1', '#f28e2b'] } as const;

/** A chart of both branches, with one legend. */
export interface FitChart {
  readonly legend: readonly Entry[];
  /** Of both branches side by side with titles and legend, or of one, with neither, as a page shows it. */
  readonly spec: (branch?: Branch) => TopLevelSpec;
}

interface Heading {
  readonly text: string;
  readonly subtitle?: string;
}

/**
 * @param panel - of one branch
 * @param legend - shown by the panels of the whole chart, where they are told to
 */
export function fitChart(
  heading: Heading,
  legend: readonly Entry[],
  panel: (branch: Branch, whole: boolean) => object,
): FitChart {
  const $schema = 'https://vega.github.io/schema/vega-lite/v6.json';
  const whole = {
    ...chartConfig,
    ...{ axisX: onTicks, axisY: onTicks },
    legend: { ...chartConfig.legend, columns: 6, columnPadding: 22 },
  };
  const spec = (branch?: Branch): TopLevelSpec =>
    (branch === undefined
      ? {
          $schema,
          title: heading,
          config: whole,
          spacing: 24,
          hconcat: branches.map((one) => panel(one, true)),
        }
      : { $schema, config: panelConfig, ...panel(branch, false) }) as TopLevelSpec;
  return { legend, spec };
}

/**
 * The title of a branch's panel as a layer of it: a title of Vega's own moves up where a label stands at the upper end of an axis,
 * and those of two panels side by side do not then stand in one line.
 */
export function titleLayer(branch: Branch) {
  const { fontSize, fontWeight } = chartConfig.title;
  const place = { x: 0, y: -8, align: 'left', baseline: 'bottom' } as const;
  return {
    data: { values: [{}] },
    mark: { type: 'text', text: titles[branch], color: 'black', fontSize, fontWeight, ...place },
  } as const;
}
