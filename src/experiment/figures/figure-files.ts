import { accuracyPerEpoch, recognitionVsLearnings } from './accuracy-tables.js';
import { confusionTable } from './confusion-table.js';
import { histogramTable } from './histograms.js';
import { retentionTable } from './retention-table.js';
import type { FigureKind } from './schema.js';
import { publishedOf, type FigureSource } from './source.js';
import type { Table } from './table.js';
import { weightMaps } from './weight-maps.js';

/** A file of the run folder. */
export interface FigureFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** One figure's data, and what the index says of it. */
interface Figure {
  readonly kind: FigureKind;
  readonly title: string;
  readonly file: string;
  readonly content: string | Uint8Array;
  readonly sheet: object;
}

/** The numbers of a run's figures, each in a file of its own, and `figures.json`, which describes them. */
export function figureFiles(source: FigureSource): FigureFile[] {
  const figures = [
    ...tableFigure('accuracyPerEpoch', 'Accuracy after each epoch', accuracyPerEpoch(source)),
    ...tableFigure('recognitionVsLearnings', 'Recognition rate against learnings', recognitionVsLearnings(source)),
    ...weightMapFigure(source),
    ...tableFigure('histograms', 'Conductances of the cells', histogramTable(source.run.recorder.histograms)),
    ...tableFigure('confusion', 'Confusion matrix', confusionTable(source)),
    ...tableFigure('retention', 'Recognition rate against time and temperature', retentionTable(source)),
  ];
  const index = { name: 'figures.json', content: `${JSON.stringify(indexOf(figures, source), undefined, 2)}\n` };
  const files = figures.map(({ file, content }) => ({ name: file, content }));
  return [...files, index].map(({ name, content }) => ({ name: `figures/${name}`, content }));
}

function tableFigure(kind: FigureKind, title: string, table: Table | undefined): Figure[] {
  if (!table) return [];
  return [{ kind, title, file: `${dashed(kind)}.csv`, content: table.csv, sheet: { columns: table.columns } }];
}

function weightMapFigure(source: FigureSource): Figure[] {
  const maps = weightMaps(source);
  if (!maps) return [];
  const { mapsOf, note, stages, held, tensors, file: content } = maps;
  const sheet = { mapsOf, note, stages: { unit: 'samples', values: stages, held }, tensors };
  return [{ kind: 'weightMaps', title: `Weights of each ${mapsOf}`, file: 'weight-maps.safetensors', content, sheet }];
}

function indexOf(figures: readonly Figure[], { config, run, ideal }: FigureSource): object {
  const { figures: papers, ...published } = publishedOf(config) ?? {};
  return {
    experiment: config.name,
    seed: config.seed,
    status: run.outcome.status,
    idealStatus: ideal?.outcome.status ?? null,
    published: Object.keys(published).length === 0 ? null : published,
    figures: figures.map(({ kind, title, file, sheet }) => {
      const { id, shows, differs } = papers?.[kind] ?? {};
      const paper = id === undefined ? null : { shows, differs };
      return { id: id ?? dashed(kind), kind: dashed(kind), title, file, ...sheet, paper };
    }),
  };
}

/** `accuracyPerEpoch` → `accuracy-per-epoch`. */
function dashed(kind: string): string {
  return kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
