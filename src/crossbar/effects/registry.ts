import type { Directions } from '../../device/response.js';
import { codings } from '../schema.js';
import { alike, isLinear, isNoiseless, isSpread, linearised, noiseless } from './cells.js';
import { clipping } from './clipping.js';
import { drift } from './drift.js';
import type { Effect, Setup } from './effect.js';

const noCells = 'the device has no cells';

const granularity: Effect = {
  name: 'granularity',
  summary: 'cells move by whole pulses, and stand on levels where writes are quantised',
  off: '`crossbar.pulsePolicy: fractional`, `crossbar.quantize: none`; noise goes with the root of the fraction',
  absence: ({ response, crossbar }) => {
    if (response.kind === 'ideal') return noCells;
    const fractional = crossbar.pulsePolicy === 'fractional' && crossbar.quantize === 'none';
    return fractional ? 'pulses are fractional' : undefined;
  },
  remove: ({ response, crossbar }) => {
    return { response, crossbar: { ...crossbar, pulsePolicy: 'fractional', quantize: 'none' } };
  },
};

const nonlinearityLtp = nonlinearity('nonlinearity-ltp', 'up', 'a potentiating');
const nonlinearityLtd = nonlinearity('nonlinearity-ltd', 'down', 'a depressing');

function nonlinearity(name: string, direction: keyof Directions<never>, pulse: string): Effect {
  return {
    name,
    summary: `the step of ${pulse} pulse depends on the conductance`,
    off: `every such pulse moves by 1/\`states\` of the range (a table: by the inverse of its pulses per range)`,
    absence: ({ response }) => {
      if (response.kind === 'ideal') return noCells;
      return isLinear(response, direction) ? 'the curve is straight' : undefined;
    },
    remove: ({ response, crossbar }) => {
      return { crossbar, response: response.kind === 'ideal' ? response : linearised(response, direction) };
    },
  };
}

const cycleToCycle: Effect = {
  name: 'cycle-to-cycle',
  summary: 'the same pulse at the same conductance moves by another step each time',
  off: 'every pulse moves by its mean step, and reads see what was written',
  absence: ({ response }) => {
    if (response.kind === 'ideal') return noCells;
    return isNoiseless(response) ? 'the noise of a pulse is 0' : undefined;
  },
  remove: ({ response, crossbar }) => {
    return { crossbar, response: response.kind === 'ideal' ? response : noiseless(response) };
  },
};

const deviceToDevice: Effect = {
  name: 'device-to-device',
  summary: 'cells differ in their curves and bounds, or are of several measured devices',
  off: 'every cell is the nominal one',
  absence: ({ response }) => {
    if (response.kind === 'ideal') return noCells;
    return isSpread(response) ? undefined : 'all cells are alike';
  },
  remove: ({ response, crossbar }) => {
    return { crossbar, response: response.kind === 'ideal' ? response : alike(response) };
  },
};

const readNoise: Effect = {
  name: 'read-noise',
  summary: 'every read sees other conductances',
  off: '`readNoise: 0`',
  absence: ({ response }) => {
    if (response.kind === 'ideal') return noCells;
    return response.readNoise === 0 ? 'the noise of a read is 0' : undefined;
  },
  remove: ({ response, crossbar }) => {
    return { crossbar, response: response.kind === 'ideal' ? response : { ...response, readNoise: 0 } };
  },
};

const converters: Effect = {
  name: 'converters',
  summary: 'inputs, outputs and errors pass through quantisers with a range',
  off: '`crossbar.converters: none`',
  absence: ({ crossbar }) => (hasConverters(crossbar) ? undefined : 'there are none'),
  remove: ({ response, crossbar }) => ({ response, crossbar: { ...crossbar, converters: 'none' } }),
};

function hasConverters({ converters }: Setup['crossbar']): boolean {
  return converters !== 'none' && Object.values(converters).some((converter) => converter !== undefined);
}

const coding: Effect = {
  name: 'coding',
  summary: 'how a weight is held in cells',
  off: 'no ideal in cells: `mho ablate` compares with the other codings instead',
  absence: ({ response }) => (response.kind === 'ideal' ? noCells : undefined),
  obstacle: () => {
    const what = 'coding has no ideal, because cells hold weights in one way or another';
    return { what, remedy: 'leave it out, and set crossbar.coding to compare codings' };
  },
  remove: (setup) => setup,
  alternatives: ({ crossbar }) => {
    const others = codings.filter((name) => name !== crossbar.coding);
    return others.map((name) => ({ name, set: `crossbar.coding=${name}` }));
  },
};

/**
 * The only list of effects, in the order in which they are switched off: bounds last, since what goes without them
 * depends on what was switched off before.
 */
export const effects: readonly Effect[] = [
  granularity,
  nonlinearityLtp,
  nonlinearityLtd,
  cycleToCycle,
  deviceToDevice,
  readNoise,
  converters,
  drift,
  coding,
  clipping,
];

export const effectNames: readonly string[] = effects.map(({ name }) => name);
