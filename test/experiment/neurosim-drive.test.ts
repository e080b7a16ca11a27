import { afterAll, describe, expect, it } from 'vitest';
import { gatePulseEnergy, pulseEnergy } from '../../src/device/drive.js';
import { deviceFile } from '../../src/experiment/device-sheet.js';
import { exportDevice, importDevice } from '../../src/experiment/device-exchange.js';
import { shippedConfigs } from '../../src/experiment/files.js';
import { loadDevice, loadExperiment } from '../../src/experiment/loader.js';
import { Scratch } from './scratch.js';

const scratch = new Scratch();
afterAll(() => {
  scratch.remove();
});

function cellOf(name: string) {
  const { config } = loadDevice(deviceFile(name));
  if (config.model === 'ideal' || config.model === 'lookup-table' || !config.drive) throw new TypeError(name);
  return { ...config, drive: config.drive };
}

describe('the pulses of the MLP+NeuroSim benchmark', () => {
  // As the manual prints them: V and s of LTP and LTD; and by hand, V²·width·(gMin + gMax)/2 in picojoules.
  it.each([
    ['ag-asi', 3.2, 300e-6, -2.8, 300e-6, 63.8, 48.8],
    ['taox-hfox', 1.6, 50e-9, 1.6, 50e-9, 0.704, 0.704],
    ['pcmo', -2, 1e-3, 2, 1e-3, 99.7, 99.7],
    ['alox-hfo2', 0.9, 100e-6, -1, 100e-6, 2940, 3630],
    ['gst-pcm', 0.7, 6e-6, 3, 125e-9, 328, 125],
    ['epiram', 5, 5e-6, -3, 5e-6, 787, 283],
    ['taox-tio2', 3, 40e-3, -3, 10e-3, 54_000, 13_500],
  ])('%s: as published, and of the energy that follows', (name, up, upWidth, down, downWidth, upEnergy, downEnergy) => {
    const { drive, gMin, gMax } = cellOf(name);
    const written = [drive.ltp.voltage, drive.ltp.width, drive.ltd.voltage, drive.ltd.width];
    [up, upWidth, down, downWidth].forEach((value, i) => {
      expect(written[i]! / value).toBeCloseTo(1, 12);
    });
    const middle = (gMin + gMax) / 2;
    expect(pulseEnergy(drive.ltp, middle) / (upEnergy * 1e-12)).toBeCloseTo(1, 2);
    expect(pulseEnergy(drive.ltd, middle) / (downEnergy * 1e-12)).toBeCloseTo(1, 2);
    expect([drive.read.voltage, drive.read.time / 5e-9]).toEqual([0.5, expect.closeTo(1, 12)]);
    expect(drive.gateCapacitance).toBeUndefined();
  });

  it('hzo-fefet: on its gate, which takes attojoules and not the picojoule of a current through the channel', () => {
    const { drive, gMin, gMax } = cellOf('hzo-fefet');
    expect([drive.ltp.voltage, drive.ltd.voltage]).toEqual([3.65, -2.95]);
    expect(gatePulseEnergy(drive.ltp, drive.gateCapacitance!) * 1e18).toBeCloseTo(28.9, 1);
    expect(gatePulseEnergy(drive.ltd, drive.gateCapacitance!) * 1e18).toBeCloseTo(18.9, 1);
    expect(pulseEnergy(drive.ltp, (gMin + gMax) / 2) * 1e12).toBeCloseTo(0.913, 2);
  });

  it.each(['ag-asi', 'taox-hfox', 'pcmo', 'alox-hfo2', 'gst-pcm', 'epiram', 'taox-tio2', 'hzo-fefet'])(
    '%s: comes back from a list but for signs, and its energy is recorded',
    (name) => {
      const list = scratch.write(`${name}.txt`, exportDevice(name, 'neurosim').files['']!);
      const { text, notes } = importDevice([list], 'neurosim', scratch.folder);
      const file = scratch.write(`${name}.yaml`, text);
      const { drive } = cellOf(name);
      const unsigned = [drive.ltp, drive.ltd].map((pulse) => ({ ...pulse, voltage: Math.abs(pulse.voltage) }));
      const overrides = [
        { path: 'device', value: file, option: '--set device' },
        { path: 'record.energy', value: 'true', option: '--set record.energy' },
      ];
      const { config } = loadExperiment(shippedConfigs('experiments').get('neurosim/mlp')!, { overrides });
      const digits = (value: unknown): unknown =>
        JSON.parse(JSON.stringify(value, (_, x: unknown) => (typeof x === 'number' ? Number(x.toPrecision(12)) : x)));
      expect(digits(config.device)).toMatchObject({
        drive: digits({ ...drive, ltp: unsigned[0], ltd: unsigned[1] }) as object,
      });
      expect(notes).toEqual([]);
    },
  );
});
