import type { Setup } from '../crossbar/effects/effect.js';
import { tryWithout } from '../crossbar/effects/remove.js';
import { compileDevice } from '../device/registry.js';
import type { CheckFailure } from './checks.js';
import type { ExperimentConfig } from './schema.js';

/** An experiment's compiled device and its crossbar, with every effect that they have. */
export function setupOf({ device, crossbar }: ExperimentConfig): Setup {
  return { response: compileDevice(device, { window: crossbar.window }), crossbar };
}

/** What `without` asks for and cannot be. */
export function blockedEffects(config: ExperimentConfig): CheckFailure[] {
  if (config.without.length === 0) return [];
  const { blocked } = tryWithout(setupOf(config), config.without);
  if (!blocked) return [];
  const { effect, what, remedy } = blocked;
  return [{ path: ['without'], what: `${effect.name} cannot be switched off: ${what}`, remedy }];
}
