import { z } from 'zod';
import { quantity, positiveQuantity } from '../device/quantity.js';

/** Equal pulses with equal gaps. */
export const trainKeys = {
  amplitude: quantity('voltage'),
  width: positiveQuantity('time'),
  /** From the end of one pulse to the start of the next. */
  gap: positiveQuantity('time'),
  pulses: z.int().min(1).max(100_000),
};

export const namedTrainSchema = z.strictObject({ name: z.string().min(1), ...trainKeys });

export type Train = Omit<z.output<typeof namedTrainSchema>, 'name'>;

/** A cell that pulses and rests change. */
export interface PulsedCell {
  readonly conductance: number;
  pulse(amplitude: number, width: number): void;
  rest(time: number): void;
}

/** Applies a train; `read` hears of the conductance right after each pulse. No gap follows the last. */
export function applyTrain(
  cell: PulsedCell,
  train: Train,
  read: (conductance: number) => void = () => undefined,
): void {
  for (let n = 0; n < train.pulses; n++) {
    if (n > 0) cell.rest(train.gap);
    cell.pulse(train.amplitude, train.width);
    read(cell.conductance);
  }
}
