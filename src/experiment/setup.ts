import { tryWithout } from '../crossbar/effects/remove.js';
import { setupOf } from '../training/network.js';
import type { CheckFailure } from './checks.js';
import type { ExperimentConfig } from './schema.js';

/** What `without` asks for and cannot be. */
export function blockedEffects(config: ExperimentConfig): CheckFailure[] {
  if (config.without.length === 0) return [];
  const { blocked } = tryWithout(setupOf(config), config.without);
  if (!blocked) return [];
  const { effect, what, remedy } = blocked;
  return [{ path: ['without'], what: `${effect.name} cannot be switched off: ${what}`, remedy }];
}
