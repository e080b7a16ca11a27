import { fold, keyOf, uniform } from '../../src/random.js';
import { f32 } from '../arithmetic.js';
import { ReferenceCells } from '../cells.js';
import { validatePulseUpdate, type PulseUpdateCall, type HostPulseUpdateKernel } from './contract.js';

/** The specification of `PulseUpdate`. */
export const referencePulseUpdate: HostPulseUpdateKernel = {
  name: 'PulseUpdate',
  backend: 'cpu',
  run(call) {
    validatePulseUpdate(call);
    const cells = new ReferenceCells(call.crossbar, call.state, call.seed, call.layer);
    if (call.crossbar.coding === 'ideal') addExactly(cells, call.delta);
    else for (let device = 0; device < cells.devices; device++) writePolarity(cells, call, device);
    cells.sumColumns();
    return cells.state();
  },
};

function addExactly(cells: ReferenceCells, delta: Float32Array): void {
  for (let i = 0; i < delta.length; i++) cells.difference[i] = f32(cells.difference[i]! + delta[i]!);
}

function writePolarity(cells: ReferenceCells, call: PulseUpdateCall, device: number): void {
  const { coding, conductancePerWeight, pulsePolicy, response } = call.crossbar;
  if (response.kind === 'ideal') return;
  const { up: upRange, down: downRange } = response.pulsesPerRange;
  const rate = { up: f32(conductancePerWeight * upRange), down: f32(conductancePerWeight * downRange) };
  const keys = cells.stepKeys(device, call.step);
  const whole = fold(fold(fold(keyOf(call.seed, 'pulseThinning'), call.layer), device), call.step);
  call.delta.forEach((delta, cell) => {
    const positive = delta > 0;
    const oneSided = coding === 'one-sided-pair';
    if (delta === 0 || (oneSided && positive !== (device === 0))) return;
    const up = oneSided || positive === (device === 0);
    const request = f32((up ? rate.up : rate.down) * Math.abs(delta));
    const pulses = pulsesOf(request, pulsePolicy, () => uniform(whole, cell));
    if (pulses > 0) cells.pulse(device, cell, up, pulses, keys);
  });
}

/** A real request as the pulses that a policy gives; `draw` is uniform in [0, 1). */
function pulsesOf(request: number, policy: PulseUpdateCall['crossbar']['pulsePolicy'], draw: () => number): number {
  switch (policy) {
    case 'fractional':
      return request;
    case 'round':
      return Math.floor(f32(request + 0.5));
    case 'stochastic': {
      const whole = Math.floor(request);
      return whole + (draw() < f32(request - whole) ? 1 : 0);
    }
    default:
      return policy satisfies never;
  }
}
