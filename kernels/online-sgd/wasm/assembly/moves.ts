// Which cell of a weight a wish pulses, and which way.
import { Crossbar, ONE_SIDED_PAIR } from '../../../wasm/assembly/crossbar';

/** Whether a wish of this sign pulses this polarity at all: of a one-sided pair only one cell moves. */
// @ts-ignore: decorator
@inline
export function moves(c: Crossbar, device: i32, positive: bool): bool {
  return c.coding != ONE_SIDED_PAIR || positive == (device == 0);
}

// @ts-ignore: decorator
@inline
export function isUp(c: Crossbar, device: i32, positive: bool): bool {
  return c.coding == ONE_SIDED_PAIR || positive == (device == 0);
}
