import { studentQuantile } from '../../statistics/student.js';
import { formatRange, type Measured } from './judge.js';
import type { CaseVerdict } from './verify.js';

/**
 * The least difference of two means that chance makes less often than `significance` between runs that do not differ:
 * Welch's test, one-sided, t·√(s₁²/n₁ + s₂²/n₂) with Welch and Satterthwaite's degrees of freedom, rounded down.
 * @returns a fraction of the images; 0 where neither varies
 */
export function leastDifference(one: Measured, other: Measured, significance: number): number {
  const parts = [one, other].map(({ sd, runs, stalled }) => ({
    variance: sd! ** 2 / (runs - stalled),
    n: runs - stalled,
  }));
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (variance === 0) return 0;
  const degrees = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / (part.n - 1), 0);
  return studentQuantile(2 * significance, Math.max(1, Math.floor(degrees))) * Math.sqrt(variance);
}

/** Holds verdicts of ranked runs to their order: each is above what it must be above, or outside and says by how much. */
export function heldInOrder(verdicts: readonly CaseVerdict[]): readonly CaseVerdict[] {
  const byName = new Map(verdicts.map((verdict) => [verdict.name, verdict]));
  return verdicts.map((verdict) => {
    const { measured, order, config } = verdict;
    if (!order || !measured) return verdict;
    const below = order.above.map((name) => byName.get(name)!);
    const untold = below.filter((other) => !other.measured);
    if (untold.length > 0) {
      const reasons = [
        ...verdict.reasons,
        `cannot be held above ${namesOf(untold.map(({ name }) => name))}, whose runs failed`,
      ];
      return { ...verdict, verdict: 'failed' as const, reasons };
    }
    const bounds = below.map((other) => {
      return { other, bound: other.measured!.value! + leastDifference(measured, other.measured!, order.significance) };
    });
    const broken = bounds.filter(({ bound }) => !(measured.value! > bound));
    const [low, high] = config.accept ?? [0, 1];
    // Of an interval without a value the ends say nothing: the demands are told apart.
    const beyond = bounds.filter(({ bound }) => bound >= high);
    const reasons = [
      ...verdict.reasons,
      ...broken.map(({ other, bound }) => notAbove(other, bound)),
      ...(config.accept ? beyond.map(({ other, bound }) => contradiction(other, bound, low, high)) : []),
    ];
    const isHeld = beyond.length === 0 && (bounds.length > 0 || config.accept !== undefined);
    const interval = isHeld ? { low: Math.max(low, ...bounds.map(({ bound }) => bound)), high } : null;
    const held = reasons.length === 0 ? ('pass' as const) : ('outside' as const);
    return { ...verdict, verdict: held, reasons, interval };
  });
}

function notAbove(other: CaseVerdict, bound: number): string {
  const { value } = other.measured!;
  return `not above ${namesOf([other.name])} (${percent(value!)}) by more than chance, expected more than ${percent(bound)}`;
}

function contradiction({ name }: CaseVerdict, bound: number, low: number, high: number): string {
  const accepted = `what its source accepts, ${formatRange(low, high)}`;
  return `no value is both above ${namesOf([name])}, more than ${percent(bound)}, and within ${accepted}`;
}

/** Names of runs without that of their order. */
export function namesOf(names: readonly string[]): string {
  return names.map((name) => name.replace(/^.*\//, '')).join(', ');
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
