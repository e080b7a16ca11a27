import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellParameters,
  decodeWeights,
  deviceKey,
  encodeWeights,
  snapToLevel,
  toSiemens,
} from '../../src/crossbar/weights.js';
import { compileCrossbar, devicesPerWeight, type CrossbarProgram } from '../../src/crossbar/program.js';
import { referenceConductance } from '../../src/crossbar/read-scales.js';
import { codings, crossbarSchema, type CrossbarConfig } from '../../src/crossbar/schema.js';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';
import { affineCellSize } from '../../src/device/response.js';

const device: object = {
  model: 'exponential',
  ...{ gMin: '1 nS', gMax: '10 nS', states: 30 },
  nonlinearity: { ltp: { label: 2 }, ltd: { label: -4 } },
};

function crossbar(written: object): CrossbarConfig {
  return crossbarSchema.parse(written);
}

function program(config: CrossbarConfig, { weightLimit = 2, cols = 1, rows = 1, cell = device } = {}) {
  const response = compileDevice(deviceSchema.parse(cell), { window: config.window });
  return compileCrossbar(config, response, { rows, cols, weightLimit });
}

/** One weight's way through its cells. */
function written(config: CrossbarConfig, weight: number, of: CrossbarProgram = program(config)) {
  const state = encodeWeights(of, Float32Array.of(weight), config);
  return { plus: state.plus[0], minus: state.minus[0], weight: decodeWeights(of, state)[0]! };
}

const window = fc
  .tuple(fc.double({ min: 0, max: 0.9, noNaN: true }), fc.double({ min: 0.05, max: 1, noNaN: true }))
  .filter(([low, high]) => high - low >= 0.05);
const limit = fc.double({ min: 0.01, max: 100, noNaN: true });
const share = fc.double({ min: -1, max: 1, noNaN: true });

describe.each(codings)('%s coding', (coding) => {
  it('keeps every weight within its limit (two roundings of a conductance to float32)', () => {
    fc.assert(
      fc.property(window, limit, share, (range, weightLimit, fraction) => {
        const config = crossbar({ coding, window: range });
        const weight = Math.fround(fraction * weightLimit);
        const { weight: read } = written(config, weight, program(config, { weightLimit }));
        const bound = ((4 * weightLimit) / (range[1] - range[0])) * 2 ** -24;
        expect(Math.abs(read - weight)).toBeLessThanOrEqual(bound);
      }),
    );
  });

  it('holds weights beyond the window as long as the cells can, and no further', () => {
    const config = crossbar({ coding });
    // Half of the range is the window; a one-sided pair has a quarter of it above, the others as much on either side.
    const largest = coding === 'one-sided-pair' ? 3 : 4;
    expect(written(config, 0.99 * largest).weight).toBeCloseTo(0.99 * largest, 5);
    expect(written(config, 10).weight).toBe(largest);
    expect(written(config, -10).weight).toBe(coding === 'offset' ? -4 : -largest);
  });

  it('asks of each cell what moves the weight by ΔW', () => {
    const config = crossbar({ coding });
    const of = program(config);
    const moved = coding === 'differential-pair' ? 2 : 1;
    expect(of.readScale * of.conductancePerWeight * moved).toBeCloseTo(1, 14);
    expect(devicesPerWeight(coding)).toBe(coding === 'offset' ? 1 : 2);
  });

  it('has no cells below 0 or above 1, whatever is written', () => {
    fc.assert(
      fc.property(window, fc.float({ noNaN: true, noDefaultInfinity: true }), (range, weight) => {
        const { plus, minus = 0 } = written(crossbar({ coding, window: range }), weight);
        expect([plus! >= 0, plus! <= 1, minus >= 0, minus <= 1]).toEqual([true, true, true, true]);
      }),
    );
  });
});

describe('the weight limit stands at the edges of the window, exactly', () => {
  it.each([
    ['differential-pair', 2, 0.75, 0.25],
    ['differential-pair', -2, 0.25, 0.75],
    ['differential-pair', 0, 0.5, 0.5],
    ['one-sided-pair', 2, 0.75, 0.25],
    ['one-sided-pair', -2, 0.25, 0.75],
    ['one-sided-pair', 0, 0.25, 0.25],
    ['offset', 2, 0.75, undefined],
    ['offset', -2, 0.25, undefined],
    ['offset', 0, 0.5, undefined],
  ])('%s: weight %s is g⁺ %s and g⁻ %s', (coding, weight, plus, minus) => {
    expect(written(crossbar({ coding }), weight)).toEqual({ plus, minus, weight });
  });
});

