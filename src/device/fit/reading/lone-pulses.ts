import { UsageError } from '../../../errors.js';
import type { Cell } from './series.js';
import { medianOf } from '../../../statistics/average.js';

/** Pulses that runs of one polarity have at least, for one that stands alone to be a mistake. */
const usual = 4;

/**
 * Single pulses inside a ramp that go against it, by their places: mistakes where other pulses of their polarity come in runs. A cell
 * that one pulse resets has such pulses alone.
 */
export function lonePulses(cells: readonly Cell[]): ReadonlyMap<number, UsageError> {
  const starts = cells.map((_, k) => k).filter((k) => k === 0 || cells[k]!.polarity !== cells[k - 1]!.polarity);
  const runs = starts.map((start, i) => ({
    start,
    length: (starts[i + 1] ?? cells.length) - start,
    polarity: cells[start]!.polarity,
  }));
  const lone = runs.flatMap(({ start, length, polarity }, i): (readonly [number, UsageError])[] => {
    const [before, after] = [runs[i - 1], runs[i + 1]];
    const inside = before && after && polarity && before.polarity === -polarity && after.polarity === -polarity;
    const others = medianOf(runs.filter((run) => run.polarity === polarity).map((run) => run.length));
    const among = inside ? Math.max(before.length, after.length) : 0;
    return length === 1 && among > 1 && others >= usual ? [[start, alone(cells, start, others)]] : [];
  });
  return new Map(lone);
}

function alone(cells: readonly Cell[], k: number, others: number): UsageError {
  const [before, { pulse, where }] = [cells[k - 1]!, cells[k]!];
  const what = `its pulse is ${JSON.stringify(pulse)}, alone between pulses that are ${JSON.stringify(before.pulse)}, where others like it come in runs of ${others}`;
  const remedy = 'mend its polarity if it is mistaken, or leave the ramp out with --skip-bad';
  return new UsageError({ where, what, remedy });
}
