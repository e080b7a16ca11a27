import { describe, expect, it } from 'vitest';
import { clipping } from '../../src/crossbar/effects/clipping.js';
import { effects } from '../../src/crossbar/effects/registry.js';
import { crossbarSchema } from '../../src/crossbar/schema.js';
import { deviceSchema } from '../../src/device/registry.js';
import { networkSchema } from '../../src/training/schema.js';
import { Trainer } from '../../src/training/trainer.js';
import type { TrainingSpec } from '../../src/training/training-spec.js';
import { tinySpec } from './tiny.js';

const switchable = effects.filter((effect) => !effect.alternatives).map(({ name }) => name);

/** A cell whose curves flatten towards their bounds, as they must to go on beyond them. */
const device = deviceSchema.parse({
  ...{ model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 60, cycleToCycle: 0.01, readNoise: 0.01 },
  nonlinearity: { ltp: { label: 1.5 }, ltd: { label: -1.5 } },
  deviceToDevice: { ltp: 0.1, ltd: 0.1, gMax: 0.05, gMin: 0.05 },
});

/** Weights after one epoch, layer after layer. */
async function weightsOf(change: Partial<TrainingSpec>): Promise<Float32Array[]> {
  const trainer = await Trainer.create(tinySpec({ device, ...change }));
  try {
    await trainer.trainEpoch();
    return (await trainer.snapshot()).map(({ weights }) => weights);
  } finally {
    trainer.dispose();
  }
}

const converters = { forwardInput: { bits: 5, max: 1 }, updateError: { bits: 5, max: 0.2 } };
const crossbar = (coding: string) => crossbarSchema.parse({ coding, converters });

describe('a network without any effect of its cells', () => {
  it.each(['differential-pair', 'one-sided-pair', 'offset'])('has the bits of float training: %s', async (coding) => {
    const ideal = { device: deviceSchema.parse({ model: 'ideal' }), crossbar: crossbarSchema.parse({}) };
    const stripped = { crossbar: crossbar(coding), without: switchable };
    expect(await weightsOf(stripped)).toEqual(await weightsOf(ideal));
  });

  it('has other bits with its cells', async () => {
    expect(await weightsOf({})).not.toEqual(await weightsOf({ without: switchable }));
  });
});

describe('cells from which single effects were taken', () => {
  const subsets = [
    ...switchable.map((name) => [name]),
    ...switchable.map((name) => switchable.filter((one) => one !== name)),
  ];

  it.each(subsets.map((without) => [without.join(', '), without] as const))(
    'have the same bits on either backend: without %s',
    async (_, without) => {
      const [wasm, cpu] = [await weightsOf({ without }), await weightsOf({ without, backend: 'cpu' })];
      expect(cpu).toEqual(wasm);
      expect(wasm.flatMap((layer) => [...layer]).every(Number.isFinite)).toBe(true);
    },
  );

  it('and have no bounds reach weights that no bounded cell holds', async () => {
    const layers = [
      { units: 8, weightLimit: 0.5 },
      { units: 3, weightLimit: 0.5 },
    ];
    const network = networkSchema.parse({ layers });
    const largest = async (without: string[]): Promise<number> =>
      Math.max(...(await weightsOf({ network, without })).flatMap((layer) => [...layer.map(Math.abs)]));
    const straight = switchable.filter((name) => name !== clipping.name && name !== 'granularity');
    // The window is half of the range: cells hold twice the weight limit, to rounding.
    expect(await largest(straight)).toBeLessThanOrEqual(1.000001);
    expect(await largest([...straight, clipping.name])).toBeGreaterThan(2);
  });

  it('in one-sided pairs without bounds are never refreshed', async () => {
    const training = { ...tinySpec().training, learningRate: 2 };
    const without = switchable.filter((name) => name !== 'granularity');
    const trainer = await Trainer.create(tinySpec({ device, training, without, crossbar: crossbar('one-sided-pair') }));
    await trainer.trainEpoch();
    const cells = (await trainer.snapshot()).flatMap(({ conductances: { gPlus, gMinus } }) => [...gPlus!, ...gMinus!]);
    trainer.dispose();
    // 1 nS and 10 nS are the ends of the range; a refresh would have brought back what went beyond 95 % of it.
    expect(Math.max(...cells)).toBeGreaterThan(10e-9);
    expect(Math.min(...cells)).toBeGreaterThanOrEqual(1e-9);
  });
});
