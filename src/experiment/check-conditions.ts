import { celsius } from '../device/retention/law.js';
import { extremes, type Temperature } from '../device/retention/temperature.js';
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

/** What is checked of a device beside the experiment's own; its path in the conditions. */
export interface OtherDevice extends ForgettingDevice {
  readonly path: ConfigPath;
}

/**
 * Holds the conditions of an experiment against each other, against its device and those that its network is trained with
 * as well. Parsed, in SI units.
 */
export function checkConditions(
  conditions: ConditionsConfig,
  device: ForgettingDevice,
  others: readonly OtherDevice[] = [],
): CheckFailure[] {
  return [
    ...complete(conditions),
    ...idleWhen(conditions),
    ...forgets(device, at()),
    ...valid(temperaturesOf(conditions), device),
    ...others.flatMap((other) => [...forgets(other, other.path), ...valid(studied(conditions), other)]),
    ...namedApart(device, others),
  ];
}

function complete({ temperature, sampleTime, hold, idle, retention }: ConditionsConfig): CheckFailure[] {
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
  if (temperature !== undefined || hold.length > 0 || idle !== undefined || retention !== undefined) return [];
  const remedy = 'write temperature and sampleTime, idle, hold or retention, or conditions: none';
  return [{ path: at(), what: 'ask for no drift, neither while training nor after', remedy }];
}

function idleWhen({ idle = [], temperature }: ConditionsConfig): CheckFailure[] {
  return idle.flatMap((phase, i): CheckFailure[] => {
    const path = at('idle', i);
    if ((phase.after === undefined) === (phase.every === undefined)) {
      const what = `${phase.after === undefined ? 'has neither' : 'has both'} after and every, expected one of them`;
      return [{ path, what, remedy: 'write after: 30000 for once, or every: 60000 for again and again' }];
    }
    if (phase.temperature !== undefined || temperature !== undefined) return [];
    const what = 'has no temperature, and training has none that it could go on with';
    return [{ path, what, remedy: 'write for example temperature: 25 degC' }];
  });
}

function forgets({ config, statesRetention }: ForgettingDevice, path: ConfigPath): CheckFailure[] {
  if (!config) return [];
  if (config.model === 'ideal') {
    const what = 'ask for drift, but the ideal device has no cells';
    return [{ path, what, remedy: 'write conditions: none, or take a device with cells' }];
  }
  if (statesRetention) return [];
  const what = 'ask for drift, but the device does not say how it forgets';
  const remedy = 'write retention in the device, { model: none } if it forgets nothing, or write conditions: none';
  return [{ path, what, remedy }];
}

/** A temperature of the conditions and how much of its profile passes. */
interface Asked {
  readonly path: ConfigPath;
  readonly temperature: Temperature;
  readonly time?: number;
}

function temperaturesOf(conditions: ConditionsConfig): Asked[] {
  const { temperature, hold, idle = [] } = conditions;
  const phases = (name: 'hold' | 'idle'): Asked[] => {
    return (name === 'hold' ? hold : idle).flatMap(({ temperature: own, time }, i) => {
      return own === undefined ? [] : [{ path: at(name, i, 'temperature'), temperature: own, time }];
    });
  };
  const training = temperature === undefined ? [] : [{ path: at('temperature'), temperature }];
  return [...training, ...phases('idle'), ...phases('hold'), ...studied(conditions)];
}

/** What the network is left at after training, whatever its device. */
function studied({ retention }: ConditionsConfig): Asked[] {
  const temperatures = retention?.temperatures ?? [];
  return temperatures.map((temperature, i) => ({ path: at('retention', 'temperatures', i), temperature }));
}

function valid(places: readonly Asked[], { config }: ForgettingDevice): CheckFailure[] {
  const limit = config && config.model !== 'ideal' ? compileRetention(config.retention)?.validUpTo : undefined;
  if (limit === undefined) return [];
  return places.flatMap(({ path, temperature, time }) => {
    const { highest } = extremes(temperature, 0, time);
    if (highest <= limit) return [];
    const what = `got ${celsius(highest)}, but the device's retention holds up to ${celsius(limit)}`;
    return [{ path, what, remedy: 'lower it, or give the device another retention law' }];
  });
}

/** Devices of a study are told apart by their names. */
function namedApart(device: ForgettingDevice, others: readonly OtherDevice[]): CheckFailure[] {
  const names = [device, ...others].map(({ config }) => config && deviceName(config));
  return others.flatMap(({ path }, i) => {
    const name = names[i + 1];
    if (name === undefined || names.indexOf(name) === i + 1) return [];
    const what = `is the second device of the name ${JSON.stringify(name)}`;
    return [{ path, what, remedy: 'give it another name, or take it out' }];
  });
}

/** What a device is called: its name, or its model. */
export function deviceName(device: DeviceConfig): string {
  return device.name ?? device.model;
}

function at(...steps: (string | number)[]): ConfigPath {
  return ['conditions', ...steps];
}
