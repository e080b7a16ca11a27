import type { FigureSource } from './source.js';
import { tableOf, type Table } from './table.js';

interface Cell {
  readonly samples: number;
  readonly actual: number;
  readonly predicted: number;
  readonly count: number;
}

/** The confusion matrix at every stage that was kept, and of the last whole epoch. */
export function confusionTable({ run }: FigureSource): Table | undefined {
  const matrices = new Map<number, Uint32Array>();
  for (const { samples, confusion } of run.recorder.stages) if (confusion) matrices.set(samples, confusion);
  const { evaluation, metrics } = run.outcome;
  if (evaluation) matrices.set(metrics.at(-1)!.samples, evaluation.confusion);
  const rows = [...matrices].sort(([a], [b]) => a - b).flatMap(([samples, matrix]) => cellsOf(samples, matrix));
  if (rows.length === 0) return undefined;
  return tableOf<Cell>(
    [
      ...[
        { name: 'samples', unit: 'samples', means: 'training images shown by then', value: (row: Cell) => row.samples },
      ],
      { name: 'true', unit: 'class', means: "the image's class", value: ({ actual }) => actual },
      { name: 'predicted', unit: 'class', means: 'the class recognised', value: ({ predicted }) => predicted },
      { name: 'count', unit: 'images', means: 'test images of that class recognised so', value: ({ count }) => count },
    ],
    rows,
  );
}

function cellsOf(samples: number, matrix: Uint32Array): Cell[] {
  const classes = Math.sqrt(matrix.length);
  return Array.from(matrix, (count, i) => {
    return { samples, actual: Math.floor(i / classes), predicted: i % classes, count };
  });
}
