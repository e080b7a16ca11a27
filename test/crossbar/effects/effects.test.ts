import { describe, expect, it } from 'vitest';
import { effectNames, effects } from '../../../src/crossbar/effects/registry.js';
import type { Setup } from '../../../src/crossbar/effects/effect.js';
import { tryWithout, withoutEffects } from '../../../src/crossbar/effects/remove.js';
import { crossbarSchema } from '../../../src/crossbar/schema.js';
import { compileDevice, deviceSchema } from '../../../src/device/registry.js';
import {
  curveStep,
  meanStep,
  tabulate,
  type AffineResponse,
  type CurveResponse,
  type TableResponse,
} from '../../../src/device/response.js';
import { keyOf } from '../../../src/random.js';
import { messageOf } from '../../experiment/scratch.js';

const window = [0.25, 0.75] as const;

/** A device and a crossbar that have every effect of cells. */
const everything = {
  ...{ model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 30, cycleToCycle: 0.02, readNoise: 0.01 },
  nonlinearity: { ltp: { label: 2 }, ltd: { label: -4 } },
  deviceToDevice: { ltp: 0.3, ltd: 0.3, gMax: 0.05, gMin: 0.05 },
};

function affine(device: object = {}, crossbar: object = {}): Setup & { response: AffineResponse } {
  // A model refuses keys that are not its own, whatever stands under them.
  const given = Object.entries({ ...everything, ...device }).filter(
    ([, value]: [string, unknown]) => value !== undefined,
  );
  const response = compileDevice(deviceSchema.parse(Object.fromEntries(given)), { window });
  const converters = { forwardInput: { bits: 4, max: 1 } };
  if (response.kind !== 'affine') throw new TypeError('expected an affine response');
  return { response, crossbar: crossbarSchema.parse({ converters, ...crossbar }) };
}

function table(crossbar: object = {}): Setup & { response: TableResponse } {
  const setup = affine({ deviceToDevice: undefined }, crossbar);
  return { ...setup, response: tabulate(setup.response) };
}

/** Three devices in one array: the table, one of half its steps, and one of half as much again. */
function severalTables(crossbar: object = {}): Setup & { response: TableResponse } {
  const setup = table(crossbar);
  const { mean, quantiles } = setup.response;
  const times = (factor: number, { up, down }: typeof mean) => {
    return { up: up.map((step) => step * factor), down: down.map((step) => step * factor) };
  };
  const devices = [1, 0.5, 1.5].map((size) => ({ mean: times(size, mean), quantiles: times(size, quantiles) }));
  return { ...setup, response: { ...setup.response, devices } };
}

/** A power law with everything that a curve can have. */
function curve(crossbar: object = {}): Setup & { response: CurveResponse } {
  const { crossbar: made } = affine({}, crossbar);
  const own = { model: 'power', gamma: { ltp: 1.5, ltd: 0.7 }, stepNoise: 0.3 };
  const shared = Object.entries(everything).filter(([name]) => name !== 'nonlinearity');
  const response = compileDevice(deviceSchema.parse({ ...Object.fromEntries(shared), ...own }), { window });
  if (response.kind !== 'curve') throw new TypeError('expected a curve');
  return { response, crossbar: made };
}

/** Values that differ between two setups, by name, those of response and crossbar together. */
function changed(before: Setup, after: Setup): string[] {
  const flat = ({ response, crossbar }: Setup): Map<string, unknown> =>
    new Map<string, unknown>(Object.entries({ ...response, ...crossbar }));
  const [a, b] = [flat(before), flat(after)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => {
    const [x, y] = [a.get(key), b.get(key)];
    return typeof x === 'function' ? x !== y : JSON.stringify(x) !== JSON.stringify(y);
  });
}

const without = <S extends Setup>(setup: S, ...names: string[]): S => withoutEffects(setup, names) as S;

const cells = [
  'granularity',
  'nonlinearity-ltp',
  'nonlinearity-ltd',
  'cycle-to-cycle',
  'device-to-device',
  'read-noise',
];
const all = [...cells, 'converters', 'clipping'];

describe('drift', () => {
  const forgetful = (): Setup =>
    affine({ deviceToDevice: undefined, retention: { model: 'arrhenius', activationEnergy: '1.1 eV' } });

  it('is there where the compiled device forgets, and takes nothing else with it', () => {
    const setup = forgetful();
    const drift = effects.find(({ name }) => name === 'drift')!;
    expect(drift.absence(setup)).toBeUndefined();
    expect(drift.absence(affine())).toMatch(/^no time passes/);
    const left = without(setup, 'drift');
    expect({ ...left.response, retention: 0 }).toEqual({ ...setup.response, retention: 0 });
    expect(left.response).toMatchObject({ retention: undefined });
    expect(left.crossbar).toEqual(setup.crossbar);
  });

  it('keeps the bounds that it drifts within, and cells from being float weights', () => {
    expect(tryWithout(forgetful(), ['clipping']).blocked?.what).toMatch(/^cells drift towards/);
    expect(tryWithout(forgetful(), all).blocked?.effect.name).toBe('clipping');
    expect(without(forgetful(), ...all, 'drift').response.kind).toBe('ideal');
  });
});

