import type { EpochMetrics } from '../runner.js';
import { binomialInterval } from './interval.js';
import type { Point } from './recorder.js';
import type { Printed } from './schema.js';
import { publishedOf, type FigureSource } from './source.js';
import { tableOf, type Column, type Table } from './table.js';

/** Accuracy after each epoch, beside the ideal twin's and what the paper prints. */
export function accuracyPerEpoch(source: FigureSource): Table | undefined {
  const { metrics } = source.run.outcome;
  if (metrics.length === 0) return undefined;
  const ideal = new Map(source.ideal?.outcome.metrics.map((one) => [one.epoch, one]));
  const published = publishedOf(source.config);
  const columns: Column<EpochMetrics>[] = [
    { name: 'epoch', unit: 'epochs', means: 'epochs trained; 0 is before training', value: ({ epoch }) => epoch },
    samplesColumn(({ samples }) => samples),
    ...rateColumns('', 'the trained network', (row: EpochMetrics) => row),
    ...(source.ideal ? rateColumns('ideal_', 'its ideal twin', ({ epoch }: EpochMetrics) => ideal.get(epoch)) : []),
    ...printedColumn('accuracy', 'the accuracy', published?.accuracy),
    ...printedColumn('ideal', 'the accuracy of the ideal case', published?.ideal),
  ];
  return tableOf(columns, metrics);
}

/** Recognition rate against the samples learnt, with the interval in which chance would put it over test images. */
export function recognitionVsLearnings(source: FigureSource): Table | undefined {
  const { points } = source.run.recorder;
  const { evaluateAt, evaluateEvery } = source.config.record;
  if (points.length === 0 || (evaluateAt === undefined && evaluateEvery === undefined)) return undefined;
  const ideal = new Map(source.ideal?.recorder.points.map((one) => [one.samples, one.evaluation]));
  const interval = ({ evaluation: { correct, count } }: Point) => binomialInterval(correct, count);
  const published = publishedOf(source.config);
  const columns: Column<Point>[] = [
    samplesColumn(({ samples }) => samples),
    ...rateColumns('', 'the trained network', ({ evaluation }: Point) => evaluation),
    { ...bound('accuracy_low', 'lower'), value: (row) => interval(row).low },
    { ...bound('accuracy_high', 'upper'), value: (row) => interval(row).high },
    ...(source.ideal ? rateColumns('ideal_', 'its ideal twin', ({ samples }: Point) => ideal.get(samples)) : []),
    ...printedColumn('untrained', 'the accuracy before training', published?.untrained),
    ...printedColumn('accuracy', 'the accuracy', published?.accuracy),
  ];
  return tableOf(columns, points);
}

function samplesColumn<Row>(value: (row: Row) => number): Column<Row> {
  return { name: 'samples', unit: 'samples', means: 'training images shown since the start', value };
}

interface Rate {
  readonly accuracy: number;
  readonly correct: number;
  readonly count: number;
}

function rateColumns<Row>(prefix: string, whose: string, rateOf: (row: Row) => Rate | undefined): Column<Row>[] {
  const of = `of ${whose}`;
  return [
    {
      ...{ name: `${prefix}accuracy`, unit: '1', means: `fraction of the test images recognised, ${of}` },
      value: (row) => rateOf(row)?.accuracy,
    },
    {
      ...{ name: `${prefix}correct`, unit: 'images', means: `test images recognised, ${of}` },
      value: (row) => rateOf(row)?.correct,
    },
    {
      ...{ name: `${prefix}count`, unit: 'images', means: `test images, ${of}` },
      value: (row) => rateOf(row)?.count,
    },
  ];
}

function bound(name: string, which: string) {
  const means = `${which} end of the 95 % interval of accuracy over draws of test images (binomial, Wilson's score)`;
  return { name, unit: '1', means };
}

/** A line: the same printed value in every row. */
function printedColumn<Row>(name: string, what: string, printed: Printed | undefined): Column<Row>[] {
  if (!printed) return [];
  const means = `${what} that the paper prints, ${printed.printed}, as a line`;
  return [{ name: `published_${name}`, unit: '1', means, value: () => printed.value }];
}
