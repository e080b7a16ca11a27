import { Cholesky, zeros } from '../../statistics/linear-algebra.js';
import { logNormalBelow, normalHazard } from '../../statistics/normal.js';
import type { Family, Role } from './family.js';
import { branches, type Branch, type Ramp, type RampSet } from './ramps.js';
import { lengthsOf, type Frame } from './frame.js';
import { angleOf, inside, type Bounds } from './solve.js';
import { boundAhead, stoppedAt, unitStops, type Stops, type StopSet } from './stops.js';

/**
 * Fits steps of cells that hard bounds stop, by maximum likelihood: a step is normal about the family's mean step at the
 * conductance before it, and one that ends at a bound would have led there or further (a censored, or Tobit, regression).
 * Mean curves are of no use for such cells, because noise that presses against a bound keeps their mean inside it.
 * Readings that repeat a bound exactly hold no read noise, so the conductance before a step is known.
 * @see J. Tobin, Econometrica 26, 24 (1958)
 */
export interface StoppedSolution extends StoppedParameters {
  /** Values that were seen and not fitted, by parameter. */
  readonly known: readonly (number | undefined)[];
  /** Branches whose curves would not end at the bound in the pulses of their ramps, were the bound not there. */
  readonly freed: readonly Branch[];
  /** The same fit of other ramps out of those it was made of, by one step of Newton's from here. */
  readonly resolve: (ramps: RampSet) => StoppedParameters | undefined;
}

export interface StoppedParameters {
  readonly parameters: readonly number[];
  /** σ of one pulse, in the unit of the fit. */
  readonly sigma: Readonly<Record<Branch, number>>;
}

type StoppedFrame = Frame & { readonly stops: StopSet };

/** ln of the likelihood ratio (twice it is χ² of one degree of freedom) from which on a curve's end is its own: 1 in 1000. */
const endsElsewhere = 10.83 / 2;

/**
 * @param from - parameters near those sought
 * @param known - what is not to be fitted; found out unless told. A curve leads from bound to bound in the pulses of its
 * ramps, which is how such curves are defined, unless the steps say otherwise
 */
export function solveStopped(
  family: Family,
  ramps: RampSet,
  frame: StoppedFrame,
  from: readonly number[],
  known?: readonly (number | undefined)[],
): StoppedSolution {
  if (known) return new Likelihood(family, ramps, frame, known).climb(from);
  const all = knownValues(family, ramps, frame);
  // Only a curve that ends of itself can end elsewhere.
  const ends = rolesOf(family).map((role) => /^(ltp|ltd)\.end$/.exec(role)?.[1] as Branch | undefined);
  if (!ends.some((branch, i) => branch && all[i] !== undefined))
    return new Likelihood(family, ramps, frame, all).climb(from);
  const [bound, free] = [all, all.map((value, i) => (ends[i] ? undefined : value))].map((values) => {
    const likelihood = new Likelihood(family, ramps, frame, values);
    const solution = likelihood.climb(from);
    return { solution, logarithm: likelihood.byBranch(solution) };
  }) as [Attempt, Attempt];
  const gain = (branch: Branch): number => free.logarithm[branch] - bound.logarithm[branch];
  const chosen = all.map((value, i) => (ends[i] && gain(ends[i]) > endsElsewhere ? undefined : value));
  if (chosen.every((value, i) => value === all[i])) return bound.solution;
  const solution = new Likelihood(family, ramps, frame, chosen).climb(free.solution.parameters);
  // A curve that saturates before a bound leads to no device, although cells came to that bound.
  return typeof family.device(solution.parameters, lengthsOf(frame), 'overlap') === 'string'
    ? bound.solution
    : solution;
}

interface Attempt {
  readonly solution: StoppedSolution;
  readonly logarithm: Readonly<Record<Branch, number>>;
}

function rolesOf(family: Family): readonly Role[] {
  const nothing = new Float64Array(2);
  return family.blocks({ ltp: nothing, ltd: nothing, zero: -1 }).flatMap(({ roles }) => roles);
}

/** Bounds where they were seen, and starts where the ramps start. */
function knownValues(family: Family, ramps: RampSet, { scale, stops }: StoppedFrame): (number | undefined)[] {
  const { low, high } = unitStops(stops.mean, scale);
  const start = (branch: Branch): number => {
    const first = ramps[branch].map(({ values }) => (values[0]! - scale.base) / scale.span);
    return first.reduce((sum, x) => sum + x, 0) / first.length;
  };
  const seen: Record<Role, number | undefined> = {
    ...{ low, high, 'ltp.start': low ?? start('ltp'), 'ltd.start': high ?? start('ltd') },
    ...{ 'ltp.end': high, 'ltd.end': low, shape: undefined },
  };
  return rolesOf(family).map((role) => seen[role]);
}

