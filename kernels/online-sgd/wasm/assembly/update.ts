// Writing the outer product of errors and inputs.
import { quantizeAll } from '../../../wasm/assembly/arithmetic';
import { Crossbar, FRACTIONAL, IDEAL, quantizer, ROUND, STOCHASTIC } from '../../../wasm/assembly/crossbar';
import { Polarity, preparePolarity, pulse } from '../../../wasm/assembly/pulses';
import { updateByRounds } from './candidates';
import { isUp, moves } from './moves';
import { updateFractional } from './fractional';
import { Layer } from './memory';
import { weighCells } from './requests';
import { updateTables } from './tables';

export function updateLayer(l: Layer, step: u32): void {
  const c = changetype<Crossbar>(l.crossbar);
  quantizeAll(l.delta, l.updateErrors, c.width, quantizer(c, 5));
  if (c.coding == IDEAL) {
    updateIdeal(l, c);
    return;
  }
  if (updateTables(l, c, step)) return;
  const p = changetype<Polarity>(l.polarity);
  if (c.policy == STOCHASTIC) {
    updateByRounds(l, c, p, step);
    return;
  }
  for (let device = 0; device < c.devices; device++) {
    preparePolarity(c, device, step, p);
    if (!updateFractional(l, c, device, p)) {
      // Of all polarities before any is pulsed: to write a pair anew moves both.
      if (device == 0 && c.policy == FRACTIONAL && c.ledger != 0) weighCells(l, c);
      updateEveryCell(l, c, device, p);
    }
  }
}

/** w += step·x for four vectors of columns, whose steps stay in registers. */
// @ts-ignore: decorator
@inline
function updateBlock4(base: usize, steps: usize, rows: usize, inputs: usize, count: i32): void {
  const s0 = v128.load(steps);
  const s1 = v128.load(steps, 16);
  const s2 = v128.load(steps, 32);
  const s3 = v128.load(steps, 48);
  for (let k: usize = 0; k < (<usize>count) << 2; k += 4) {
    const x = v128.load_splat<f32>(inputs + k);
    const row = base + <usize>load<u32>(rows + k);
    v128.store(row, f32x4.add(v128.load(row), f32x4.mul(s0, x)));
    v128.store(row, f32x4.add(v128.load(row, 16), f32x4.mul(s1, x)), 16);
    v128.store(row, f32x4.add(v128.load(row, 32), f32x4.mul(s2, x)), 32);
    v128.store(row, f32x4.add(v128.load(row, 48), f32x4.mul(s3, x)), 48);
  }
}

/** w += lr·δ·x; the background's part goes into one offset a column. */
function updateIdeal(l: Layer, c: Crossbar): void {
  const width = (<usize>c.width) << 2;
  const background = l.writtenBackground;
  const steps = l.scratch;
  const rate = f32x4.splat(c.rateUp);
  for (let j: usize = 0; j < width; j += 16) {
    v128.store(steps + j, f32x4.mul(rate, v128.load(l.updateErrors + j)));
  }
  let sum: f32 = 0;
  const inputs = l.foregroundSteps;
  for (let k: usize = 0; k < (<usize>l.foregroundCount) << 2; k += 4) {
    const x = load<f32>(l.foregroundWritten + k) - background;
    store<f32>(inputs + k, x);
    sum += x;
  }
  for (let j: usize = 0; j < width; j += 64) {
    updateBlock4(c.difference + j, steps + j, l.foregroundOffsets, inputs, l.foregroundCount);
  }
  const total = f32x4.splat(sum);
  const constant = f32x4.splat(background);
  for (let j: usize = 0; j < width; j += 16) {
    const step = v128.load(steps + j);
    const offset = c.columnOffsets + j;
    v128.store(offset, f32x4.add(v128.load(offset), f32x4.mul(step, constant)));
    const columnSum = c.columnSums + j;
    v128.store(columnSum, f32x4.add(v128.load(columnSum), f32x4.mul(step, total)));
  }
}

/** Lists the columns in which the largest input asks for a pulse at all; requests do not fall with |x|. */
function listPulsed(l: Layer, c: Crossbar): i32 {
  let reach: f32 = 0;
  for (let i = 0; i < c.rows; i++) reach = max<f32>(reach, abs<f32>(load<f32>(l.written + ((<usize>i) << 2))));
  const rate = max<f32>(c.rateUp, c.rateDown);
  let count = 0;
  for (let j = 0; j < c.cols; j++) {
    const error = load<f32>(l.updateErrors + ((<usize>j) << 2));
    if (error == 0 || (c.policy == ROUND && rate * abs<f32>(error) * reach + <f32>0.5 < 1)) continue;
    store<i32>(l.fractional + ((<usize>count) << 2), j);
    count++;
  }
  return count;
}

function updateEveryCell(l: Layer, c: Crossbar, device: i32, p: Polarity): void {
  const count = listPulsed(l, c);
  if (count == 0) return;
  for (let i = 0; i < c.rows; i++) {
    const x = load<f32>(l.written + ((<usize>i) << 2));
    if (x == 0) continue;
    for (let k = 0; k < count; k++) {
      const j = load<i32>(l.fractional + ((<usize>k) << 2));
      const error = load<f32>(l.updateErrors + ((<usize>j) << 2));
      const positive = error > 0 == x > 0;
      if (!moves(c, device, positive)) continue;
      const up = isUp(c, device, positive);
      const request = (up ? c.rateUp : c.rateDown) * abs<f32>(error) * abs<f32>(x);
      const pulses = c.policy == ROUND ? floor<f32>(request + <f32>0.5) : request;
      if (pulses > 0) pulse(c, p, i, j, up, pulses);
    }
  }
}
