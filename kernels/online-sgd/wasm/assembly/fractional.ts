// Fractional pulses on like cells, four at a time. Twin of the reference's updateEveryCell in the commonest case.
import { Crossbar, Polarity } from '../../../wasm/assembly/cells';
import { Layer } from './memory';

/** Whether this case was handled here. */
export function updateFractional(l: Layer, c: Crossbar, device: i32, p: Polarity): bool {
  return false;
}
