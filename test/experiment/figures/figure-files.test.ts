import { describe, expect, it } from 'vitest';
import { crossbarSchema } from '../../../src/crossbar/schema.js';
import { deviceSchema } from '../../../src/device/registry.js';
import { figureFiles } from '../../../src/experiment/figures/figure-files.js';
import { binomialInterval } from '../../../src/experiment/figures/interval.js';
import type { FigureSource, RecordedRun } from '../../../src/experiment/figures/source.js';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { decodeSafetensors } from '../../../src/experiment/safetensors.js';
import type { ExperimentConfig } from '../../../src/experiment/schema.js';
import { networkSchema, trainingSchema } from '../../../src/training/schema.js';
import type { TrainingSpec } from '../../../src/training/training-spec.js';
import { tinyDataset, tinySpec } from '../../training/tiny.js';
import { recorded } from './recorded.js';

const shipped = loadExperiment('configs/experiments/ws2-mnist.yaml').config;
const record = { evaluateAt: [100], weightMaps: [100], idealLine: true, tensorboard: false };
const oneLayer = networkSchema.parse({ layers: [{ units: 3, weightLimit: 3 }] });

/** What an experiment that records everything leaves of a run on the tiny data set. */
function sourceOf(run: RecordedRun, change: Partial<FigureSource> = {}, config: Partial<ExperimentConfig> = {}) {
  const { network } = tinySpec({ network: oneLayer });
  const whole = { ...shipped, network, record, ...config };
  return { config: whole, shape: tinyDataset.shape, run, ideal: undefined, ...change } satisfies FigureSource;
}

const spec = (change: Partial<TrainingSpec> = {}): TrainingSpec =>
  tinySpec({ network: oneLayer, training: trainingSchema.parse({ learningRate: 0.1, epochs: 2 }), ...change });

interface IndexFigure {
  readonly id: string;
  readonly file: string;
  readonly columns?: readonly { readonly name: string; readonly unit: string; readonly means: string }[];
  readonly mapsOf?: string;
  readonly stages?: { readonly values: readonly number[] };
  readonly tensors?: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly paper: { readonly shows: string; readonly differs: string } | null;
}

/** The files by name, and the index read. */
function written(source: FigureSource) {
  const files = new Map(figureFiles(source).map(({ name, content }) => [name, content]));
  const index = JSON.parse(String(files.get('figures/figures.json'))) as { figures: readonly IndexFigure[] };
  return { files, index };
}

/** A CSV file as rows of numbers by column; an empty field is NaN. */
function rowsOf(content: string | Uint8Array | undefined): Record<string, number>[] {
  const [header, ...lines] = String(content).trimEnd().split('\n');
  const names = header!.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    expect(fields).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, i) => [name, fields[i] === '' ? NaN : Number(fields[i])]));
  });
}

describe("a run's figures", () => {
  it('are the files of the index, no more and no fewer, with the columns that it names', async () => {
    const { files, index } = written(sourceOf(await recorded(spec(), record)));
    expect([...files.keys()].sort()).toEqual(
      [...index.figures.map(({ file }) => `figures/${file}`), 'figures/figures.json'].sort(),
    );
    expect(index.figures.map(({ id }) => id)).toEqual(['accuracy-per-epoch', 'B-5b', 'B-5c', 'B-5d']);
    for (const { file, columns } of index.figures.filter(({ columns }) => columns)) {
      expect(Object.keys(rowsOf(files.get(`figures/${file}`))[0]!)).toEqual(columns!.map(({ name }) => name));
      expect(columns!.flatMap(({ unit, means }) => [unit, means])).not.toContain('');
    }
    expect(index.figures.at(1)?.paper?.differs).toContain('The text prints the two ends alone');
  });

  it('hold the accuracies of the run, beside those of its twin and the printed ones', async () => {
    const run = await recorded(spec(), record);
    const ideal = await recorded(spec({ device: deviceSchema.parse({ model: 'ideal' }) }), record);
    const { files } = written(sourceOf(run, { ideal }));
    const rows = rowsOf(files.get('figures/accuracy-per-epoch.csv'));
    expect(rows).toEqual(
      run.outcome.metrics.map(({ epoch, samples, accuracy, correct, count }, i) => {
        const twin = ideal.outcome.metrics[i]!;
        const lines = { ideal_accuracy: twin.accuracy, ideal_correct: twin.correct, ideal_count: 120 };
        return { epoch, samples, accuracy, correct, count, ...lines, published_accuracy: 0.8563 };
      }),
    );
    const learnt = rowsOf(files.get('figures/recognition-vs-learnings.csv'));
    expect(learnt.map(({ samples }) => samples)).toEqual([0, 100, 400, 800]);
    for (const row of learnt) {
      expect(row).toMatchObject({ count: 120, published_untrained: 0.134, published_accuracy: 0.8563 });
      expect(row.correct).toBe(Math.round(row.accuracy! * 120));
      const { low, high } = binomialInterval(row.correct!, 120);
      expect(row).toMatchObject({ accuracy_low: low, accuracy_high: high });
      const twin = ideal.recorder.points.find(({ samples }) => samples === row.samples);
      expect(row.ideal_correct).toBe(twin?.evaluation.correct);
    }
  });

  it('leave empty what the twin did not reach', async () => {
    const run = await recorded(spec(), record);
    const ideal = await recorded(spec(), record, { epochs: 1 });
    const rows = rowsOf(written(sourceOf(run, { ideal })).files.get('figures/accuracy-per-epoch.csv'));
    expect(rows.map(({ ideal_accuracy }) => Number.isNaN(ideal_accuracy))).toEqual([false, false, true]);
  });

  it('count every test image once in each confusion matrix', async () => {
    const run = await recorded(spec(), record);
    const rows = rowsOf(written(sourceOf(run)).files.get('figures/confusion.csv'));
    const stages = [...new Set(rows.map(({ samples }) => samples))];
    expect(stages).toEqual([0, 100, 800]);
    for (const stage of stages) {
      const cells = rows.filter(({ samples }) => samples === stage);
      expect(cells).toHaveLength(9);
      expect(cells.reduce((sum, { count }) => sum + count!, 0)).toBe(120);
      const right = cells.reduce((sum, cell) => sum + (cell.true === cell.predicted ? cell.count! : 0), 0);
      expect(right).toBe(run.recorder.points.find(({ samples }) => samples === stage)?.evaluation.correct);
    }
    // Rows of the matrix are the true classes.
    const labels = [...tinyDataset.test.labels];
    const ofClass = rows.filter((row) => row.samples === 800 && row.true === 1);
    expect(ofClass.reduce((sum, { count }) => sum + count!, 0)).toBe(labels.filter((label) => label === 1).length);
  });

  it('are the accuracy and the confusion alone where nothing is recorded', async () => {
    const nothing = { weightMaps: false, idealLine: false, tensorboard: false };
    const { index } = written(sourceOf(await recorded(spec(), nothing), {}, { record: nothing, published: 'none' }));
    expect(index).toMatchObject({ published: null, idealStatus: null });
    expect(index.figures.map(({ id, paper }) => [id, paper])).toEqual([
      ['accuracy-per-epoch', null],
      ['confusion', null],
    ]);
    expect(index.figures[1]?.columns?.map(({ name }) => name)).toEqual(['samples', 'true', 'predicted', 'count']);
  });

  it('are none but the weights where a run was interrupted before it was evaluated', async () => {
    const run = await recorded(spec(), record, { signal: AbortSignal.abort() });
    const { index } = written(sourceOf(run));
    expect(index).toMatchObject({ status: 'interrupted', figures: [{ id: 'B-5c', stages: { values: [0] } }] });
  });
});

