import type { EnergyUse } from '../../training/energy.js';
import type { Recorder } from '../figures/recorder.js';
import { confusionRows } from '../record.js';
import type { RunFolder } from '../run-folder.js';
import type { RunOutcome, View, Visitor } from '../runner.js';
import { eventFileName, eventFileStart, eventRecord, type Summary } from './event-file.js';
import {
  confusionSummary,
  energySummaries,
  epochSummaries,
  histogramSummary,
  idealSummaries,
  withinSummaries,
} from './summaries.js';

/** The event file of a run that goes on: what was added is on the disk when the call returns, for whoever follows it. */
export class EventLog {
  /** @param before - what the file of a run that is taken up held */
  constructor(
    private readonly folder: RunFolder,
    before?: Uint8Array,
  ) {
    folder.append(eventFileName, before ?? eventFileStart(now()));
  }

  /** @param step - samples trained on */
  add(step: number, summaries: readonly Summary[]): void {
    if (summaries.length > 0) this.folder.append(eventFileName, eventRecord({ time: now(), step, summaries }));
  }

  content(): Uint8Array {
    return this.folder.read(eventFileName);
  }
}

/** Seconds since 1970. */
function now(): number {
  return Date.now() / 1000;
}

/** Whose evaluations are entered. */
export interface Logged {
  readonly isIdeal: boolean;
  /** Whether it is evaluated within epochs too. */
  readonly looksWithin: boolean;
  /** Of the last epoch that was trained to its end. */
  readonly energy: () => EnergyUse | undefined;
}

/** Records what a network is like while it trains, and enters it in the event file at once. */
export class LoggedRecorder implements Visitor {
  constructor(
    private readonly recorder: Recorder,
    private readonly log: EventLog,
    private readonly of: Logged,
  ) {}

  stopsBetween(from: number, to: number): readonly number[] {
    return this.recorder.stopsBetween(from, to);
  }

  async visit(view: View): Promise<void> {
    const histograms = await this.withNewHistograms(() => this.recorder.visit(view));
    this.log.add(view.samples, [...this.evaluated(view), ...histograms]);
  }

  async finish(outcome: RunOutcome): Promise<void> {
    const histograms = await this.withNewHistograms(() => {
      this.recorder.finish(outcome);
    });
    this.log.add(outcome.samples, histograms);
  }

  private evaluated({ metrics, evaluation }: View): Summary[] {
    const { isIdeal, looksWithin, energy } = this.of;
    const within = looksWithin ? withinSummaries(evaluation.accuracy, isIdeal) : [];
    if (!metrics) return within;
    if (isIdeal) return [...idealSummaries(metrics), ...within];
    const use = metrics.epoch === 0 ? undefined : energy();
    const confusion = confusionSummary(confusionRows(evaluation.confusion));
    return [...epochSummaries(metrics), ...within, ...(use ? energySummaries(use) : []), confusion];
  }

  /** What the recorder took while it worked; an ideal twin's weights are not of the run. */
  private async withNewHistograms(work: () => Promise<void> | void): Promise<Summary[]> {
    const { length } = this.recorder.histograms;
    await work();
    if (this.of.isIdeal) return [];
    // What was left alone after training has no step of its own.
    const added = this.recorder.histograms.slice(length).filter(({ held }) => held === undefined);
    return added.flatMap(({ histograms }) => histograms.map(histogramSummary));
  }
}