describe('an effect that is switched off in an affine response', () => {
  const setup = affine();

  it.each([
    ['granularity', ['pulsePolicy']],
    ['nonlinearity-ltp', ['levels', 'nominal', 'drawCell']],
    ['nonlinearity-ltd', ['nominal', 'drawCell']],
    ['cycle-to-cycle', ['cycleToCycle']],
    ['device-to-device', ['drawCell']],
    ['read-noise', ['readNoise']],
    ['converters', ['converters']],
    ['drift', []],
  ])('%s changes %s and nothing else', (name, expected) => {
    expect(changed(setup, without(setup, name)).sort()).toEqual([...expected].sort());
  });

  it('granularity takes the levels of writes too', () => {
    const { crossbar } = without(affine({}, { quantize: 'every-write' }), 'granularity');
    expect(crossbar).toMatchObject({ pulsePolicy: 'fractional', quantize: 'none' });
  });

  it.each(['up', 'down'] as const)(
    'leaves steps of 1/states %s at every conductance, and the others alone',
    (direction) => {
      const other = direction === 'up' ? 'down' : 'up';
      const { response } = without(setup, direction === 'up' ? 'nonlinearity-ltp' : 'nonlinearity-ltd');
      const sign = direction === 'up' ? 1 : -1;
      expect([0, 0.3, 1].map((g) => meanStep(response, g, direction))).toEqual([sign / 30, sign / 30, sign / 30]);
      expect(response.nominal[other]).toEqual(setup.response.nominal[other]);
    },
  );

  it('lets levels follow the straight curve', () => {
    const { levels } = without(setup, 'nonlinearity-ltp').response;
    expect(levels).toHaveLength(31);
    levels.forEach((level, p) => {
      expect(level).toBeCloseTo(p / 30, 6);
    });
  });

  it('leaves each cell its own range and size of step', () => {
    const scaled = affine({ model: 'soft-bounds', nonlinearity: undefined });
    const { response } = without(scaled, 'nonlinearity-ltp');
    const key = keyOf(3, 'deviceToDevice');
    for (const index of [0, 1, 2, 3]) {
      const [before, after] = [scaled.response.drawCell!(key, index), response.drawCell!(key, index)];
      expect(after).toMatchObject({ low: before.low, high: before.high, down: before.down, up: { c1: 0 } });
      const middle = (before.low + before.high) / 2;
      // The nominal soft-bounds cell moves by 1/states at its middle: there the curve and the straight line meet.
      expect(after.up.c0).toBeCloseTo(before.up.c0 - before.up.c1 * middle, 12);
    }
  });

  it('clipping opens the bounds of every cell', () => {
    const { response } = without(setup, 'clipping');
    const open = { low: -Infinity, high: Infinity };
    expect(response.nominal).toEqual({ ...setup.response.nominal, ...open });
    const key = keyOf(3, 'deviceToDevice');
    expect(response.drawCell!(key, 5)).toEqual({ ...setup.response.drawCell!(key, 5), ...open });
  });
});

describe('an effect that is switched off in a table', () => {
  const setup = table();

  it.each([
    ['granularity', ['pulsePolicy']],
    ['nonlinearity-ltp', ['levels', 'mean', 'quantiles']],
    ['nonlinearity-ltd', ['mean', 'quantiles']],
    ['cycle-to-cycle', ['quantiles']],
    ['read-noise', ['readNoise']],
    ['converters', ['converters']],
    ['device-to-device', []],
  ])('%s changes %s and nothing else', (name, expected) => {
    expect(changed(setup, without(setup, name)).sort()).toEqual([...expected].sort());
  });

  it('nonlinearity-ltp makes the mean constant and keeps the noise about it', () => {
    const { response } = without(setup, 'nonlinearity-ltp');
    expect(new Set(response.mean.up)).toEqual(new Set([Math.fround(1 / 30)]));
    expect(response.mean.down).toEqual(setup.response.mean.down);
    expect(response.quantiles.down).toEqual(setup.response.quantiles.down);
    response.quantiles.up.forEach((delta, i) => {
      const before = setup.response.quantiles.up[i]! - setup.response.mean.up[i % response.bins]!;
      expect(delta - Math.fround(1 / 30)).toBeCloseTo(before, 7);
    });
  });

  it('cycle-to-cycle makes every quantile the mean, to the bit', () => {
    const { response } = without(setup, 'cycle-to-cycle');
    for (const direction of ['up', 'down'] as const) {
      expect(response.mean[direction]).toEqual(setup.response.mean[direction]);
      for (let r = 0; r < response.cdf.length; r++) {
        const row = response.quantiles[direction].subarray(r * response.bins, (r + 1) * response.bins);
        expect(row).toEqual(response.mean[direction]);
      }
    }
  });

  it('clipping goes once the table is a straight line without noise', () => {
    const plain = without(setup, 'nonlinearity-ltp', 'nonlinearity-ltd', 'cycle-to-cycle', 'clipping');
    expect(plain.response).toMatchObject({
      kind: 'affine',
      nominal: { up: { c0: 1 / 30, c1: 0 }, down: { c0: -1 / 30, c1: 0 }, low: -Infinity, high: Infinity },
    });
  });
});

