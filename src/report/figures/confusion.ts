import type { Group } from '../results/groups.js';
import { fill, ink } from '../theme.js';
import { panelWidth, type Figure } from './figure.js';

/** Classes recognised of each true class, over all seeds. */
export function confusionFigure({ id, label, runs }: Group): Figure | undefined {
  const matrices = runs.flatMap((run) => {
    const matrix = run.confusion();
    return matrix ? [matrix] : [];
  });
  const [first] = matrices;
  if (!first) return undefined;
  const counts = first.map((row, i) =>
    row.map((_, j) => matrices.reduce((sum, matrix) => sum + (matrix[i]?.[j] ?? 0), 0)),
  );
  const cells = counts.flatMap((row, i) => {
    const all = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, j) => ({ actual: i, predicted: j, count, part: all === 0 ? 0 : (100 * count) / all }));
  });
  const seeds = matrices.length === 1 ? '' : `, of ${matrices.length} seeds together`;
  return {
    ...{ name: `${id}-confusion`, title: `${label}: confusion matrix`, columns: 1 },
    caption: `Percent of the test images of each digit that are recognised as each digit${seeds}; a dot is less than half a percent.`,
    panels: [panel(cells)],
    table: {
      head: ['true', 'recognised', 'count', 'percent'],
      rows: cells.map(({ actual, predicted, count, part }) => [actual, predicted, count, Number(part.toFixed(3))]),
    },
  };
}

/** The fill is thin enough everywhere for the same ink, on a light page and on a dark one. */
const strongest = 0.68;

function panel(cells: readonly { readonly part: number; readonly count: number }[]): object {
  const axis = { labelAngle: 0, grid: false, ticks: false, domain: false, labelPadding: 6 };
  const x = { field: 'predicted', type: 'ordinal', title: 'recognised as', axis };
  const y = { field: 'actual', type: 'ordinal', title: 'true digit', axis };
  const values = cells.map((cell) => ({
    ...cell,
    strength: strongest * Math.sqrt(cell.part / 100),
    text: cell.part >= 0.5 ? String(Math.round(cell.part)) : cell.count > 0 ? '·' : '',
  }));
  return {
    ...{ width: panelWidth, height: panelWidth, data: { values } },
    layer: [
      {
        mark: { type: 'rect', fill, stroke: '#d9dee3', strokeWidth: 0.5 },
        encoding: { x, y, fillOpacity: { field: 'strength', type: 'quantitative', scale: null, legend: null } },
      },
      {
        mark: { type: 'text', fontSize: 11, color: ink },
        encoding: { x, y, text: { field: 'text', type: 'nominal' } },
      },
    ],
  };
}
