import { celsius } from '../device/retention/law.js';
import { compileRetention } from '../device/retention/registry.js';
import type { DeviceConfig } from '../device/registry.js';
import type { ConditionsConfig } from '../training/conditions.js';
import type { CheckFailure } from './checks.js';
import type { ConfigPath } from './place.js';

/** What the conditions are held against. */
export interface ForgettingDevice {
  /** Parsed; undefined where it is wrong in itself. */
  readonly config: DeviceConfig | undefined;
  /** Whether the file says how the device forgets, if only that it does not. */
  readonly statesRetention: boolean;
}

/** Holds the conditions of an experiment against each other and against its device. Parsed, in SI units. */
export function checkConditions(conditions: ConditionsConfig, device: ForgettingDevice): CheckFailure[] {
  return [...complete(conditions), ...forgets(device), ...valid(conditions, device)];
}

function complete({ temperature, sampleTime, hold }: ConditionsConfig): CheckFailure[] {
  if (temperature !== undefined && sampleTime === undefined) {
    const what = 'is missing, expected the time that a training sample takes, because temperature asks for drift';
    return [{ path: at('sampleTime'), what, remedy: 'write for example sampleTime: 2 ms, or take temperature out' }];
  }
  if (temperature === undefined && sampleTime !== undefined) {
    const what = 'is missing, expected the temperature while training, because sampleTime asks for drift';
    return [
      { path: at('temperature'), what, remedy: 'write for example temperature: 25 degC, or take sampleTime out' },
    ];
  }
  if (temperature !== undefined || hold.length > 0) return [];
  const remedy = 'write temperature and sampleTime, or hold, or conditions: none';
  return [{ path: at(), what: 'ask for no drift, neither while training nor after', remedy }];
}

function forgets({ config, statesRetention }: ForgettingDevice): CheckFailure[] {
  if (!config) return [];
  if (config.model === 'ideal') {
    const what = 'ask for drift, but the ideal device has no cells';
    return [{ path: at(), what, remedy: 'write conditions: none, or take a device with cells' }];
  }
  if (statesRetention) return [];
  const what = 'ask for drift, but the device does not say how it forgets';
  const remedy = 'write retention in the device, { model: none } if it forgets nothing, or write conditions: none';
  return [{ path: at(), what, remedy }];
}

function valid({ temperature, hold }: ConditionsConfig, { config }: ForgettingDevice): CheckFailure[] {
  const limit = config && config.model !== 'ideal' ? compileRetention(config.retention)?.validUpTo : undefined;
  if (limit === undefined) return [];
  const places = [
    ...(temperature === undefined ? [] : [{ path: at('temperature'), temperature }]),
    ...hold.map((phase, i) => ({ path: at('hold', i, 'temperature'), temperature: phase.temperature })),
  ];
  return places.flatMap((place) => {
    if (place.temperature <= limit) return [];
    const what = `got ${celsius(place.temperature)}, but the device's retention holds up to ${celsius(limit)}`;
    return [{ path: place.path, what, remedy: 'lower it, or give the device another retention law' }];
  });
}

function at(...steps: (string | number)[]): ConfigPath {
  return ['conditions', ...steps];
}
