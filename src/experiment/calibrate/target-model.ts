import { Surface, type Observation } from '../../statistics/gaussian-process.js';
import { fitLine, lineVariance, predictLine, type Estimate, type Line } from '../../statistics/regression.js';
import type { Point } from '../../statistics/sampling.js';
import { accuracyOf, logit, slopeAt, standardError, type Outcome } from './outcome.js';
import type { Target } from './schema.js';

/** A candidate and what it came to at each rung of a target, undefined where it was not run. */
export interface Climb {
  readonly point: Point;
  readonly outcomes: readonly (Outcome | undefined)[];
}

/** How well a surface foretells the full runs that it has not seen. */
export interface CrossValidation {
  /** Root mean square of the differences, a fraction of the test images; seed noise of the run is in it. */
  readonly error: number;
  /** Root mean square of the differences over what the surface gives for them; 1 where it judges itself well. */
  readonly ratio: number;
  readonly runs: number;
}

/** An odds ratio of e from the target a pair counts half: what holds there is what is asked for. */
const nearness = 1;

/**
 * What a target's runs say of its accuracy, all on the logit scale: how each rung foretells the full run (a line with
 * its residual), and the full accuracy over the unit cube (a surface through full runs and foretold ones).
 */
export class TargetModel {
  /** Of every rung below the last; undefined where too few candidates have run both. */
  readonly lines: readonly (Line | undefined)[];
  /** Spread of a run over seeds, on the logit scale, of every rung. */
  readonly seedSpreads: readonly number[];
  readonly goal: number;
  /** The tolerance on the logit scale. */
  readonly tolerance: number;
  private readonly last: number;
  private made: { readonly surface: Surface; readonly validation: CrossValidation } | undefined;

  constructor(
    readonly target: Target,
    private readonly climbs: readonly Climb[],
  ) {
    this.last = target.rungs.length - 1;
    this.goal = logit(target.accuracy);
    this.tolerance = target.tolerance / slopeAt(target.accuracy);
    this.lines = target.rungs.slice(0, -1).map((_, rung) => this.lineOf(rung));
    this.seedSpreads = target.rungs.map((_, rung) => this.seedSpreadOf(rung));
  }

  /** The full accuracy of a candidate, by the highest rung that it has run. */
  foretold({ outcomes }: Climb): Estimate {
    const { rung, outcome } = highest(outcomes);
    const x = logit(outcome.accuracy);
    if (rung === this.last) return { mean: x, variance: this.noise(rung, outcome) };
    const line = this.lines[rung];
    return line ? predictLine(line, x) : { mean: x, variance: 1 };
  }

  /** ((full − target)/tolerance)², as it is to be expected. */
  expectedMisfit({ mean, variance }: Estimate): number {
    return ((mean - this.goal) ** 2 + variance) / this.tolerance ** 2;
  }

  /** The full accuracy at a point, on the logit scale; its variance as large as cross-validation says it is. */
  at(point: Point): Estimate {
    const { surface, validation } = this.fitted();
    const { mean, variance } = surface.at(point);
    return { mean, variance: variance * Math.max(1, validation.ratio ** 2) };
  }

  /** The full accuracy at a point: a fraction of the test images, and its standard deviation. */
  accuracyAt(point: Point): { readonly accuracy: number; readonly sd: number } {
    const { mean, variance } = this.at(point);
    const accuracy = accuracyOf(mean);
    return { accuracy, sd: Math.sqrt(variance) * slopeAt(accuracy) };
  }

  /** Candidates that ran at the last rung. */
  get fullRuns(): number {
    return this.climbs.filter(({ outcomes }) => outcomes[this.last] !== undefined).length;
  }

  get surface(): Surface {
    return this.fitted().surface;
  }

  get validation(): CrossValidation {
    return this.fitted().validation;
  }

  private fitted() {
    this.made ??= this.fit();
    return this.made;
  }