describe('an effect that is switched off in tables of several devices', () => {
  const setup = severalTables();
  const middle = Math.floor(setup.response.bins / 2);

  it.each([
    ['nonlinearity-ltp', ['devices', 'levels', 'mean', 'quantiles']],
    ['nonlinearity-ltd', ['devices', 'mean', 'quantiles']],
    ['cycle-to-cycle', ['devices', 'quantiles']],
    ['device-to-device', ['devices']],
    ['read-noise', ['readNoise']],
  ])('%s changes %s and nothing else', (name, expected) => {
    expect(changed(setup, without(setup, name)).sort()).toEqual([...expected].sort());
  });

  it('device-to-device leaves cells that are all the nominal one, and is not there a second time', () => {
    const after = without(setup, 'device-to-device');
    expect(after.response).toEqual({ ...setup.response, devices: undefined });
    const effect = effects.find(({ name }) => name === 'device-to-device')!;
    expect(effect.absence(setup)).toBeUndefined();
    expect(effect.absence(after)).toBe('all cells are alike');
  });

  it('nonlinearity-ltp leaves each device constant steps of its own size', () => {
    const { response } = without(setup, 'nonlinearity-ltp');
    [1, 0.5, 1.5].forEach((size, i) => {
      const { mean } = response.devices![i]!;
      expect(new Set(mean.up).size).toBe(1);
      expect(mean.up[middle]! / response.mean.up[middle]!).toBeCloseTo(size, 6);
      expect(mean.down).toEqual(setup.response.devices![i]!.mean.down);
    });
  });

  it('cycle-to-cycle makes every quantile of every device its mean', () => {
    for (const { mean, quantiles } of without(setup, 'cycle-to-cycle').response.devices!) {
      expect(quantiles.up.every((delta, i) => delta === mean.up[i % setup.response.bins])).toBe(true);
    }
  });

  it('clipping stays while devices differ', () => {
    const straight = ['nonlinearity-ltp', 'nonlinearity-ltd', 'cycle-to-cycle', 'clipping'];
    expect(messageOf(() => withoutEffects(setup, straight))).toContain('has no steps beyond its ends');
  });
});

describe('an effect that is switched off in a curve', () => {
  const setup = curve();

  it.each([
    ['granularity', ['pulsePolicy']],
    ['nonlinearity-ltp', ['curves', 'drawCell', 'levels', 'nominal']],
    ['nonlinearity-ltd', ['curves', 'drawCell', 'nominal']],
    ['cycle-to-cycle', ['cycleToCycle', 'stepNoise']],
    ['device-to-device', ['drawCell']],
    ['read-noise', ['readNoise']],
  ])('%s changes %s and nothing else', (name, expected) => {
    expect(changed(setup, without(setup, name)).sort()).toEqual([...expected].sort());
  });

  it('nonlinearity leaves equal steps, each cell with its own size', () => {
    const { response } = without(setup, 'nonlinearity-ltp');
    expect([0, 0.3, 1].map((g) => meanStep(response, g, 'up'))).toEqual([1 / 30, 1 / 30, 1 / 30]);
    expect(response.nominal.down).toEqual(setup.response.nominal.down);
    const key = keyOf(3, 'deviceToDevice');
    for (const index of [0, 1, 2, 3]) {
      const [before, after] = [setup.response.drawCell!(key, index), response.drawCell!(key, index)];
      const middle = (before.low + before.high) / 2;
      const [was, is] = [curveStep(setup.response, before, middle, 'up'), curveStep(response, after, middle, 'up')];
      const nominal = meanStep(setup.response, 0.5, 'up');
      expect(is / (1 / 30)).toBeCloseTo(was / nominal, 9);
      expect(after).toMatchObject({ low: before.low, high: before.high, down: before.down });
    }
  });

  it('clipping goes once both branches are straight, with each cell its own step', () => {
    const straight = without(setup, 'nonlinearity-ltp', 'nonlinearity-ltd');
    const { response } = withoutEffects(straight, ['clipping']);
    if (response.kind !== 'affine') throw new TypeError('expected a closed form');
    const key = keyOf(3, 'deviceToDevice');
    const [before, after] = [straight.response.drawCell!(key, 5), response.drawCell!(key, 5)];
    expect(after).toEqual({
      up: { c0: before.up.scale, c1: 0 },
      down: { c0: before.down.scale, c1: 0 },
      low: -Infinity,
      high: Infinity,
    });
    expect(response).toMatchObject({ cycleToCycle: 0.02, stepNoise: 0.3 });
  });
});

