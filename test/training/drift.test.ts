import { afterEach, describe, expect, it, vi } from 'vitest';
import { hostKernels } from '../../kernels/register.js';
import { deviceSchema } from '../../src/device/registry.js';
import { retainedFraction } from '../../src/device/retention/law.js';
import { compileRetention, retentionSchema } from '../../src/device/retention/registry.js';
import { deviation, mean } from '../../src/experiment/verify/statistics.js';
import { conditionsSchema } from '../../src/training/conditions.js';
import { Trainer, type EpochOptions } from '../../src/training/trainer.js';
import type { TrainingSpec } from '../../src/training/training-spec.js';
import { tinySpec } from './tiny.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const traps = { model: 'gaussian-traps', depth: '1.12 eV', width: '0.04 eV', spread: '0.02 eV' } as const;

function device(retention: object) {
  return deviceSchema.parse({
    ...{ model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 60, cycleToCycle: 0.01 },
    nonlinearity: { ltp: { label: 0.5 }, ltd: { label: 0.5 } },
    retention,
  });
}

const conditions = (change: object = {}) =>
  conditionsSchema.parse({ temperature: '100 degC', sampleTime: '1 s', driftEvery: 70, ...change });

const drifting = { device: device(traps), conditions: conditions() };

async function trained(change: Partial<TrainingSpec>, epochs = 1, options: EpochOptions = {}) {
  const trainer = await Trainer.create(tinySpec(change));
  try {
    for (let epoch = 0; epoch < epochs; epoch++) await trainer.trainEpoch(options);
    return await trainer.snapshot();
  } finally {
    trainer.dispose();
  }
}

/** A clock on which every chunk takes as long as told: long chunks are cut shorter, short ones grow. */
function clockOf(millisecondsPerReading: number): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += millisecondsPerReading));
}

describe('drift while training', () => {
  it('has the same bits however an epoch is cut into chunks', async () => {
    const cuts: number[] = [];
    const results = [];
    for (const milliseconds of [0, 3, 5000]) {
      clockOf(milliseconds);
      let count = 0;
      results.push(await trained(drifting, 2, { onProgress: () => count++ }));
      cuts.push(count);
    }
    expect(new Set(cuts).size).toBeGreaterThan(1);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('has the bits of the reference on every backend', async () => {
    expect(await trained({ ...drifting, backend: 'cpu' })).toEqual(await trained({ ...drifting, backend: 'wasm' }));
  });

  it('acts at fixed counts of samples, over epochs', async () => {
    const { OnlineSgd } = hostKernels.wasm;
    const open = vi.spyOn(OnlineSgd, 'open');
    const trainer = await Trainer.create(tinySpec(drifting));
    const session = open.mock.results[0]!.value as ReturnType<typeof OnlineSgd.open>;
    const [train, drift] = [vi.spyOn(session, 'train'), vi.spyOn(session, 'drift')];
    const at: number[] = [];
    let samples = 0;
    train.mockImplementation((_, order) => {
      samples += order.length;
    });
    drift.mockImplementation((_, layer) => {
      if (layer === 0) at.push(samples);
    });
    await trainer.trainEpoch();
    await trainer.trainEpoch();
    trainer.dispose();
    expect(at).toEqual([70, 140, 210, 280, 350, 420, 490, 560, 630, 700, 770]);
  });

  it('changes nothing without conditions, or without a law', async () => {
    const plain = await trained({ device: device({ model: 'none' }) });
    expect(await trained({ device: device(traps) })).toEqual(plain);
    expect(await trained({ ...drifting, device: device({ model: 'none' }) })).toEqual(plain);
    expect(await trained(drifting)).not.toEqual(plain);
  });
});

describe('a hold', () => {
  const stay = { temperature: 373.15, time: 500 };
  /** Time passes after training alone. */
  const held = conditionsSchema.parse({ hold: [{ temperature: '100 degC', time: '500 s' }] });

  it('leaves of the programmed conductance what the law says', async () => {
    const retention = { model: 'arrhenius', activationEnergy: '1.12 eV' };
    const law = compileRetention(retentionSchema.parse(retention))!;
    const trainer = await Trainer.create(tinySpec({ device: device(retention), conditions: held }));
    await trainer.trainEpoch();
    const [first, second] = [await trainer.hold(stay), await trainer.hold({ temperature: 300, time: 1e6 })];
    trainer.dispose();
    expect(first).toBeCloseTo(retainedFraction(law, [stay]), 6);
    expect(second).toBeCloseTo(retainedFraction(law, [stay, { temperature: 300, time: 1e6 }]), 6);
  });

  it('scales a one-class network alike, so that what it recognises stays, but spread between cells costs', async () => {
    const accuracies = async (retention: object, seed = 1): Promise<[number, number]> => {
      const layers = [{ units: 3, activation: 'sigmoid' as const, weightLimit: 3 }];
      const { network } = tinySpec();
      const spec = tinySpec({ device: device(retention), network: { ...network, layers }, conditions: held, seed });
      const trainer = await Trainer.create(spec);
      await trainer.trainEpoch();
      const before = await trainer.evaluate();
      await trainer.hold({ temperature: 373.15, time: 3e3 });
      const after = await trainer.evaluate();
      trainer.dispose();
      return [before.accuracy, after.accuracy];
    };
    const one = { model: 'arrhenius', activationEnergy: '1.14 eV' };
    const [before, after] = await accuracies(one);
    expect(after).toBe(before);
    // One seed is sixty images: the loss is told by the mean of several, against its own standard error.
    const lost = [];
    for (let seed = 1; seed <= 12; seed++) {
      const [trained, left] = await accuracies({ ...one, spread: '0.1 eV' }, seed);
      lost.push(trained - left);
    }
    expect(mean(lost)).toBeGreaterThan((3 * deviation(lost)) / Math.sqrt(lost.length));
  });

  it('comes after the time of samples that had not drifted yet', async () => {
    const retention = { model: 'arrhenius', activationEnergy: '1.12 eV' };
    const rate = compileRetention(retentionSchema.parse(retention))!.rates(373.15)[0]!;
    const spy = vi.spyOn(hostKernels.wasm.OnlineSgd, 'open');
    const spec = { device: device(retention), conditions: conditions({ driftEvery: 300 }) };
    const trainer = await Trainer.create(tinySpec(spec));
    const drift = vi.spyOn(spy.mock.results[0]!.value as ReturnType<typeof hostKernels.wasm.OnlineSgd.open>, 'drift');
    await trainer.trainEpoch();
    await trainer.hold(stay);
    trainer.dispose();
    const losses = drift.mock.calls.filter(([, layer]) => layer === 0).map(([, , ofLayer]) => ofLayer[0]![0]![0]!);
    // 300 samples, then the 100 of the epoch's end, then the hold: a second each.
    const expected = [300, 100, 500].map((seconds) => Math.fround(-Math.expm1(-rate * seconds)));
    expect(losses).toEqual(expected);
  });

  it('lets the event loop run, so that an interrupt is heard between holds', async () => {
    const trainer = await Trainer.create(tinySpec());
    let ran = false;
    setImmediate(() => (ran = true));
    await trainer.hold(stay);
    trainer.dispose();
    expect(ran).toBe(true);
  });

  it('of cells that forget nothing leaves all', async () => {
    const trainer = await Trainer.create(tinySpec());
    expect(await trainer.hold(stay)).toBe(1);
    trainer.dispose();
  });
});
