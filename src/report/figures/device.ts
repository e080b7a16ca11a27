import { deviceSchema } from '../../device/registry.js';
import { devicePanels } from '../device/chart.js';
import { deviceCurves } from '../device/curves.js';
import type { Group } from '../results/groups.js';
import { panelHeight, panelWidth, type Figure } from './figure.js';

/** LTP and LTD of the device that was trained, and the step of one pulse, with their noise. None of float weights. */
export function deviceFigure({ id, label, first }: Group): Figure | undefined {
  const { success, data: device } = deviceSchema.safeParse(first.config.device);
  if (!success) return undefined;
  const curves = deviceCurves(device);
  if (curves.of !== 'cells') return undefined;
  const panels = devicePanels(curves, { up: 'LTP', down: 'LTD' }).map((spec) => {
    const { data, layer } = spec as unknown as { data: object; layer: object[] };
    return { data, layer, width: panelWidth, height: panelHeight };
  });
  const rows = (['up', 'down'] as const).flatMap((direction) => {
    const { at, mean, low, high } = curves.trains[direction];
    const branch = direction === 'up' ? 'ltp' : 'ltd';
    return at.map((pulse, i) => [
      branch,
      pulse,
      ...[mean, low, high].map((values) => Number(values[i]!.toPrecision(7))),
    ]);
  });
  return {
    ...{ name: `${id}-device`, title: `${label}: the cell under pulses`, columns: 2 },
    caption:
      'LTP from the bottom of the range, then LTD, and the step of one pulse against conductance. Bands hold 68 % (±1σ) of the cycle-to-cycle noise: of all pulses so far, and of one.',
    panels,
    table: { head: ['branch', 'pulse', 'conductance_S', 'low_S', 'high_S'], rows },
  };
}
