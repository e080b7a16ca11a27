import { withoutUnit } from './named-devices.js';
import type { Notices } from './notices.js';
import type { RampTable } from './table.js';
import type { Roles } from './roles.js';

const middle = /^(mean|average|avg|median|mittelwert)(?![a-z])/i;
const spread =
  /^(std|st\.?dev|stdev|stddev|standard[ _-]?(deviation|error)|sd|sem|stderr|var|variance|stabw|sigma|σ|cv|error|err)(?![a-z])/i;

/**
 * Columns of values without those that a spreadsheet has computed of them, which are no ramps. A mean stays where nothing else is
 * there.
 */
export function withoutStatistics({ names }: RampTable, values: readonly number[]): number[] {
  const nameOf = (i: number): string => withoutUnit(names[i]!);
  const measured = values.filter((i) => !spread.test(nameOf(i)));
  const single = measured.filter((i) => !middle.test(nameOf(i)));
  if (single.length > 0) return single;
  return measured.length > 0 ? measured : [...values];
}

/** Tells which columns were left out as such. */
export function tellStatistics(table: RampTable, { statistics }: Roles, notices: Notices): void {
  if (statistics.length === 0) return;
  const names = statistics.map((i) => table.names[i]!).join(', ');
  notices.note(
    `${table.file}: ${names}: taken for statistics of the ramps and not used; say --values if they are ramps`,
  );
}
