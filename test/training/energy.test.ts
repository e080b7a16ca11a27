import { describe, expect, it } from 'vitest';
import { driveSchema } from '../../src/device/drive.js';
import { deviceSchema } from '../../src/device/registry.js';
import { backendForEnergy, energyFailures } from '../../src/experiment/energy.js';
import type { ExperimentConfig } from '../../src/experiment/schema.js';
import { Trainer } from '../../src/training/trainer.js';
import { tinySpec } from './tiny.js';

const drive = {
  ltp: { voltage: '2 V', width: '1 ms', gap: '1 ms' },
  ltd: { voltage: '-3 V', width: '2 ms', gap: '1 ms' },
  read: { voltage: '0.1 V', time: '5 us' },
};

const device = deviceSchema.parse({
  ...{ model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 60, cycleToCycle: 0.01 },
  nonlinearity: { ltp: { label: 0.5 }, ltd: { label: 0.5 } },
  drive,
});

async function trained(energy: boolean, epochs = 2) {
  const trainer = await Trainer.create(tinySpec({ device, energy }));
  try {
    for (let epoch = 0; epoch < epochs; epoch++) await trainer.trainEpoch();
    return { report: await trainer.energy(), layers: await trainer.snapshot() };
  } finally {
    trainer.dispose();
  }
}

describe('the energy of training', () => {
  it('changes nothing of the training, and is not there unless it is asked for', async () => {
    const [plain, recorded] = [await trained(false), await trained(true)];
    expect(recorded.layers).toEqual(plain.layers);
    expect(plain.report).toBeUndefined();
  });

  it('is V²·G·width of every pulse, with G between gMin and gMax, by direction, and comes by epochs', async () => {
    const { report } = await trained(true);
    const { total, epochs, layers, latency } = report!;
    expect(epochs).toHaveLength(2);
    expect(total.samples).toBe(epochs[0]!.samples * 2);
    const { potentiating, depressing, erasing } = total.pulses;
    expect(erasing).toBe(0);
    expect(potentiating).toBeGreaterThan(100);
    const perPulse = [total.potentiation / potentiating / (4 * 1e-3), total.depression / depressing / (9 * 2e-3)];
    for (const conductance of perPulse) {
      expect(conductance).toBeGreaterThan(2e-9);
      expect(conductance).toBeLessThan(9e-9);
    }
    expect(epochs[0]!.potentiation + epochs[1]!.potentiation).toBeCloseTo(total.potentiation, 20);
    const cells = Math.max(...layers.map(({ mostPulses }) => mostPulses));
    expect(cells).toBeGreaterThan(Math.max(...layers.map(({ meanPulses }) => meanPulses)));
    // 2 ms a pulse up, 3 ms down, and a read forward of each layer and back through all but the first.
    const reads = (2 * layers.length - 1) * 5e-6;
    expect(latency.serial).toBeCloseTo(reads + (potentiating * 2e-3 + depressing * 3e-3) / total.samples, 9);
  });

  it('goes with the square of the voltage and with the time', async () => {
    const hotter = {
      ...device,
      drive: driveSchema.parse({ ...drive, ltp: { voltage: '4 V', width: '3 ms', gap: '1 ms' } }),
    };
    const trainer = await Trainer.create(tinySpec({ device: hotter as typeof device, energy: true }));
    await trainer.trainEpoch();
    await trainer.trainEpoch();
    const [one, other] = [(await trained(true)).report!.total, (await trainer.energy())!.total];
    trainer.dispose();
    expect(other.potentiation / one.potentiation).toBeCloseTo(12, 9);
    expect(other.depression).toBe(one.depression);
    expect(other.forwardReads).toBe(one.forwardReads);
  });

  it('is C·V² of every pulse where it charges a gate, whatever the conductance', async () => {
    const gated = { ...device, drive: driveSchema.parse({ ...drive, gateCapacitance: '2 fF' }) };
    const trainer = await Trainer.create(tinySpec({ device: gated as typeof device, energy: true }));
    await trainer.trainEpoch();
    const { total } = (await trainer.energy())!;
    trainer.dispose();
    expect(total.potentiation / (total.pulses.potentiating * 2e-15 * 4)).toBeCloseTo(1, 12);
    expect(total.depression / (total.pulses.depressing * 2e-15 * 9)).toBeCloseTo(1, 12);
    expect(total.forwardReads).toBe((await trained(true)).report!.epochs[0]!.forwardReads);
  });

  it('has an image take as long as one pulse of each direction and layer at least, or its own pulses one by one', async () => {
    const latencyAt = async (learningRate: number) => {
      const { training } = tinySpec();
      const trainer = await Trainer.create(tinySpec({ device, energy: true, training: { ...training, learningRate } }));
      await trainer.trainEpoch();
      const { total, latency } = (await trainer.energy())!;
      trainer.dispose();
      return { ...latency, pulses: (total.pulses.potentiating + total.pulses.depressing) / total.samples };
    };
    const [many, few] = [await latencyAt(20), await latencyAt(0.001)];
    expect(many.pulses).toBeGreaterThan(5);
    expect(many.parallel).toBeCloseTo(3 * 5e-6 + 2 * 5e-3, 9);
    expect(few.pulses).toBeLessThan(1);
    expect(few.parallel).toBe(few.serial);
  });

  it('takes pulses without a gap between them, and none before the last one ends', () => {
    const pulse = (gap: string) => ({ ...drive, ltp: { voltage: '2 V', width: '1 ms', gap } });
    expect(driveSchema.parse(pulse('0 s')).ltp.gap).toBe(0);
    expect(driveSchema.safeParse(pulse('-1 us')).error?.issues[0]?.message).toBe('must not be negative');
  });

  it('makes auto take wasm, and says why', () => {
    const chosen = (energy: boolean, backend: 'auto' | 'cpu') =>
      backendForEnergy({ record: { energy } as ExperimentConfig['record'], backend });
    expect(chosen(true, 'auto')).toEqual({
      backend: 'wasm',
      reason: expect.stringMatching(/^auto: energies/) as string,
    });
    expect(chosen(true, 'cpu')).toBeUndefined();
    expect(chosen(false, 'auto')).toBeUndefined();
  });

  it('is refused without cells, without a drive, on a GPU and by tensorflow', () => {
    const told = (config: object) =>
      energyFailures({
        record: { energy: true },
        device,
        backend: 'auto',
        ...config,
      } as unknown as ExperimentConfig).map(({ what }) => what);
    expect(told({})).toEqual([]);
    expect(told({ device: deviceSchema.parse({ model: 'ideal' }) })).toEqual([
      'asks for energies, but the ideal device has no cells',
    ]);
    expect(told({ device: { ...device, drive: undefined } })).toEqual([
      'asks for energies, but the device does not say what it is driven with',
    ]);
    for (const backend of ['webgpu', 'tensorflow']) {
      expect(told({ backend })[0]).toMatch(`energies, which are not recorded on ${backend}: its kernels`);
    }
  });
});
