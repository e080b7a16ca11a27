import { UsageError } from '../../errors.js';
import { compileDevice } from '../../device/registry.js';
import type { ExperimentConfig } from '../schema.js';
import type { DerivedName } from './schema.js';

type Config = Pick<ExperimentConfig, 'device' | 'crossbar'>;

/** Values that a device has beside its parameters. */
export const derived: Readonly<Record<DerivedName, (config: Config) => number>> = { 'ltp-saturation': ltpSaturation };

/**
 * How much larger the first step of the LTP curve is than the last of its `states` pulses; 1 where it is straight. One
 * pulse moves g by c0 − c1·g, so every step is the one before times 1 − c1.
 */
function ltpSaturation({ device, crossbar }: Config): number {
  const response = compileDevice(device, { window: crossbar.window });
  if (response.kind === 'affine') {
    return (1 - response.nominal.up.c1) ** -(response.pulsesPerRange.up - 1);
  }
  const what = `got ltp-saturation, which the ${device.model} device does not have`;
  throw new UsageError({
    where: 'prefer.value',
    what,
    remedy: 'prefer a parameter, or take a device with a closed curve',
  });
}