interface Step {
  readonly branch: Branch;
  readonly before: number;
  readonly after: number;
  readonly stopped: 1 | 0 | -1;
}

/** Gradient and negative Hessian of a log-likelihood. */
interface Slopes {
  readonly gradient: Float64Array;
  readonly curvature: Float64Array[];
}

/** The log-likelihood over the angles of the parameters that are fitted, and ln σ of both branches. */
class Likelihood {
  private readonly bounds: readonly Bounds[];
  /** Places of the fitted parameters among all. */
  private readonly fitted: readonly number[];
  private readonly steps = new Map<Ramp, readonly Step[]>();

  constructor(
    private readonly family: Family,
    private readonly ramps: RampSet,
    private readonly frame: StoppedFrame,
    private readonly known: readonly (number | undefined)[],
  ) {
    const nothing = new Float64Array(2);
    const zero = -frame.scale.base / frame.scale.span;
    const blocks = family.blocks({ ltp: nothing, ltd: nothing, zero });
    this.bounds = blocks.flatMap(({ least, most }) => least.map((low, i) => ({ least: low, most: most[i]! })));
    this.fitted = known.flatMap((value, i) => (value === undefined ? [i] : []));
    for (const branch of branches) for (const ramp of ramps[branch]) this.steps.set(ramp, stepsOf(ramp, branch, frame));
  }

  /** Climbs from parameters to the maximum, by damped Newton steps. */
  climb(from: readonly number[]): StoppedSolution {
    let place = this.placeOf(from);
    let best = this.logarithm(place);
    let damping = 1e-4;
    for (let i = 0; i < 60 && damping < 1e8; i++) {
      const slopes = this.slopesOf(place, [...this.steps.values()].flat());
      const tried = stepped(place, slopes, damping);
      const value = tried === undefined ? -Infinity : this.logarithm(tried);
      if (!(value >= best)) {
        damping *= 10;
        continue;
      }
      const gained = value - best;
      [place, best, damping] = [tried!, value, Math.max(1e-9, damping / 10)];
      if (gained < 1e-8) break;
    }
    const at = place;
    let byRamp: Map<Ramp, Slopes> | undefined;
    const resolve = (ramps: RampSet): StoppedParameters | undefined => {
      byRamp ??= new Map([...this.steps].map(([ramp, steps]) => [ramp, this.slopesOf(at, steps)]));
      const own = [...ramps.ltp, ...ramps.ltd].map((ramp) => byRamp!.get(ramp)!);
      const moved = stepped(at, summed(own, at.length), 0);
      return moved && this.parametersAt(moved);
    };
    return { ...this.parametersAt(at), known: this.known, freed: this.freed(), resolve };
  }

  private freed(): Branch[] {
    const roles = rolesOf(this.family);
    const ends = (branch: Branch): number => roles.indexOf(`${branch}.end`);
    const stopped = (branch: Branch): boolean => boundAhead(branch, this.frame.stops.mean) !== undefined;
    return branches.filter((b) => ends(b) >= 0 && this.known[ends(b)] === undefined && stopped(b));
  }

  /** The log-likelihood of each branch. */
  byBranch({ parameters, sigma }: StoppedParameters): Record<Branch, number> {
    const place = this.placeOf(parameters);
    for (const [b, branch] of branches.entries()) place[this.fitted.length + b] = Math.log(sigma[branch]);
    const of = (branch: Branch): number => this.logarithm(place, this.ramps[branch]);
    return { ltp: of('ltp'), ltd: of('ltd') };
  }

  /** Parameters as angles, with the σ that the steps between the bounds have about them. */
  private placeOf(parameters: readonly number[]): Float64Array {
    const angles = this.fitted.map((i) => angleOf(parameters[i]!, this.bounds[i]!));
    const step = this.stepAt(this.parametersAt(Float64Array.of(...angles, 0, 0)).parameters);
    const logs = branches.map((branch) => {
      const free = this.ramps[branch].flatMap((ramp) => this.steps.get(ramp)!).filter(({ stopped }) => stopped === 0);
      const squares = free.map(({ before, after }) => (after - before - step(branch, before)) ** 2);
      const mean = squares.reduce((sum, square) => sum + square, 0) / Math.max(1, squares.length);
      return 0.5 * Math.log(Math.max(mean, 1e-16));
    });
    return Float64Array.of(...angles, ...logs);
  }

  private parametersAt(place: Float64Array): StoppedParameters {
    const parameters = [...this.known] as number[];
    for (const [j, i] of this.fitted.entries()) parameters[i] = inside(place[j]!, this.bounds[i]!);
    const n = this.fitted.length;
    return { parameters, sigma: { ltp: Math.exp(place[n]!), ltd: Math.exp(place[n + 1]!) } };
  }

