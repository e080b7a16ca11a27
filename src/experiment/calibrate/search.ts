import { RunError } from '../../errors.js';
import { fold, keyOf, type Key } from '../../random.js';
import { latinHypercube, spreadOut, type Point } from '../../statistics/sampling.js';
import { choose, thinned, type Choice, type Wish } from './choose.js';
import { derived } from './derived.js';
import type { Candidate, Evaluator } from './evaluator.js';
import { best, rungSizes } from './halving.js';
import { identifiabilityOf, type Identifiability } from './identifiability.js';
import type { Outcome } from './outcome.js';
import { drawPosterior, fullEffort, type Constraint, type Effort, type Posterior } from './posterior.js';
import { derivedNames, type Calibration, type DerivedName, type Family } from './schema.js';
import { pointOf, valuesAt, type Values } from './space.js';
import { TargetModel, type Climb } from './target-model.js';

/** A candidate with all that it came to: by target, then by rung. */
export interface Tried {
  readonly candidate: Candidate;
  readonly outcomes: readonly (readonly (Outcome | undefined)[])[];
}

/** What is known of a family at the end. */
export interface FamilyFit {
  readonly family: Family;
  readonly tried: readonly Tried[];
  readonly models: readonly TargetModel[];
  readonly posterior: Posterior;
  readonly identifiability: Identifiability;
  readonly choice: Choice;
  readonly values: Values;
  /** The fitted point as it ran at the full rung with seeds of its own, by target; undefined where it was not to. */
  readonly confirmed: readonly (Outcome | undefined)[];
}

/** Searches one family: pilots, halving, refinement, fit, confirmation. */
export class FamilySearch {
  private readonly candidates: Candidate[] = [];
  private readonly last: number;
  private readonly key: Key;

  /**
   * @param index - the family's place among the families
   * @param nextId - gives candidates their numbers
   */
  constructor(
    private readonly config: Calibration,
    private readonly family: Family,
    private readonly evaluator: Evaluator,
    index: number,
    private readonly nextId: () => number,
    private readonly effort: Effort = fullEffort,
  ) {
    this.last = config.targets[0]!.rungs.length - 1;
    this.key = fold(keyOf(config.search.seed, 'calibration'), index);
  }

  async run(): Promise<FamilyFit> {
    const { candidates, pilots, refine, confirm } = this.config.search;
    // A wish that the device cannot have is told before anything is trained.
    this.wish()?.measure(new Float64Array(this.family.parameters.length).fill(0.5));
    const drawn = latinHypercube(fold(this.key, 0), candidates, this.family.parameters.length);
    await this.climb(this.add(drawn, 0), pilots);
    for (let round = 1; round <= refine.rounds; round++) {
      const { posterior } = this.drawn(round);
      await this.climb(this.add(this.freshPoints(posterior, refine.candidates), round), 0);
    }
    const fit = this.fit(refine.rounds + 1);
    return { ...fit, confirmed: confirm === 0 ? [] : await this.confirm(fit.values, confirm) };
  }

  private add(points: readonly Point[], round: number): Candidate[] {
    const { family } = this;
    const { parameters } = family;
    const added = points.map((at) => {
      const values = valuesAt(parameters, at);
      return { id: this.nextId(), family, values, point: pointOf(parameters, values), round };
    });
    this.candidates.push(...added);
    return added;
  }

  /** Points that the posterior holds likely, apart from each other and from what was tried. */
  private freshPoints({ points }: Posterior, count: number): Point[] {
    const taken = this.candidates.map(({ point }) => point);
    return spreadOut(thinned(points, 4 * count), taken, count);
  }

  /** Pilots run through every rung first; of all, the better go on from rung to rung. */
  private async climb(candidates: readonly Candidate[], pilots: number): Promise<void> {
    const { keep, refine } = this.config.search;
    const round = candidates[0]!.round;
    const stage = `${this.family.name}: ${round === 0 ? 'start' : `round ${round} of ${refine.rounds}`}`;
    const rungs = Array.from({ length: this.last + 1 }, (_, rung) => rung);
    if (pilots > 0 && this.last > 0) {
      const trials = candidates.slice(0, pilots).flatMap((candidate) => rungs.map((rung) => ({ candidate, rung })));
      await this.evaluator.evaluate(`${stage}, ${pilots} pilots at every rung`, trials);
    }
    let alive: readonly Candidate[] = candidates;
    for (const [rung, size] of rungSizes(candidates.length, keep, this.last + 1).entries()) {
      alive = rung === 0 ? alive : this.better(alive, rung - 1, size);
      const trials = alive.map((candidate) => ({ candidate, rung }));
      await this.evaluator.evaluate(
        `${stage}, rung ${rung + 1} of ${this.last + 1}, ${alive.length} candidates`,
        trials,
      );
    }
  }

