// PulseUpdate in WASM. The specification is ../../reference.ts.
import { fold, uniform } from '../../../wasm/assembly/random';
import { Crossbar, IDEAL, ONE_SIDED_PAIR, ROUND, STOCHASTIC } from '../../../wasm/assembly/crossbar';
import { sumColumns } from '../../../wasm/assembly/differences';
import { Polarity, preparePolarity, pulse } from '../../../wasm/assembly/pulses';

/**
 * @param delta - requested ΔW, rows of `stride` floats
 * @param polarity - working memory, 48 bytes (`polaritySize`)
 * @param plus - key of whole pulses for the plus cells, as two words; `minus` likewise
 */
export function pulseUpdate(
  at: usize,
  delta: usize,
  polarity: usize,
  step: u32,
  plusA: u32,
  plusB: u32,
  minusA: u32,
  minusB: u32,
): void {
  const c = changetype<Crossbar>(at);
  if (c.coding == IDEAL) addExactly(c, delta);
  else {
    writePolarity(c, delta, 0, changetype<Polarity>(polarity), step, <u64>plusA | ((<u64>plusB) << 32));
    if (c.devices == 2) {
      writePolarity(c, delta, 1, changetype<Polarity>(polarity), step, <u64>minusA | ((<u64>minusB) << 32));
    }
  }
  sumColumns(at);
}

function addExactly(c: Crossbar, delta: usize): void {
  const bytes = (<usize>c.rows * <usize>c.stride) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(c.difference + i, f32x4.add(v128.load(c.difference + i), v128.load(delta + i)));
  }
}

function writePolarity(c: Crossbar, delta: usize, device: i32, p: Polarity, step: u32, key: u64): void {
  preparePolarity(c, device, step, p);
  const whole = fold(key, step);
  for (let i = 0; i < c.rows; i++) {
    for (let j = 0; j < c.cols; j++) {
      const wish = load<f32>(delta + ((<usize>(i * c.stride + j)) << 2));
      const positive = wish > 0;
      const oneSided = c.coding == ONE_SIDED_PAIR;
      if (wish == 0 || (oneSided && positive != (device == 0))) continue;
      const up = oneSided || positive == (device == 0);
      const request = (up ? c.rateUp : c.rateDown) * abs<f32>(wish);
      const pulses = pulsesOf(c, request, whole, i * c.cols + j);
      if (pulses > 0) pulse(c, p, i, j, up, pulses);
    }
  }
}

// @ts-ignore: decorator
@inline
function pulsesOf(c: Crossbar, request: f32, key: u64, cell: u32): f32 {
  if (c.policy == ROUND) return floor<f32>(request + <f32>0.5);
  if (c.policy != STOCHASTIC) return request;
  const whole = floor<f32>(request);
  return whole + (uniform(key, cell) < request - whole ? <f32>1 : <f32>0);
}
