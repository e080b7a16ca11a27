import type { AblationRead } from '../results/ablation.js';
import { series } from '../theme.js';
import { panelWidth, styled, wrapped, type Figure } from './figure.js';

const [inDevice, alone] = ['in the device', 'alone'];

/** What each effect costs, in points of accuracy, in both directions. */
export function ablationFigure({ experiment, seeds, rows, gap }: AblationRead, name: string): Figure | undefined {
  const bars = rows.flatMap((row) =>
    (
      [
        ['inDevice', inDevice],
        ['alone', alone],
      ] as const
    ).flatMap(([key, direction]) => {
      const difference = row[key]?.difference;
      if (!difference) return [];
      const [cost, half] = [100 * difference.mean, 100 * (difference.half ?? 0)];
      return [
        { effect: row.name, series: direction, cost, low: cost - half, high: cost + half, pairs: difference.pairs },
      ];
    }),
  );
  if (bars.length === 0) return undefined;
  const effects = [...new Set(bars.map(({ effect }) => effect))];
  const directions = [inDevice, alone].filter((direction) => bars.some((bar) => bar.series === direction));
  const { color } = styled(
    directions,
    directions.map((direction) => (direction === inDevice ? series[0] : series[1])),
  );
  const y = {
    field: 'effect',
    type: 'nominal',
    sort: effects,
    title: null,
    axis: { grid: false, labelLimit: 0, ticks: false, labelExpr: linesOf(effects), labelFontSize: 10 },
  };
  const offset = { field: 'series', type: 'nominal', sort: directions };
  const x = { type: 'quantitative', title: 'cost (points of accuracy)' };
  const whole = gap ? ` Between float weights and the device lie ${(100 * gap.mean).toFixed(2)} points in all.` : '';
  return {
    ...{ name, title: `${experiment}: what each effect costs`, columns: 1 },
    caption: `Taken out of the device, and put alone on float weights. Means over ${seeds.length} seeds, with the 95 % interval of the mean of the paired differences.${whole}`,
    panels: [
      {
        ...{ width: panelWidth - 60, height: { step: directions.length > 1 ? 13 : 22 }, data: { values: bars } },
        layer: [
          { mark: { type: 'bar' }, encoding: { y, yOffset: offset, x: { ...x, field: 'cost' }, color } },
          {
            mark: { type: 'rule', strokeWidth: 1.2, color: '#1d2329' },
            encoding: { y, yOffset: offset, x: { ...x, field: 'low' }, x2: { field: 'high' } },
          },
        ],
      },
    ],
    table: {
      head: ['effect', 'direction', 'cost_points', 'low_points', 'high_points', 'pairs'],
      rows: bars.map(({ effect, series: direction, cost, low, high, pairs }) => [
        ...[effect, direction],
        ...[cost, low, high].map((value) => Number(value.toFixed(4))),
        pairs,
      ]),
    },
  };
}

/** Letters of a line of an effect's name. */
const lineLength = 22;

/** Names in as many lines as they need, in front of their bars. */
function linesOf(effects: readonly string[]): string {
  return `(${JSON.stringify(Object.fromEntries(effects.map((effect) => [effect, wrapped(effect, lineLength)])))})[datum.label]`;
}