describe('levels', () => {
  const levels = Float32Array.of(0, 0.25, 0.625, 1);

  it.each([
    [0, 0],
    [0.1, 0],
    [0.125, 0],
    [0.13, 0.25],
    [0.5, 0.625],
    [0.8125, 0.625],
    [0.9, 1],
    [1, 1],
  ])('%s snaps to %s, the lower one at a tie', (g, expected) => {
    expect(snapToLevel(g, levels)).toBe(expected);
  });

  it('absent leave a conductance as it is', () => {
    expect(snapToLevel(0.123, undefined)).toBe(0.123);
  });

  it('are where every conductance lands with quantize: initial, and the nearest', () => {
    const config = crossbar({ quantize: 'initial' });
    const of = program(config, { rows: 1000 });
    const weights = Float32Array.from({ length: 1000 }, (_, i) => (i - 500) / 250);
    const { plus, minus } = encodeWeights(of, weights, config);
    const cells = encodeWeights(of, weights, crossbar({}));
    const { levels: allowed } = of.response as { levels: Float32Array };
    const nearest = (g: number): number => Math.min(...allowed.map((level) => Math.abs(level - g)));
    [plus, minus].forEach((settled, polarity) => {
      const asked = polarity === 0 ? cells.plus : cells.minus;
      expect(settled.every((g) => allowed.includes(g))).toBe(true);
      expect(settled.every((g, i) => Math.abs(g - asked[i]!) <= nearest(asked[i]!) + 1e-7)).toBe(true);
    });
    expect(new Set(plus).size).toBeGreaterThan(10);
    expect(of.quantizeWrites).toBe(false);
    expect(program(crossbar({ quantize: 'every-write' })).quantizeWrites).toBe(true);
  });
});

describe('the ideal device', () => {
  const of = program(crossbar({}), { rows: 2, cols: 2, cell: { model: 'ideal' } });

  it('holds weights themselves, with the offsets of their columns', () => {
    const state = encodeWeights(of, Float32Array.of(1, -2, 300, 4), crossbar({}));
    expect([...decodeWeights(of, state)]).toEqual([1, -2, 300, 4]);
    const columns = Float32Array.of(0, 0, 10, 20);
    expect([...decodeWeights(of, { ...state, columns })]).toEqual([11, 18, 310, 24]);
  });

  it('has one weight per place and no siemens', () => {
    expect([of.coding, devicesPerWeight(of.coding), of.readScale]).toEqual(['ideal', 1, 1]);
    expect(toSiemens(of.response, Float32Array.of(0.5))).toBeUndefined();
  });

  it('alone needs no weight limit', () => {
    const response = compileDevice(deviceSchema.parse(device), { window: [0.25, 0.75] });
    const compile = () => compileCrossbar(crossbar({}), response, { rows: 1, cols: 1, weightLimit: undefined });
    expect(compile).toThrow('compileCrossbar: a device with cells needs a weightLimit');
  });
});

describe('cells', () => {
  it('have siemens from gMin to gMax', () => {
    const siemens = toSiemens(program(crossbar({})).response, Float32Array.of(0, 0.5, 1))!;
    [1e-9, 5.5e-9, 1e-8].forEach((expected, i) => {
      expect(siemens[i]! / expected).toBeCloseTo(1, 6);
    });
  });

  it('alike share one row of parameters; different ones have one each, polarity by polarity', () => {
    const size = { rows: 3, cols: 4 };
    expect(cellParameters(program(crossbar({}), size), deviceKey(1, 0, 0))).toHaveLength(affineCellSize);
    const spread = program(crossbar({}), { ...size, cell: { ...device, deviceToDevice: { ltp: 0.5 } } });
    const of = (seed: number, layer: number, polarity: number) =>
      cellParameters(spread, deviceKey(seed, layer, polarity));
    expect(of(1, 0, 0)).toHaveLength(12 * affineCellSize);
    expect(of(1, 0, 0)).toEqual(of(1, 0, 0));
    for (const other of [of(1, 0, 1), of(1, 1, 0), of(2, 0, 0)]) expect(other).not.toEqual(of(1, 0, 0));
  });

  it.each([[{ window: [0.75, 0.25] }], [{ window: [0, 1.5] }], [{ coding: 'pair' }], [{ refreshAt: 2 }]])(
    'of %j are refused',
    (wrong) => {
      expect(crossbarSchema.safeParse(wrong).success).toBe(false);
    },
  );
});