describe('all effects switched off', () => {
  it.each([
    ['exponential', affine()],
    ['exponential, quantised', affine({}, { quantize: 'every-write' })],
    ['soft-bounds', affine({ model: 'soft-bounds', nonlinearity: undefined })],
    ['linear', affine({ model: 'linear', nonlinearity: undefined })],
    ['table', table()],
    ['tables of several devices', severalTables()],
    ['curve', curve()],
    ['offset', affine({}, { coding: 'offset' })],
    ['one-sided pair', affine({}, { coding: 'one-sided-pair' })],
    ['table in a one-sided pair', table({ coding: 'one-sided-pair' })],
    ['steepening curves', affine({ nonlinearity: { ltp: { label: -2 }, ltd: { label: 2 } } })],
  ])('are the ideal response: %s', (_, setup) => {
    expect(withoutEffects(setup, all)).toMatchObject({ response: { kind: 'ideal' }, crossbar: { converters: 'none' } });
  });

  it.each(all.filter((name) => name !== 'converters'))('but %s are not', (name) => {
    const { left } = tryWithout(
      affine(),
      all.filter((one) => one !== name),
    );
    expect(left.response.kind).toBe('affine');
  });

  it('but converters are float weights behind converters', () => {
    const setup = affine();
    const { response, crossbar } = withoutEffects(setup, cells.concat('clipping'));
    expect(response).toEqual({ kind: 'ideal' });
    expect(crossbar.converters).toEqual(setup.crossbar.converters);
  });

  it('in any order are the same', () => {
    expect(withoutEffects(table(), all.toReversed())).toEqual(withoutEffects(table(), all));
  });

  it('are not there a second time', () => {
    const ideal = withoutEffects(affine(), all);
    const still = effects.filter((effect) => effect.absence(ideal) === undefined);
    expect(still).toEqual([]);
    expect(withoutEffects(ideal, all)).toEqual(ideal);
  });
});

describe('what cannot be switched off is refused with the reason and what to do', () => {
  it.each([
    [
      'clipping of a table',
      table(),
      'a measured table has no steps beyond its ends; switch nonlinearity-ltp, nonlinearity-ltd and cycle-to-cycle off too',
    ],
    [
      'clipping of a curve from nodes',
      curve(),
      'a curve read from nodes over the range has no steps beyond its ends; switch nonlinearity-ltp and ' +
        'nonlinearity-ltd off too',
    ],
    [
      'clipping of a one-sided pair',
      affine({}, { coding: 'one-sided-pair' }),
      'a one-sided pair only climbs, and is written anew at its bound; switch nonlinearity-ltp, nonlinearity-ltd, ' +
        'cycle-to-cycle and device-to-device off too, or take another crossbar.coding',
    ],
    [
      'clipping of levels',
      affine({}, { quantize: 'initial' }),
      'crossbar.quantize is initial, and the levels end at the bounds; switch granularity off too, or set ' +
        'crossbar.quantize to none',
    ],
    [
      'clipping of a curve that steepens',
      affine({ nonlinearity: { ltp: { label: 2 }, ltd: { label: 4 } } }),
      'a curve that steepens towards its bound turns round beyond it and runs away; switch nonlinearity-ltp and ' +
        'nonlinearity-ltd off too',
    ],
  ])('%s', (_, setup, reason) => {
    expect(messageOf(() => withoutEffects(setup, ['clipping']))).toBe(
      `without: clipping cannot be switched off: ${reason}`,
    );
  });

  it('coding', () => {
    expect(messageOf(() => withoutEffects(affine(), ['coding']))).toMatch(
      /^without: coding cannot be switched off: coding has no ideal, .*; leave it out, and set crossbar\.coding/,
    );
  });
});

describe('the registry', () => {
  it('has each name once', () => {
    expect(new Set(effectNames).size).toBe(effects.length);
  });

  it('switches bounds off last', () => {
    expect(effectNames.at(-1)).toBe('clipping');
  });

  it('says of a plain device why each effect is not there', () => {
    const plain = { response: compileDevice({ model: 'ideal' }, { window }), crossbar: crossbarSchema.parse({}) };
    for (const effect of effects) expect(effect.absence(plain)).toMatch(/\S/);
  });
});
