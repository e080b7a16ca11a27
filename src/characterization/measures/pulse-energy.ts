import { z } from 'zod';
import { pulseEnergy } from '../../device/drive.js';
import { compileDevice, deviceSchema } from '../../device/registry.js';
import { pulseOnce } from '../../device/response.js';
import { UsageError } from '../../errors.js';
import { fold } from '../../random.js';
import { Draws } from '../draws.js';
import { defineMeasure } from '../measure.js';

/** Energy W = V·I·dt of every pulse of a train, from the currents that are measured at the pulse and at the read. */
export const energyOfPulses = defineMeasure({
  name: 'pulse-energy',
  summary: 'energy of each pulse of a train, at the voltage that writes and at the one that reads',
  keys: {
    cell: deviceSchema,
    pulses: z.int().min(1).max(65_536),
    /** σ of a current, relative. */
    readNoise: z.number().min(0).max(1),
  },
  quantities: { 'energy of a pulse': 'energy', 'energies rise': 'property' },
  simulate: ({ cell, pulses, readNoise }, key) => {
    const response = compileDevice(cell, { window: [0, 1] });
    const drive = cell.model === 'ideal' ? undefined : cell.drive;
    if (response.kind === 'ideal' || !drive) {
      const what = 'the cell does not say what it is driven with';
      throw new UsageError({ where: 'pulse-energy', what, remedy: 'write drive in the device' });
    }
    const draws = new Draws(fold(key, 1));
    if (drive.gateCapacitance !== undefined) {
      const what =
        'the cell has a gateCapacitance: its pulses charge a gate, and these energies are of currents through the cell';
      throw new UsageError({ where: 'pulse-energy', what, remedy: 'take a cell of two terminals' });
    }
    let g = 0;
    const conductances = Array.from({ length: pulses }, (_, n) => {
      const before = g;
      g = pulseOnce(response, g, 'up', fold(fold(key, 2), n), 0);
      return response.gMin + ((before + g) / 2) * (response.gMax - response.gMin);
    });
    const { width, voltage } = drive.ltp;
    const measured = (at: number): number[] =>
      conductances.map((conductance) => draws.reading(pulseEnergy({ voltage: at, width }, conductance), readNoise));
    const [writing, reading] = [measured(voltage), measured(drive.read.voltage)];
    const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
    const third = Math.floor(pulses / 3);
    const numbers = conductances.map((_, n) => n + 1);
    return {
      findings: [
        { quantity: 'energy of a pulse', at: 'read voltage', value: median(reading) },
        { quantity: 'energy of a pulse', at: 'write voltage', value: median(writing) },
        { quantity: 'energies rise', value: median(reading.slice(0, third)) < median(reading.slice(-third)) },
      ],
      traces: [
        {
          name: 'energy',
          columns: [
            { name: 'pulse', values: numbers },
            { name: 'at_write_voltage_J', values: writing },
            { name: 'at_read_voltage_J', values: reading },
          ],
        },
      ],
      figures: [
        {
          name: 'energy',
          title: 'Energy of each pulse of a train',
          panels: [
            {
              x: { title: 'pulse' },
              y: { title: 'energy (fJ)', scale: 'log' },
              series: [
                { name: `at ${voltage} V, which writes`, x: numbers, y: writing.map((e) => e * 1e15), mark: 'points' },
                {
                  name: `at ${drive.read.voltage} V, which reads`,
                  x: numbers,
                  y: reading.map((e) => e * 1e15),
                  mark: 'points',
                },
              ],
            },
          ],
        },
      ],
    };
  },
});
