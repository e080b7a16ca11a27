import { describe, expect, it } from 'vitest';
import { hostBackends, hostKernels } from '../../kernels/register.js';
import { clipToCells, encodeWeights, toSiemens } from '../../src/crossbar/weights.js';
import { compileCrossbar } from '../../src/crossbar/program.js';
import { crossbarSchema } from '../../src/crossbar/schema.js';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';

const rows = 50;
const cols = 40;

/** A crossbar of one device, with all weights at `weight`. */
function crossbarOf(device: Record<string, unknown>, config: Record<string, unknown>, weight = 0) {
  const crossbar = crossbarSchema.parse(config);
  const response = compileDevice(deviceSchema.parse({ gMin: '1 nS', gMax: '10 nS', ...device }), crossbar);
  const program = compileCrossbar(crossbar, response, { rows, cols, weightLimit: 1 });
  const weights = new Float32Array(rows * cols).fill(weight);
  return { program, state: clipToCells(program, encodeWeights(program, weights, crossbar), 1, 0) };
}

const exponential = { model: 'exponential', states: 30, nonlinearity: { ltp: { label: 2 }, ltd: { label: -4 } } };

describe.each(hostBackends)('cells with bounds of their own on %s', (backend) => {
  const write = (of: ReturnType<typeof crossbarOf>, delta: number, times: number) => {
    let { state } = of;
    const deltas = new Float32Array(rows * cols).fill(delta);
    for (let step = 0; step < times; step++) {
      const call = { crossbar: of.program, state, delta: deltas, seed: 1, layer: 0, step };
      state = hostKernels[backend].PulseUpdate.run(call);
    }
    return state;
  };

  it.each([exponential, { model: 'linear', states: 30 }, { model: 'soft-bounds', states: 30 }])(
    'a fully depressed $model cell never has a negative conductance, whatever the spread of gMin',
    (device) => {
      const of = crossbarOf({ ...device, deviceToDevice: { gMin: 0.3 } }, { coding: 'offset' });
      const siemens = toSiemens(of.program.response, write(of, -3, 8).plus)!;
      expect(Math.min(...siemens)).toBeGreaterThanOrEqual(-1e-15);
      // The spread is there: lowest conductances differ.
      expect(Math.max(...siemens) - Math.min(...siemens)).toBeGreaterThan(1e-9);
    },
  );

  it('a one-sided pair whose cells saturate below the nominal gMax is refreshed too', () => {
    const device = { ...exponential, deviceToDevice: { gMax: 0.1 } };
    const of = crossbarOf(device, { coding: 'one-sided-pair', window: [0, 1], refreshAt: 0.95 });
    let { state } = of;
    for (let step = 0; step < 60; step++) {
      const delta = new Float32Array(rows * cols).fill(step % 2 === 0 ? 0.3 : -0.25);
      state = hostKernels[backend].PulseUpdate.run({ crossbar: of.program, state, delta, seed: 1, layer: 0, step });
    }
    const stuck = state.plus.filter((g, i) => g > 0.8 && state.minus[i]! > 0.8).length;
    expect(stuck).toBe(0);
  });

  it('writes that snap to levels stay within the cell', () => {
    const device = { ...exponential, deviceToDevice: { gMax: 0.1 } };
    const of = crossbarOf(device, { coding: 'offset', quantize: 'every-write' });
    const quantised = write(of, 3, 8).plus;
    const free = write({ ...of, program: { ...of.program, quantizeWrites: false } }, 3, 8).plus;
    // Both end at the top of each cell; a level may lie below it, never above.
    expect(quantised.filter((g, i) => g > free[i]! + 1e-6).length).toBe(0);
  });

  it.each(['linear', 'soft-bounds'])('%s cells draw step sizes of their own, LTP and LTD apart', (model) => {
    const of = crossbarOf({ model, states: 100, deviceToDevice: { ltp: 0.2, ltd: 0.1 } }, { coding: 'offset' });
    const spreadOf = (delta: number): number => {
      const steps = write(of, delta, 10).plus.map((g) => g - 0.5);
      const mean = steps.reduce((sum, s) => sum + s, 0) / steps.length;
      return Math.sqrt(steps.reduce((sum, s) => sum + (s - mean) ** 2, 0) / steps.length) / Math.abs(mean);
    };
    // One whole pulse a write: what spreads is the cells' steps (and, for soft bounds, hardly their approach).
    const onePulse = 1 / (of.program.conductancePerWeight * 100);
    expect(spreadOf(onePulse)).toBeGreaterThan(0.16);
    expect(spreadOf(onePulse)).toBeLessThan(0.23);
    expect(spreadOf(-onePulse)).toBeGreaterThan(0.08);
    expect(spreadOf(-onePulse)).toBeLessThan(0.12);
  });

  it('read noise is σ times the conductance in siemens, gMin included', () => {
    const sigma = 0.1;
    const cell = { model: 'linear', states: 30, gMin: '5 uS', gMax: '10 uS', readNoise: sigma };
    for (const [weight, g] of [
      [-0.5, 5e-6],
      [0, 7.5e-6],
      [0.5, 10e-6],
    ] as const) {
      const of = crossbarOf(cell, { coding: 'offset', window: [0, 1] }, 2 * weight);
      const inputs = new Float32Array(rows);
      inputs[0] = 1;
      const outputs = Array.from({ length: 60 }, (_, stream) =>
        hostKernels[backend].CrossbarRead.run({
          ...{ crossbar: of.program, state: of.state, inputs, batch: 1, transposed: false, seed: 1, layer: 0, stream },
        }),
      ).flatMap((row) => [...row]);
      const mean = outputs.reduce((sum, y) => sum + y, 0) / outputs.length;
      const deviation = Math.sqrt(outputs.reduce((sum, y) => sum + (y - mean) ** 2, 0) / outputs.length);
      // A weight is readScale per range of 5 uS. 2400 draws know σ to 1.4 %; five of those are allowed.
      const expected = (sigma * g * of.program.readScale) / 5e-6;
      expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.075);
    }
  });
});
