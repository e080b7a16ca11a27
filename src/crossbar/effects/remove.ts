import { UsageError } from '../../errors.js';
import { isPlain, isUnbounded } from './cells.js';
import type { Effect, Obstacle, Setup } from './effect.js';
import { effects } from './registry.js';

/** An effect that stays, and why. */
export interface Blocked extends Obstacle {
  readonly effect: Effect;
}

/**
 * The setup without the named effects; those that it does not have are nothing to switch off. Cells from which all
 * that makes them cells was taken are float weights, and compile to the ideal response.
 * @throws UsageError where one of them cannot be switched off
 */
export function withoutEffects(setup: Setup, names: readonly string[]): Setup {
  const { left, blocked } = tryWithout(setup, names);
  if (!blocked) return left;
  const { effect, what, remedy } = blocked;
  throw new UsageError({ where: 'without', what: `${effect.name} cannot be switched off: ${what}`, remedy });
}

/** As {@link withoutEffects}; the first effect that cannot be switched off is told, and stays with those after it. */
export function tryWithout(setup: Setup, names: readonly string[]): { left: Setup; blocked: Blocked | undefined } {
  let left = setup;
  for (const effect of effects) {
    if (!names.includes(effect.name) || effect.absence(left) !== undefined) continue;
    const obstacle = effect.obstacle?.(left);
    if (obstacle) return { left, blocked: { effect, ...obstacle } };
    left = effect.remove(left);
  }
  return { left: isFloat(left) ? { ...left, response: { kind: 'ideal' } } : left, blocked: undefined };
}

/** Whether cells do exactly what is asked of them: equal steps of any fraction, without end, noise or spread. */
function isFloat({ response, crossbar }: Setup): boolean {
  if (response.kind === 'ideal' || !isUnbounded(response) || !isPlain(response) || response.retention) return false;
  return response.readNoise === 0 && crossbar.pulsePolicy === 'fractional' && crossbar.quantize === 'none';
}
