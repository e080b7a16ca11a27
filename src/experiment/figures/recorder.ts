import type { Evaluation } from '../../training/evaluation.js';
import type { LayerSnapshot } from '../../training/snapshot.js';
import type { RunOutcome, View, Visitor } from '../runner.js';
import { histogramsOf, type HistogramStage } from './histograms.js';
import type { RecordConfig } from './schema.js';

/** How good the network was after so many samples. */
export interface Point {
  readonly samples: number;
  readonly evaluation: Pick<Evaluation, 'accuracy' | 'correct' | 'count' | 'loss'>;
}

/** The first layer as it was after so many samples. */
export interface Stage {
  readonly samples: number;
  /** Time since training for which it was left alone [s]; absent while it trains and at the end of that. */
  readonly held?: number;
  readonly layer: LayerSnapshot;
  /** Of the evaluation at the same count; undefined where a run was cut short between evaluations. */
  readonly confusion: Uint32Array | undefined;
}

/** What was recorded so far. */
export interface Recorded {
  readonly points: readonly Point[];
  readonly stages: readonly Stage[];
  readonly histograms: readonly HistogramStage[];
}

/** Keeps what figures are made of while a network trains. */
export class Recorder implements Visitor, Recorded {
  /** Every evaluation, before training and after every epoch too, by samples. */
  readonly points: Point[];
  readonly stages: Stage[];
  readonly histograms: HistogramStage[];

  /** @param before - what was recorded before the run was taken up */
  constructor(
    private readonly config: RecordConfig,
    before?: Recorded,
  ) {
    this.points = [...(before?.points ?? [])];
    this.stages = [...(before?.stages ?? [])];
    this.histograms = [...(before?.histograms ?? [])];
  }

  stopsBetween(from: number, to: number): readonly number[] {
    const { evaluateEvery, evaluateAt = [] } = this.config;
    const every = evaluateEvery === undefined ? [] : multiplesBetween(evaluateEvery, from, to);
    const listed = [...evaluateAt, ...this.listedStages()].filter((samples) => samples > from && samples < to);
    return [...new Set([...every, ...listed])].sort((a, b) => a - b);
  }

  async visit({ samples, isTrained, evaluation, snapshot }: View): Promise<void> {
    const { accuracy, correct, count, loss, confusion } = evaluation;
    this.points.push({ samples, evaluation: { accuracy, correct, count, loss } });
    const [staged, counted] = [this.isStage(samples, isTrained), this.config.histograms === true];
    if (!staged && !counted) return;
    const layers = await snapshot();
    if (counted) this.histograms.push({ samples, histograms: histogramsOf(layers) });
    if (staged && layers[0]) this.stages.push({ samples, layer: layers[0], confusion });
  }

  /**
   * Adds the end of the run as a last stage where it is another than the last that was kept: of one that was cut short, and of
   * one that was held after training.
   */
  finish({ status, samples, layers, metrics, holds, evaluation }: RunOutcome): void {
    // What is kept of a lost session is the network before it was held.
    const held = status === 'failed' ? undefined : holds.at(-1)?.elapsed;
    const at = { samples, ...(held !== undefined && { held }) };
    const isNew = (last: { readonly samples: number } | undefined): boolean =>
      last?.samples !== samples || held !== undefined;
    if (this.config.histograms && isNew(this.histograms.at(-1))) {
      this.histograms.push({ ...at, histograms: histogramsOf(layers) });
    }
    const [layer] = layers;
    if (this.config.weightMaps === false || !layer || !isNew(this.stages.at(-1))) return;
    const confusion = metrics.at(-1)?.samples === samples ? evaluation?.confusion : undefined;
    this.stages.push({ ...at, layer, confusion });
  }

  private isStage(samples: number, isTrained: boolean): boolean {
    if (this.config.weightMaps === false) return false;
    return samples === 0 || isTrained || this.listedStages().includes(samples);
  }

  private listedStages(): readonly number[] {
    return typeof this.config.weightMaps === 'boolean' ? [] : this.config.weightMaps;
  }
}

/** Multiples of a step above `from` and below `to`. */
function multiplesBetween(step: number, from: number, to: number): number[] {
  const first = Math.floor(from / step) + 1;
  return Array.from({ length: Math.max(0, Math.ceil(to / step) - first) }, (_, i) => (first + i) * step);
}