describe('full-scale', () => {
  const converters = { forwardOutput: { bits: 7, max: 'full-scale' }, backwardOutput: { bits: 6, max: 'full-scale' } };

  it('is the largest sum of a read: its lines times the weight limit', () => {
    const { converters: resolved } = program(crossbar({ converters }), { rows: 400, cols: 100, weightLimit: 2 });
    expect(resolved).toEqual({ forwardOutput: { bits: 7, max: 800 }, backwardOutput: { bits: 6, max: 200 } });
  });

  it('needs a weight limit', () => {
    const config = crossbar({ converters });
    const response = compileDevice(deviceSchema.parse({ model: 'ideal' }), { window: config.window });
    expect(() => compileCrossbar(config, response, { rows: 2, cols: 2, weightLimit: undefined })).toThrow(
      'crossbar.converters: a converter of full-scale needs a weightLimit, and the layer has none; ' +
        'give the layer a weightLimit, or max a number',
    );
  });
});

describe('initial weights written without gMin', () => {
  const config = crossbar({ coding: 'offset', window: [0, 1], initialWrite: 'without-gmin' });

  // gMin is a ninth of the range: a weight within ±2 is read 2·2/9 too low.
  it.each([
    [2, 2 - 4 / 9],
    [0, -4 / 9],
    [-2, -2],
  ])('make of %s %s', (weight, expected) => {
    expect(written(config, weight).weight).toBeCloseTo(expected, 6);
  });
});

describe('an access resistance', () => {
  const siemens = { gMin: 1e-9, gMax: 10e-9 };
  const accessResistance = '100 Mohm';

  it('shows a read G/(1 + R·G), with the ends of the range at their places', () => {
    const config = crossbar({ coding: 'offset', window: [0, 1], accessResistance });
    const of = program(config);
    const effective = (g: number): number => {
      const conductance = siemens.gMin + g * (siemens.gMax - siemens.gMin);
      return conductance / (1 + 1e8 * conductance);
    };
    for (const g of [0, 0.1, 0.5, 0.9, 1]) {
      const share = (effective(g) - effective(0)) / (effective(1) - effective(0));
      const [weight] = decodeWeights(of, { ...emptyState, plus: Float32Array.of(g) });
      expect(weight).toBeCloseTo(2 * (2 * share - 1), 5);
    }
  });

  it('is told as a part of what a cell that is on has', () => {
    const part = program(crossbar({ accessResistance: { ofOn: 0.5 } })).accessCurvature;
    expect(part).toBeCloseTo(program(crossbar({ accessResistance: '50 Mohm' })).accessCurvature, 12);
    expect(part).toBeGreaterThan(0.4);
  });

  it.each([{ ofOn: 0 }, { ofOn: -1 }, { ofOn: '10 %' }, { on: 0.1 }, '15', -15])('is refused as %j', (told) => {
    expect(() => crossbar({ accessResistance: told })).toThrow(/none, a resistance above zero with its unit|ofOn/);
  });

  it('is not there where none is told', () => {
    expect(program(crossbar({ accessResistance: 'none' })).accessCurvature).toBe(0);
    expect(program(crossbar({})).accessCurvature).toBe(0);
  });

  it('shows both cells of a pair so', () => {
    const of = program(crossbar({ accessResistance }));
    const bent = (g: number): number => (g * (1 + of.accessCurvature)) / (1 + of.accessCurvature * g);
    const [weight] = decodeWeights(of, { ...emptyState, plus: Float32Array.of(0.75), minus: Float32Array.of(0.5) });
    expect(weight).toBeCloseTo(4 * (bent(0.75) - bent(0.5)), 5);
  });

  it('is refused together with read noise, whose size behind it is not known', () => {
    const cell = { ...device, readNoise: 0.01 };
    expect(() => program(crossbar({ accessResistance }), { cell })).toThrow(
      'crossbar.accessResistance: is not modelled together with the read noise of the device; ' +
        'say --set device.readNoise=0, or --set crossbar.accessResistance=none',
    );
  });
});

