import { accuracyOf, standardError, type Outcome } from './outcome.js';
import type { Choice } from './choose.js';
import type { Identifiability } from './identifiability.js';
import type { LoadedCalibration } from './load.js';
import type { FamilyFit } from './search.js';
import type { Values } from './space.js';
import type { TargetModel } from './target-model.js';

/** How a rung foretells the full run, on the logit scale. */
export interface LineResult {
  readonly rung: number;
  readonly intercept: number;
  readonly slope: number;
  readonly residual: number;
  /** The residual as an accuracy at the target. */
  readonly residualAccuracy: number;
  readonly pairs: number;
}

/** A target at the fitted point. Accuracies are fractions. */
export interface TargetResult {
  readonly name: string;
  readonly statistic: 'mean' | 'median';
  readonly accuracy: number;
  readonly tolerance: number;
  readonly predicted: { readonly accuracy: number; readonly sd: number };
  /** The fitted point as it ran, with its standard error; null where it was not to. */
  readonly confirmed: (Outcome & { readonly error: number; readonly meets: boolean }) | null;
  readonly lines: readonly (LineResult | null)[];
  /** Spread of a single full run over seeds, as an accuracy at the target. */
  readonly seedSd: number;
  readonly surface: {
    readonly crossValidatedError: number;
    readonly crossValidatedRatio: number;
    readonly fullRuns: number;
    /** Of the surface, in widths of the ranges. */
    readonly lengths: readonly number[];
  };
}

export interface TriedResult {
  readonly candidate: number;
  readonly round: number;
  readonly parameters: Values;
  /** By target, then by rung; null where it was not run. */
  readonly outcomes: readonly (readonly (Outcome | null)[])[];
}

export interface FamilyResult {
  readonly family: string;
  readonly overrides: readonly string[];
  readonly values: Values;
  readonly misfit: number;
  /** What was preferred, and how much of it the fitted point has; null where nothing was, or no point met the targets. */
  readonly preferred: number | null;
  readonly meeting: Choice['meeting'];
  readonly evidence: { readonly log: number; readonly error: number };
  readonly identifiability: Identifiability;
  readonly targets: readonly TargetResult[];
  readonly tried: readonly TriedResult[];
}

/** What a calibration came to: the object of `report.json`. */
export interface CalibrationResult {
  readonly calibration: string;
  readonly title: string | null;
  readonly file: string;
  readonly commit: string | null;
  readonly finished: string;
  /** Name of the family that is handed on. */
  readonly best: string;
  readonly families: readonly FamilyResult[];
  readonly runs: { readonly made: number; readonly failed: number; readonly seconds: number };
}

/** A family's fit as numbers that a file can hold. */
export function familyResult(fit: FamilyFit): FamilyResult {
  const { family, values, choice, posterior, identifiability, models, confirmed, tried } = fit;
  return {
    family: family.name,
    overrides: family.overrides,
    values,
    misfit: choice.misfit,
    preferred: choice.preferred ?? null,
    meeting: choice.meeting,
    evidence: posterior.evidence,
    identifiability,
    targets: models.map((model, t) => targetResult(model, fit, confirmed[t])),
    tried: tried.map(({ candidate, outcomes }) => ({
      candidate: candidate.id,
      round: candidate.round,
      parameters: candidate.values,
      outcomes: outcomes.map((of) => of.map((outcome) => outcome ?? null)),
    })),
  };
}

function targetResult(model: TargetModel, { choice }: FamilyFit, confirmed: Outcome | undefined): TargetResult {
  const { name, statistic, accuracy, tolerance } = model.target;
  const perLogit = tolerance / model.tolerance;
  const { validation, surface } = model;
  const seedSd = model.seedSpreads.at(-1)! * perLogit;
  return {
    name,
    statistic,
    accuracy,
    tolerance,
    predicted: model.accuracyAt(choice.point),
    confirmed: confirmed ? confirmation(model, confirmed, seedSd) : null,
    lines: model.lines.map((line, rung) => {
      if (!line) return null;
      const { intercept, slope, residual, pairs } = line;
      return { rung, intercept, slope, residual, residualAccuracy: residual * perLogit, pairs };
    }),
    seedSd,
    surface: {
      crossValidatedError: validation.error,
      crossValidatedRatio: validation.ratio,
      fullRuns: validation.runs,
      lengths: surface.lengths,
    },
  };
}

function confirmation({ target }: TargetModel, outcome: Outcome, seedSd: number) {
  const { statistic, accuracy, tolerance } = target;
  const error = standardError(statistic, seedSd, outcome.runs);
  return { ...outcome, error, meets: Math.abs(outcome.accuracy - accuracy) <= tolerance };
}

/**
 * The family to hand on: among those whose fitted point is foretold to meet every target, the one with most of what is
 * preferred, or of the least misfit; of the least misfit where none is.
 */
export function bestFamily({ config }: LoadedCalibration, fits: readonly FamilyFit[]): FamilyFit {
  const sign = config.prefer?.wanted === 'largest' ? -1 : 1;
  const meeting = fits.filter(({ models, choice }) =>
    models.every((model) => {
      const { mean } = model.at(choice.point);
      return Math.abs(accuracyOf(mean) - model.target.accuracy) <= model.target.tolerance;
    }),
  );
  const costOf = ({ choice }: FamilyFit): number => {
    return meeting.length > 0 && config.prefer ? sign * (choice.preferred ?? sign * Infinity) : choice.misfit;
  };
  const among = meeting.length > 0 ? meeting : fits;
  return among.reduce((one, other) => (costOf(other) < costOf(one) ? other : one));
}
