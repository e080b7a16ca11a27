import type { UnitOptions } from './column-units.js';
import type { FirstLine } from './counting-line.js';
import type { ColumnsAre } from './named-devices.js';

/** How a file of ramps is to be read; what is not told is found out. */
export interface ReadOptions extends UnitOptions {
  /** Whether a ramp is a column or a row. */
  readonly ramps?: 'columns' | 'rows' | undefined;
  /** Names or numbers of the columns that hold values, and of those that hold pulse numbers, polarities and ramps. */
  readonly values?: string | undefined;
  readonly pulseColumn?: string | undefined;
  readonly polarityColumn?: string | undefined;
  readonly rampColumn?: string | undefined;
  /** Name or number of the column that says on which device a row was measured. */
  readonly deviceColumn?: string | undefined;
  /** Whether columns of values (rows, where ramps are rows) are ramps of one device or a device each. */
  readonly columnsAre?: ColumnsAre | undefined;
  /** Whether each series is known to be of one direction, and is not to be cut where it turns. */
  readonly oneWay?: boolean | undefined;
  /** What a first line of bare numbers is: numbers of pulses or ramps, or a ramp (a value of each, where ramps are columns). */
  readonly firstLine?: FirstLine | undefined;
  /** Leave out ramps with mistakes instead of refusing the file. */
  readonly skipBad: boolean;
}