  private fit() {
    const seen = this.climbs.filter(({ outcomes }) => outcomes.some((outcome) => outcome !== undefined));
    const surface = new Surface(seen.map((climb) => this.observation(climb)));
    return { surface, validation: this.validate(surface, seen) };
  }

  /** A full run is seen as it is; a cheaper one through its line, whose residual beyond seed noise is smooth. */
  private observation(climb: Climb): Observation {
    const { point: at, outcomes } = climb;
    const { rung, outcome } = highest(outcomes);
    const { mean: value, variance } = this.foretold(climb);
    const line = this.lines[rung];
    if (rung === this.last || !line) return { at, value, variance };
    const seeds = line.slope ** 2 * this.noise(rung, outcome);
    const unexplained = Math.max(line.residual ** 2 - seeds - this.fullNoise(), 0.05 * line.residual ** 2);
    const own = seeds + lineVariance(line, logit(outcome.accuracy));
    return { at, value, variance: own, instrument: { name: rung, variance: unexplained } };
  }

  private validate(surface: Surface, seen: readonly Climb[]): CrossValidation {
    const left = surface.leftOut();
    let [runs, weights, squares, ratios] = [0, 0, 0, 0];
    for (const [i, { outcomes }] of seen.entries()) {
      const full = outcomes[this.last];
      if (!full) continue;
      const weight = this.weightOf(logit(full.accuracy));
      const { residual, sd } = left[i]!;
      runs++;
      weights += weight;
      squares += weight * (residual * slopeAt(full.accuracy)) ** 2;
      ratios += weight * (residual / sd) ** 2;
    }
    if (weights === 0) return { error: NaN, ratio: 1, runs };
    return { error: Math.sqrt(squares / weights), ratio: Math.sqrt(ratios / weights), runs };
  }

  private lineOf(rung: number): Line | undefined {
    const pairs = this.climbs.flatMap(({ outcomes }) => {
      const [low, full] = [outcomes[rung], outcomes[this.last]];
      if (!low || !full) return [];
      const y = logit(full.accuracy);
      return [{ x: logit(low.accuracy), y, weight: this.weightOf(y) }];
    });
    return pairs.length < 3 ? undefined : fitLine(pairs);
  }

  /** Runs far from the target tell less of what holds at it. */
  private weightOf(value: number): number {
    return 1 / (1 + ((value - this.goal) / nearness) ** 2);
  }

  /** Pooled over candidates; of a rung that runs single seeds, the full run's. */
  private seedSpreadOf(rung: number): number {
    const pooled = this.pooled(rung) ?? this.pooled(this.last);
    return pooled ?? this.tolerance;
  }

  private pooled(rung: number): number | undefined {
    let [squares, weights] = [0, 0];
    for (const { outcomes } of this.climbs) {
      const outcome = outcomes[rung];
      if (outcome?.sd === undefined) continue;
      const weight = (outcome.runs - 1) * this.weightOf(this.fullOf(rung, outcome));
      squares += weight * (outcome.sd / slopeAt(outcome.accuracy)) ** 2;
      weights += weight;
    }
    return weights > 0 ? Math.sqrt(squares / weights) : undefined;
  }

  /** What a rung foretells of the full run, without its error. */
  private fullOf(rung: number, { accuracy }: Outcome): number {
    const line = this.lines[rung];
    return line ? line.intercept + line.slope * logit(accuracy) : logit(accuracy);
  }

  private noise(rung: number, { runs }: Outcome): number {
    return standardError(this.target.statistic, this.seedSpreads[rung]!, runs) ** 2;
  }

  private fullNoise(): number {
    const { seeds } = this.target.rungs[this.last]!;
    return standardError(this.target.statistic, this.seedSpreads[this.last]!, seeds) ** 2;
  }
}

function highest(outcomes: Climb['outcomes']): { readonly rung: number; readonly outcome: Outcome } {
  const rung = outcomes.findLastIndex((outcome) => outcome !== undefined);
  const outcome = outcomes[rung];
  if (!outcome) throw new RangeError('a candidate without a run foretells nothing');
  return { rung, outcome };
}
