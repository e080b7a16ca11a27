import { MhoError, RunError } from '../../errors.js';
import { deviceSchema } from '../../device/registry.js';
import type { ExperimentConfig } from '../schema.js';

/**
 * The same network, seed and data with float weights, which forget nothing, and without converters: the line that a
 * device is held against.
 * @returns undefined where the experiment is its own twin
 */
export function idealTwin(config: ExperimentConfig): ExperimentConfig | undefined {
  const { device, crossbar } = config;
  if (device.model === 'ideal' && crossbar.converters === 'none') return undefined;
  const ideal = deviceSchema.parse({ model: 'ideal' });
  return { ...config, device: ideal, crossbar: { ...crossbar, converters: 'none' }, conditions: 'none' };
}

/** Says of a failure that it is the twin's. */
export function twinFailure(error: unknown): unknown {
  if (!(error instanceof MhoError)) return error;
  const { where, what, remedy } = error.parts;
  const leave = 'leave record.idealLine out';
  return new RunError({
    where: `ideal twin: ${where}`,
    what,
    remedy: remedy === undefined ? leave : `${remedy}, or ${leave}`,
  });
}
