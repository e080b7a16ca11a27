import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../datasets/places.js';
import { ChargeTrapCell, chargeTrapCellSchema } from '../../../src/device/plasticity/charge-trap-cell.js';
import { VolatileCell, volatileCellSchema } from '../../../src/device/plasticity/volatile-cell.js';
import { compileDevice } from '../../../src/device/registry.js';
import { shippedConfigs } from '../../../src/experiment/files.js';
import { loadDevice } from '../../../src/experiment/loader.js';
import { toPlain } from '../../../src/experiment/tree.js';
import { readYamlFile } from '../../../src/experiment/yaml-source.js';

const cellFile = (name: string): unknown =>
  toPlain(readYamlFile(path.join(projectRoot(), 'configs/characterization/cells', `${name}.yaml`)).tree!);

const synapse = volatileCellSchema.parse(cellFile('wse2-synapse'));
const traps = chargeTrapCellSchema.parse(cellFile('ws2-qd-traps'));

describe('the WSe2 cell in time', () => {
  it('rests the same in one go and in parts', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 30 }), (part, pulses) => {
        const [one, two] = [new VolatileCell(synapse, 0.3), new VolatileCell(synapse, 0.3)];
        for (const cell of [one, two]) {
          for (let n = 0; n < pulses; n++) {
            cell.pulse(n % 3 === 2 ? -3 : 4, 50e-6);
            cell.rest(30e-6);
          }
        }
        one.rest(400e-6);
        two.rest(part * 400e-6);
        two.rest((1 - part) * 400e-6);
        expect(two.conductance / one.conductance).toBeCloseTo(1, 12);
      }),
    );
  });

  it('keeps what stays and loses the rest', () => {
    const cell = new VolatileCell(synapse);
    cell.pulse(4, 50e-6);
    const right = cell.conductance;
    cell.rest(1);
    expect(cell.conductance).toBeLessThan(right);
    // 1 − e^(−0.01) of the range.
    expect((cell.conductance - synapse.gMin) / (synapse.gMax - synapse.gMin)).toBeCloseTo(1 - Math.exp(-0.01), 12);
  });

  it('keeps nothing of pulses below the threshold', () => {
    const cell = new VolatileCell(synapse, 0.4);
    const before = cell.conductance;
    cell.pulse(1, 1.25e-3);
    expect(cell.conductance).toBeGreaterThan(before);
    cell.rest(1);
    expect(cell.conductance / before).toBeCloseTo(1, 12);
  });
});

describe('the WS2 cell in time', () => {
  it('climbs as the LTP curve of the device pi-ws2-qd', () => {
    const { config } = loadDevice(shippedConfigs('devices').get('pi-ws2-qd')!);
    const response = compileDevice(config, { window: [0, 1] });
    if (response.kind !== 'affine') throw new Error(`expected an affine response, got ${response.kind}`);
    const cell = new ChargeTrapCell(traps);
    let g = 0;
    for (let n = 0; n < 30; n++) {
      cell.pulse(1.5, 1e-3);
      // The device's curve ends at the top of its range after 30 pulses, the cell's goes on towards it.
      g += response.nominal.up.c0 - response.nominal.up.c1 * g;
      const top = 1 - Math.exp(-30 * 0.0547);
      expect(cell.filled / top).toBeCloseTo(g, 2);
    }
  });

  it('solves its equation exactly: two halves of a pulse are the whole', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 4, noNaN: true }), (voltage) => {
        const [one, two] = [new ChargeTrapCell(traps), new ChargeTrapCell(traps)];
        for (const cell of [one, two]) cell.hold(1.5, 5e-3);
        one.hold(voltage, 1e-3);
        two.hold(voltage, 0.4e-3);
        two.hold(voltage, 0.6e-3);
        expect(two.filled).toBeCloseTo(one.filled, 12);
      }),
    );
  });

  it('forgets as its retention law says', () => {
    const cell = new ChargeTrapCell(traps, 273.15 + 155);
    cell.hold(1.5, 20e-3);
    const before = cell.filled;
    cell.rest(1e4);
    // 1.05e-5 /s of the matrix and 1e12·e^(−1.60 eV/kT) /s of the traps.
    const rate = 1.05e-5 + 1e12 * Math.exp((-1.6 * 1.602176634e-19) / (1.380649e-23 * 428.15));
    expect(cell.filled / before).toBeCloseTo(Math.exp(-1e4 * rate), 9);
  });
});