  /** Those of the least expected misfit, by what they came to at a rung. One whose run failed is out. */
  private better(alive: readonly Candidate[], rung: number, count: number): Candidate[] {
    const models = this.models();
    const through = alive.flatMap((candidate) => {
      const climbs = this.climbsOf(candidate, rung);
      return climbs.every(({ outcomes }) => outcomes[rung] !== undefined) ? [{ candidate, climbs }] : [];
    });
    const misfit = ({ climbs }: (typeof through)[number]): number =>
      models.reduce((sum, model, t) => sum + model.expectedMisfit(model.foretold(climbs[t]!)), 0);
    return best(through, misfit, count).map(({ candidate }) => candidate);
  }

  /** A candidate at every target, as far as a rung. */
  private climbsOf(candidate: Candidate, upTo: number): Climb[] {
    const { point } = candidate;
    return this.outcomesOf(candidate).map((outcomes) => ({ point, outcomes: outcomes.slice(0, upTo + 1) }));
  }

  private outcomesOf(candidate: Candidate): (Outcome | undefined)[][] {
    return this.config.targets.map(({ rungs }, target) =>
      rungs.map((_, rung) => this.evaluator.outcome({ candidate, rung }, target)),
    );
  }

  private models(): TargetModel[] {
    const tried = this.candidates.map((candidate) => this.climbsOf(candidate, this.last));
    return this.config.targets.map(
      (target, t) =>
        new TargetModel(
          target,
          tried.map((climbs) => climbs[t]!),
        ),
    );
  }

  /** What the runs so far leave of the box. */
  private drawn(round: number): Pick<FamilyFit, 'models' | 'posterior'> {
    const models = this.models();
    if (models.some(({ fullRuns }) => fullRuns === 0)) throw noFullRun(this.family.name);
    const constraints = models.map(constraintOf);
    const options = { snap: this.snap, effort: this.effort };
    const posterior = drawPosterior(fold(this.key, round), constraints, this.family.parameters.length, options);
    return { models, posterior };
  }

  private fit(round: number): Omit<FamilyFit, 'confirmed'> {
    const { family } = this;
    const { models, posterior } = this.drawn(round);
    const choice = choose(models, posterior.points, this.snap, this.wish());
    return {
      family,
      tried: this.candidates.map((candidate) => ({ candidate, outcomes: this.outcomesOf(candidate) })),
      models,
      posterior,
      identifiability: identifiabilityOf(family.parameters, posterior.points),
      choice,
      values: valuesAt(family.parameters, choice.point),
    };
  }

  private readonly snap = (point: Point): Point =>
    pointOf(this.family.parameters, valuesAt(this.family.parameters, point));

  private wish(): Wish | undefined {
    const { prefer } = this.config;
    if (!prefer) return undefined;
    const { parameters } = this.family;
    const { value, wanted } = prefer;
    if (!isDerived(value)) return { wanted, measure: (point) => valuesAt(parameters, point)[value]!, most: 1000 };
    const measure = (point: Point): number => {
      const candidate = { id: -1, family: this.family, values: valuesAt(parameters, point), point, round: 0 };
      return derived[value](this.evaluator.experiment({ candidate, rung: this.last }, 0).config);
    };
    return { wanted, measure, most: 200 };
  }

  private async confirm(values: Values, seeds: number | undefined): Promise<(Outcome | undefined)[]> {
    const { family } = this;
    const point = pointOf(family.parameters, values);
    const candidate = { id: this.nextId(), family, values, point, round: this.config.search.refine.rounds + 1 };
    const trial = { candidate, rung: this.last, seeds };
    await this.evaluator.evaluate(`${family.name}: the fitted point at the full rung`, [trial]);
    return this.config.targets.map((_, target) => this.evaluator.outcome(trial, target));
  }
}

function constraintOf(model: TargetModel): Constraint {
  return { goal: model.goal, tolerance: model.tolerance, at: (point) => model.at(point) };
}

function isDerived(value: string): value is DerivedName {
  return (derivedNames as readonly string[]).includes(value);
}

function noFullRun(family: string): RunError {
  const what = 'no candidate came through every rung';
  return new RunError({ where: family, what, remedy: 'see the messages above' });
}
