// What an update by fractions of a pulse comes to in the ledger: a column's pulses are its error's factor times Σ|x|, and
// their work is the same factor times Σ|x|·G, with G before the update.
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { Ledger, weighedOf } from '../../../wasm/assembly/ledger';
import { beginWeighing, recordRequest, weighRow } from '../../../wasm/assembly/ledger-records';
import { addParts } from '../../../wasm/assembly/ledger-parts';
import { addReads } from '../../../wasm/assembly/ledger-reads';
import { isUp, moves } from './moves';
import { Layer } from './memory';

/** Weighs and enters all polarities of a crossbar whose cells are then pulsed one by one. */
export function weighCells(l: Layer, c: Crossbar): void {
  const ledger = changetype<Ledger>(c.ledger);
  addParts(ledger);
  addReads(c, ledger);
  for (let device = 0; device < c.devices; device++) {
    const hidden = device == 0 ? c.hiddenPlus : c.hiddenMinus;
    beginWeighing(ledger);
    for (let i: usize = 0; i < <usize>c.rows; i++) {
      const written = load<f32>(l.written + (i << 2));
      if (written != 0) weighRow(ledger, hidden + i * ledger.width, written);
    }
    recordRequests(l, c, device);
  }
}

/** Enters what was weighed of one polarity, the first before the second: the pulses of each column with their work. */
export function recordRequests(l: Layer, c: Crossbar, device: i32): void {
  const ledger = changetype<Ledger>(c.ledger);
  // Both polarities have the same inputs.
  if (device == 0) sumInputs(l, c, ledger);
  recordSign(l, c, device, true, ledger.above);
  recordSign(l, c, device, false, ledger.below);
}

/** The same of the rows whose inputs have a sign. */
function recordSign(l: Layer, c: Crossbar, device: i32, sign: bool, inputs: f32): void {
  if (inputs == 0) return;
  const ledger = changetype<Ledger>(c.ledger);
  const weighed = weighedOf(ledger, sign);
  for (let j: usize = 0; j < (<usize>c.cols) << 2; j += 4) {
    const error = load<f32>(l.updateErrors + j);
    const positive = error > 0 == sign;
    if (error == 0 || !moves(c, device, positive)) continue;
    const up = isUp(c, device, positive);
    recordRequest(ledger, j, up, (up ? c.rateUp : c.rateDown) * abs<f32>(error), inputs, load<f32>(weighed + j));
  }
}

/** Σ|x| over the rows of each sign. */
function sumInputs(l: Layer, c: Crossbar, ledger: Ledger): void {
  let above: f32 = 0;
  let below: f32 = 0;
  for (let i: usize = 0; i < (<usize>c.rows) << 2; i += 4) {
    const x = load<f32>(l.written + i);
    above += max<f32>(x, 0);
    below += max<f32>(-x, 0);
  }
  ledger.above = above;
  ledger.below = below;
}