describe('another reference', () => {
  // gMin is a tenth of gMax: a weight within ±2 that is read as 2·(2·G/gMax − 1).
  const half = { coding: 'offset', window: [0, 1], reference: { forward: 'half-of-maximum' } };

  it.each([
    [1, 2],
    [0, 2 * (2 / 10 - 1)],
    [4 / 9, 0],
  ])('half of the maximum: a cell at %s of its range is read as %s', (g, expected) => {
    const [weight] = decodeWeights(program(crossbar(half)), { ...emptyState, plus: Float32Array.of(g) });
    expect(weight).toBeCloseTo(expected, 6);
  });

  it.each<[string, number | undefined, object]>([
    ['the middle of the window, unless told', 4.375e-9, { coding: 'offset', window: [0.25, 0.5] }],
    ['half of the largest', 5e-9, half],
    ['that of the window', 2.75e-9, { ...half, window: [0.25, 0.5] }],
    // 1/(1 GΩ + 100 MΩ) and 1/(100 MΩ + 100 MΩ) at the ends of the range.
    [
      'between the ends, behind a resistance',
      (1 / 1.1e9 + 1 / 2e8) / 2,
      { ...half, reference: {}, accessResistance: '100 Mohm' },
    ],
    ['half of the largest, behind a resistance', 1 / 4e8, { ...half, accessResistance: '100 Mohm' }],
    [
      'half of that of a cell alone',
      5e-9,
      { ...half, accessResistance: '100 Mohm', reference: { forward: 'half-of-maximum', accessResistance: 'none' } },
    ],
    ['none of a pair', undefined, { coding: 'differential-pair' }],
  ])('is subtracted from every cell: %s, %s S', (_, expected, config) => {
    const reference = referenceConductance(program(crossbar(config)));
    if (expected === undefined) expect(reference).toBeUndefined();
    else expect(reference! / expected).toBeCloseTo(1, 6);
  });

  it('is what cells are read against, and not where they are written to', () => {
    expect(encodeWeights(program(crossbar(half)), Float32Array.of(0), crossbar(half)).plus[0]).toBe(0.5);
    expect(program(crossbar(half)).conductancePerWeight).toBe(
      program(crossbar({ ...half, reference: {} })).conductancePerWeight,
    );
  });

  it.each([
    [[0, 1], 'same'],
    [[0, 1], 'none'],
    [[0.25, 0.75], 'none'],
  ])('holds behind an access resistance, window %s, ends of the window: %s', (window, of) => {
    const [resistance, gMin, range] = [1e8, 1e-9, 9e-9];
    const seen = (g: number): number => 1 / (1 / (gMin + g * range) + resistance);
    const end = (g: number): number => (of === 'none' ? gMin + g * range : seen(g));
    const [low, high] = [end(window[0]!), end(window[1]!)];
    for (const forward of ['mid-range', 'half-of-maximum']) {
      const reference = { forward, accessResistance: of };
      const config = crossbar({ coding: 'offset', window, accessResistance: '100 Mohm', reference });
      for (const g of [0, 0.3, 1]) {
        const [weight] = decodeWeights(program(config), { ...emptyState, plus: Float32Array.of(g) });
        const bottom = forward === 'mid-range' ? low : 0;
        expect(weight).toBeCloseTo(2 * ((2 * (seen(g) - bottom)) / (high - bottom) - 1), 5);
      }
    }
  });

  it('may differ for the errors: what is added to a difference and its weight come to the other weight', () => {
    const reference = { forward: 'half-of-maximum', backward: 'mid-range' };
    const of = program(crossbar({ ...half, reference }));
    for (const g of [0, 0.3, 1]) {
      const difference = g - of.reference;
      expect(of.backwardScale * (difference + of.backwardShift)).toBeCloseTo(2 * (2 * g - 1), 12);
    }
  });

  it('left at its defaults has the numbers of none, both ways', () => {
    const plain = { coding: 'offset', window: [0.1, 0.7], accessResistance: '100 Mohm' };
    const scales = ({ readScale, reference, backwardScale, backwardShift }: CrossbarProgram) => {
      return { readScale, reference, backwardScale, backwardShift };
    };
    expect(scales(program(crossbar({ ...plain, reference: {} })))).toEqual(scales(program(crossbar(plain))));
    expect(program(crossbar(plain))).toMatchObject({
      backwardShift: 0,
      backwardScale: program(crossbar(plain)).readScale,
    });
  });

  it.each(['differential-pair', 'one-sided-pair'])('is refused with %s', (coding) => {
    const { error } = crossbarSchema.safeParse({ coding, reference: {} });
    expect(error?.issues).toMatchObject([
      {
        path: ['reference'],
        message: `has no place in ${coding}, whose two cells are read against each other; leave it out, or set crossbar.coding to offset`,
      },
    ]);
  });
});

const emptyState = { minus: new Float32Array(0), columns: new Float32Array(0) };
