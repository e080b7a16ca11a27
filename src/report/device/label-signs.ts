import type { TopLevelSpec } from 'vega-lite';
import { deviceSchema } from '../../device/registry.js';
import { chartConfig } from '../render.js';
import { deviceCurves } from './curves.js';

const pulses = 60;
const label = 4;
const colours = { 1: '#4c78a8', [-1]: '#d62728' } as const;

/** How the four signs of the two labels bend LTP and LTD: the picture of docs/fit.md. */
export function labelSignsChart(): TopLevelSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: chartConfig,
    spacing: 24,
    hconcat: [panel('LTP (potentiation)', 'up', 'ltp'), panel('LTD (depression)', 'down', 'ltd')],
  } as TopLevelSpec;
}

function panel(title: string, direction: 'up' | 'down', branch: 'ltp' | 'ltd') {
  const rows = ([1, -1] as const).flatMap((sign) => {
    const { at, mean } = deviceCurves(deviceOf(sign * label), pulses).trains[direction];
    return at.map((pulse, i) => ({ pulse: pulse - at[0]!, g: mean[i]!, series: nameOf(sign) }));
  });
  const straight = [0, pulses].map((pulse) => ({ pulse, g: direction === 'up' ? pulse / pulses : 1 - pulse / pulses }));
  const x = { field: 'pulse', type: 'quantitative', title: 'pulse number', scale: { nice: false } };
  const y = { field: 'g', type: 'quantitative', title: 'conductance in its range', scale: { domain: [0, 1] } };
  // In the corner that each curve leaves free.
  const named = ([1, -1] as const).map((sign) => {
    const left = (direction === 'up') === (sign === 1);
    return {
      ...{ pulse: left ? pulses / 6 : (pulses * 5) / 6, g: sign === 1 ? 0.93 : 0.07 },
      ...{ series: nameOf(sign), text: `${branch}: ${sign === 1 ? '' : '−'}${label}` },
    };
  });
  return {
    ...{ width: 260, height: 200, title },
    layer: [
      {
        data: { values: straight },
        mark: { type: 'line', color: '#888888', strokeWidth: 1, strokeDash: [4, 3] },
        encoding: { x, y },
      },
      { data: { values: rows }, mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color: colour } },
      {
        data: { values: named },
        mark: { type: 'text', fontWeight: 'bold' },
        encoding: { x, y, text: { field: 'text' }, color: colour },
      },
    ],
  };
}

const colour = {
  ...{ field: 'series', type: 'nominal', legend: null },
  scale: { domain: [nameOf(1), nameOf(-1)], range: [colours[1], colours[-1]] },
};

function nameOf(sign: 1 | -1): string {
  return sign > 0 ? 'positive' : 'negative';
}

/** Both branches of one label, over a range of 1 S, so that siemens are parts of the range. */
function deviceOf(both: number) {
  return deviceSchema.parse({
    ...{ model: 'exponential', gMin: '1e-9 S', gMax: '1 S', states: pulses },
    nonlinearity: { ltp: { label: both }, ltd: { label: both } },
  });
}