  private stepAt(parameters: readonly number[]): (branch: Branch, x: number) => number {
    const [ltp, ltd] = branches.map((branch) => this.family.step(parameters, branch, this.frame.pulses[branch]));
    return (branch, x) => (branch === 'ltp' ? ltp! : ltd!)(x);
  }

  private logarithm(place: Float64Array, ramps: readonly Ramp[] = [...this.steps.keys()]): number {
    const { parameters, sigma } = this.parametersAt(place);
    const step = this.stepAt(parameters);
    let sum = 0;
    for (const ramp of ramps) {
      for (const { branch, before, after, stopped } of this.steps.get(ramp)!) {
        const off = (before + step(branch, before) - after) / sigma[branch];
        sum += stopped === 0 ? -0.5 * off * off - Math.log(sigma[branch]) : logNormalBelow(stopped * off);
      }
    }
    return sum;
  }

  private slopesOf(place: Float64Array, steps: readonly Step[]): Slopes {
    const n = this.fitted.length;
    const { parameters, sigma } = this.parametersAt(place);
    const h = 1e-5;
    const beside = this.fitted.map((_, j) =>
      [h, -h].map((d) => this.stepAt(this.parametersAt(place.map((q, i) => (i === j ? q + d : q))).parameters)),
    );
    const here = this.stepAt(parameters);
    const [gradient, curvature] = [new Float64Array(n + 2), zeros(n + 2, n + 2)];
    const slope = new Float64Array(n);
    for (const step of steps) {
      const { branch, before } = step;
      for (let j = 0; j < n; j++) {
        const [up, down] = beside[j]!;
        slope[j] = (up!(branch, before) - down!(branch, before)) / (2 * h);
      }
      const s = n + branches.indexOf(branch);
      const d = derivatives(step, before + here(branch, before), sigma[branch]);
      for (let j = 0; j < n; j++) {
        gradient[j]! += d.mean * slope[j]!;
        for (let k = 0; k <= j; k++) curvature[j]![k]! -= d.meanMean * slope[j]! * slope[k]!;
        curvature[s]![j]! -= d.meanSigma * slope[j]!;
      }
      gradient[s]! += d.sigma;
      curvature[s]![s]! -= d.sigmaSigma;
    }
    return { gradient, curvature };
  }
}

function stepsOf({ values, device }: Ramp, branch: Branch, { scale, stops }: StoppedFrame): Step[] {
  const own: Stops = stops.of.get(device)!;
  const unit = (g: number): number => (g - scale.base) / scale.span;
  return values.slice(1).map((value, k) => {
    return { branch, before: unit(values[k]!), after: unit(value), stopped: stoppedAt(value, own) };
  });
}

/** Derivatives of one step's log-likelihood to its mean and to ln σ, first and second. */
function derivatives({ after, stopped }: Step, mean: number, sigma: number) {
  if (stopped === 0) {
    const r = (after - mean) / sigma;
    const [meanSigma, sigmaSigma] = [(-2 * r) / sigma, -2 * r * r];
    return { mean: r / sigma, sigma: r * r - 1, meanMean: -1 / sigma ** 2, meanSigma, sigmaSigma };
  }
  // ln Φ(a), a = ± (mean − bound)/σ.
  const a = (stopped * (mean - after)) / sigma;
  const hazard = normalHazard(a);
  const turn = a * (a + hazard) - 1;
  const [meanMean, meanSigma] = [(-hazard * (a + hazard)) / sigma ** 2, (stopped * hazard * turn) / sigma];
  return { mean: (stopped * hazard) / sigma, sigma: -a * hazard, meanMean, meanSigma, sigmaSigma: -a * hazard * turn };
}

function summed(all: readonly Slopes[], size: number): Slopes {
  const [gradient, curvature] = [new Float64Array(size), zeros(size, size)];
  for (const one of all) {
    for (let j = 0; j < size; j++) {
      gradient[j]! += one.gradient[j]!;
      for (let k = 0; k <= j; k++) curvature[j]![k]! += one.curvature[j]![k]!;
    }
  }
  return { gradient, curvature };
}

/** Newton's step, its curvature raised by a part; undefined where it is no step uphill. */
function stepped(place: Float64Array, { gradient, curvature }: Slopes, damping: number): Float64Array | undefined {
  const raised = curvature.map((row, j) => row.map((c, k) => (j === k ? c * (1 + damping) + 1e-12 : c)));
  try {
    const step = new Cholesky(raised).solve(gradient);
    return step.every(Number.isFinite) ? place.map((q, j) => q + step[j]!) : undefined;
  } catch {
    return undefined;
  }
}
