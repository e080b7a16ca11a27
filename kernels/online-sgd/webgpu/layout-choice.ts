import { readTuning, writeTuning } from '../../webgpu/tuning.js';
import { layouts, type Layout } from './layout.js';

/** Seconds that a submission aims at: drivers take the GPU away from what holds it for seconds. */
const submissionSeconds = 0.1;
const mostSamples = 4096;
/** Of a layout that is told, and not timed. */
const untimedSamples = 64;

/** Samples of a layout's first piece, which pays for what a driver does at first use and does not count. */
const firstSamples = 8;
/** A layout has been timed once its other pieces come to so many samples, or where samples are slow to so many seconds. */
const enough = { samples: 32, seconds: 0.05 } as const;

/**
 * Steps from which on layouts are compared anew: pulses become few as training settles, and what was the fastest for many of
 * them need not be so for few.
 */
const stages = [0, 4096, 16_384, 65_536, 262_144] as const;
/** A layout that took this many times as long as the fastest is left out of the next comparison: it could cost more than it finds. */
const hopeless = 3;

/** The shortest time of a sample that is believed [s]: clocks that are coarse show none at all. */
const shortest = 1e-7;

/** Seconds a sample of the layouts that were compared. */
type Times = Readonly<Partial<Record<Layout, number>>>;

interface Known {
  readonly times: Times;
  /** In this process; what lay in a cache may be of another machine, or of nobody's. */
  readonly measured: boolean;
}

/** What is known in this process, by adapter, network and stage. */
const found = new Map<string, Known>();

/** A piece of training: how it is laid out, and whether its time is wanted. */
export interface Piece {
  readonly layout: Layout;
  readonly samples: number;
  readonly timed: boolean;
}

/** What a layout took so far. */
interface Trial {
  readonly layout: Layout;
  pieces: number;
  /** Of its first piece, a sample; then what counts. */
  first: number;
  samples: number;
  seconds: number;
}

/** Chooses the layout by timing each on samples that are trained anyway, a piece in turn. */
export class LayoutChoice {
  private readonly asked = new Set<string>();
  private trials: Trial[] = [];
  private turn = 0;
  private stage = 0;
  /** Samples of a piece that goes by times of others: few at first, then as many as its own time allows. */
  private allowed: number = firstSamples;

  /** @param fixed - a layout that is not to be chosen */
  constructor(
    private readonly key: string,
    private readonly fixed?: Layout,
  ) {}

  /** The next piece of the `left` samples that begin at global step `step`. */
  next(left: number, step: number): Piece {
    if (this.fixed) return { layout: this.fixed, samples: Math.min(left, untimedSamples), timed: false };
    const stage = stages.findLastIndex((from) => from <= step);
    // Times of one stage say nothing of the next.
    if (stage !== this.stage) [this.stage, this.allowed, this.trials, this.turn] = [stage, firstSamples, [], 0];
    const known = this.timesOf(this.stage);
    if (known) return this.settled(known, left);
    if (this.trials.length === 0) this.trials = this.candidates().map(trialOf);
    const { layout, pieces, first } = this.trials[this.turn % this.trials.length]!;
    const samples = pieces === 0 ? firstSamples : Math.min(samplesIn(first), enough.samples);
    return { layout, samples: Math.min(left, samples), timed: true };
  }

  private settled({ times, measured }: Known, left: number): Piece {
    this.trials = [];
    const layout = fastest(times);
    const wanted = Math.min(left, samplesIn(times[layout]!));
    if (measured) return { layout, samples: wanted, timed: false };
    return { layout, samples: Math.min(wanted, this.allowed), timed: wanted > this.allowed };
  }

  /** Takes the time of a piece; once each layout has been timed, the fastest one stays for its stage. */
  took(layout: Layout, samples: number, seconds: number): void {
    if (this.trials.length === 0) {
      this.allowed = Math.min(samplesIn(seconds / samples), 4 * this.allowed);
      return;
    }
    const trial = this.trials.find((one) => one.layout === layout);
    if (!trial) return;
    if (trial.pieces === 0) trial.first = seconds / samples;
    else {
      trial.samples += samples;
      trial.seconds += seconds;
    }
    trial.pieces++;
    this.turn++;
    if (!this.trials.every(isTimed)) return;
    const timeOf = (one: Trial): number => Math.max(one.seconds / one.samples, shortest);
    const times = Object.fromEntries(this.trials.map((one) => [one.layout, timeOf(one)]));
    found.set(this.keyOf(this.stage), { times, measured: true });
    writeTuning(this.keyOf(this.stage), times);
  }

  /** Layouts that may be the fastest: of those that were compared at the stage before, the ones that came near it. */
  private candidates(): Layout[] {
    const before = this.stage > 0 ? this.timesOf(this.stage - 1)?.times : undefined;
    if (!before) return [...layouts];
    const best = before[fastest(before)]!;
    return layouts.filter((layout) => (before[layout] ?? Infinity) <= hopeless * best);
  }

  /** What is known of a stage: in this process, or left in a cache by another, which is looked into once. */
  private timesOf(stage: number): Known | undefined {
    const key = this.keyOf(stage);
    const known = found.get(key);
    if (known || this.asked.has(key)) return known;
    this.asked.add(key);
    const times = readTuning(key);
    if (!areTimes(times)) return undefined;
    const read = { times, measured: false };
    found.set(key, read);
    return read;
  }

  private keyOf(stage: number): string {
    return `${this.key}, from step ${stages[stage]}`;
  }
}

function trialOf(layout: Layout): Trial {
  return { layout, pieces: 0, first: 0, samples: 0, seconds: 0 };
}

function isTimed({ samples, seconds }: Trial): boolean {
  return samples >= enough.samples || seconds >= enough.seconds;
}

function fastest(times: Times): Layout {
  return layouts.reduce((best, layout) => ((times[layout] ?? Infinity) < (times[best] ?? Infinity) ? layout : best));
}

/** What lies in a cache may be anything. */
function areTimes(value: unknown): value is Times {
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.entries(value);
  const isTime = (seconds: unknown): boolean => typeof seconds === 'number' && seconds > 0 && seconds < 1e3;
  return entries.length > 0 && entries.every(([layout, t]) => layouts.some((name) => name === layout) && isTime(t));
}

function samplesIn(seconds: number): number {
  return Math.min(Math.max(Math.floor(submissionSeconds / seconds), 1), mostSamples);
}
