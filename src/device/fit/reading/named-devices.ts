/** What the columns of a table (its rows, where ramps are rows) are: ramps of one device, or a device each. */
export const columnsAre = ['ramps', 'devices'] as const;
export type ColumnsAre = (typeof columnsAre)[number];

/** `device A`, `DUT-3, ramp 2`, `cell_7 (uA)`: the word and what numbers it. */
const deviceHeading = /^\W*(?:device|dev|dut|cell|sample)[\s_.:#-]*(?:no\.?\s*)?([a-z]{0,2}\d+|[a-z])(?![a-z0-9])/i;

/**
 * The device that each heading names. Unless told, headings tell devices apart where every one of them names one, and
 * not all the same.
 * @param told - what the columns are, where the command line says it
 * @returns undefined where the columns are ramps of one device
 */
export function namedDevices(headings: readonly string[], told: ColumnsAre | undefined): string[] | undefined {
  if (told === 'ramps') return undefined;
  const named = headings.map((heading) => deviceHeading.exec(heading)?.[1]);
  const every = named.every((name) => name !== undefined);
  if (told === 'devices') return every ? named : headings.map(withoutUnit);
  return every && new Set(named).size > 1 ? named : undefined;
}

/** A heading as SET and RESET tables may both have it, also in other units. */
export function withoutUnit(heading: string): string {
  return heading.replace(/\s*[[(][^\])]*[\])]\s*$/, '').trim();
}
