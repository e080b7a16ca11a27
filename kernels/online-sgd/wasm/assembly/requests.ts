// What an update by fractions of a pulse comes to in the ledger: a column's pulses are its error's factor times Σ|x|, and
// their work is the same factor times Σ|x|·G, with G before the update.
import { Crossbar, weighsReads } from '../../../wasm/assembly/crossbar';
import { Ledger, weighedOf } from '../../../wasm/assembly/ledger';
import { beginWeighing, endWeighing, recordRequest, weighRow } from '../../../wasm/assembly/ledger-records';
import { addParts } from '../../../wasm/assembly/ledger-parts';
import { isUp, moves } from './moves';
import { Layer } from './memory';

/** Weighs and enters all polarities of a crossbar whose cells are then pulsed one by one. */
export function weighCells(l: Layer, c: Crossbar): void {
  const ledger = changetype<Ledger>(c.ledger);
  addParts(ledger);
  for (let device = 0; device < c.devices; device++) {
    const hidden = device == 0 ? c.hiddenPlus : c.hiddenMinus;
    const shown = device == 0 ? c.plus : c.minus;
    beginWeighing(ledger);
    for (let i: usize = 0; i < <usize>c.rows; i++) {
      const row = i * ledger.width;
      const written = load<f32>(l.written + (i << 2));
      const read = weighsReads(c) ? load<f32>(l.read + (i << 2)) : 0;
      if (written != 0 || read != 0) weighRow(ledger, hidden + row, shown + row, written, read);
    }
    recordRequests(l, c, device);
  }
}

/** Enters what was weighed of one polarity: its read, and the pulses of each column with their work. */
export function recordRequests(l: Layer, c: Crossbar, device: i32): void {
  const ledger = changetype<Ledger>(c.ledger);
  endWeighing(ledger);
  recordSign(l, c, device, true);
  recordSign(l, c, device, false);
}

/** The same of the rows whose inputs have a sign. */
function recordSign(l: Layer, c: Crossbar, device: i32, sign: bool): void {
  const inputs = inputsOfSign(l, c, sign ? 1 : -1);
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

/** Σ|x| over the rows whose inputs have a sign. */
function inputsOfSign(l: Layer, c: Crossbar, sign: f32): f32 {
  let sum: f32 = 0;
  for (let i: usize = 0; i < (<usize>c.rows) << 2; i += 4) {
    sum += max<f32>(sign * load<f32>(l.written + i), 0);
  }
  return sum;
}