describe('weight maps', () => {
  /** The tensors of the file, and a value by stage, map, row and column. */
  async function mapsOf(change: Partial<TrainingSpec>, config: Partial<ExperimentConfig> = {}) {
    const run = await recorded(spec(change), record);
    const { files, index } = written(sourceOf(run, {}, config));
    const { tensors } = decodeSafetensors(files.get('figures/weight-maps.safetensors') as Uint8Array, 'maps');
    const sheet = index.figures.find(({ file }) => file === 'weight-maps.safetensors')!;
    const at = (name: string, stage: number, map: number, row: number, column: number): number => {
      const [, maps, height, width] = tensors[name]!.shape as [number, number, number, number];
      return tensors[name]!.data[((stage * maps + map) * height + row) * width + column]!;
    };
    return { run, tensors, sheet, at };
  }

  it('have the geometry of an image, one a class, at every stage', async () => {
    const { run, tensors, sheet, at } = await mapsOf({});
    expect(sheet).toMatchObject({ mapsOf: 'output class', stages: { values: [0, 100, 800] } });
    expect(sheet.tensors?.map(({ name, shape }) => [name, shape])).toEqual([
      ['weights', [3, 3, 4, 4]],
      ['difference', [3, 3, 4, 4]],
    ]);
    expect(tensors.weights?.shape).toEqual([3, 3, 4, 4]);
    const { weights, conductances } = run.recorder.stages[1]!.layer;
    // Pixel in row 2 and column 1 of 4, to class 2 of 3.
    const cell = (2 * 4 + 1) * 3 + 2;
    expect(at('weights', 1, 2, 2, 1)).toBe(weights[cell]);
    const difference = conductances.gPlus![cell]! - conductances.gMinus![cell]!;
    expect(at('difference', 1, 2, 2, 1)).toBe(Math.fround(difference));
    // ±3 at the edges of half the range of 9 nS.
    tensors.weights!.data.forEach((w, i) => {
      expect(tensors.difference!.data[i]! / 1.5e-9).toBeCloseTo(w, 4);
    });
  });

  it('are differences from the reference with offset coding', async () => {
    const { tensors } = await mapsOf({ crossbar: crossbarSchema.parse({ coding: 'offset' }) });
    // One cell: ±3 at the edges of half the range, 2.25 nS from its centre.
    tensors.weights!.data.forEach((w, i) => {
      expect(tensors.difference!.data[i]! / 0.75e-9).toBeCloseTo(w, 4);
    });
  });

  it('are weights alone of the ideal device, and leave a bias out', async () => {
    const { tensors, run, at } = await mapsOf({
      device: deviceSchema.parse({ model: 'ideal' }),
      network: networkSchema.parse({ ...oneLayer, bias: true }),
    });
    expect(Object.keys(tensors)).toEqual(['weights']);
    expect(tensors.weights?.shape).toEqual([3, 3, 4, 4]);
    expect(at('weights', 2, 1, 3, 3)).toBe(run.outcome.layers[0]!.weights[15 * 3 + 1]);
  });

  it('are those of the first hidden layer in a deeper network, and say so', async () => {
    const { network } = tinySpec();
    const { sheet, tensors } = await mapsOf({ network }, { network });
    expect(sheet).toMatchObject({ mapsOf: 'hidden unit' });
    expect(tensors.weights?.shape).toEqual([3, 8, 4, 4]);
  });
});
