import { z } from 'zod';
import { originText } from '../device/model.js';
import { checkTree } from '../experiment/issues.js';
import type { Mistake } from '../experiment/place.js';
import { toPlain, type Tree } from '../experiment/tree.js';
import { keyOf, type Key } from '../random.js';
import type { Dimension } from '../units.js';
import { expectationSchema } from './expectation.js';

/** What a value is: a quantity in SI units, a plain number, or a property that holds or does not. */
export type ValueKind = Dimension | 'number' | 'property';

/** A value that was estimated from simulated traces. */
export interface Finding {
  /** One of the measure's `quantities`. */
  readonly quantity: string;
  /** Which of several it is: a train, a state, a branch. */
  readonly at?: string;
  /** SI units; true or false of a property. */
  readonly value: number | boolean;
}

/** Values side by side, a row an instant or a point: one CSV file. */
export interface Trace {
  /** Name of its file, without `.csv`. */
  readonly name: string;
  readonly columns: readonly Column[];
}

export interface Column {
  /** Heads the column, with its unit: `time_s`, `current_A`, `cycle`. */
  readonly name: string;
  readonly values: readonly (number | string)[];
}

/** A picture of traces. Axes are in what their titles say. */
export interface Figure {
  /** Name of its files, without extension. */
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

export type Panel = CurvePanel | MapPanel;

export interface CurvePanel {
  readonly title?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** Values in rows and columns, as colours. */
export interface MapPanel {
  readonly title?: string;
  /** Of the colours. */
  readonly legend: string;
  /** Shape [rows, columns]. */
  readonly map: readonly (readonly number[])[];
}

export interface Axis {
  readonly title: string;
  readonly scale?: 'linear' | 'log';
  /** Whether zero must be seen; it need not unless told. */
  readonly zero?: boolean;
}

export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Points are what was measured, lines what was fitted, unless told. */
  readonly mark: 'points' | 'line' | 'bars';
}

/** What a simulated measurement gave. */
export interface Measured {
  readonly findings: readonly Finding[];
  readonly traces: readonly Trace[];
  readonly figures: readonly Figure[];
}

/** Keys of every characterization file. */
const commonKeys = {
  name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'expected a name of letters, digits, ".", "_" and "-"'),
  title: z.string().min(1),
  description: z.string().optional(),
  /** Paper and figure. */
  source: z.string().optional(),
  /** Of noise and of draws. */
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).describe('a whole number from 0 to 2^53 - 1').default(1),
  /** What the source states, and what is accepted. */
  expected: z.array(expectationSchema).default([]),
  /** Where values come from: path of the value → source. */
  origin: z.record(z.string(), originText).optional(),
};

export type Common = z.output<z.ZodObject<typeof commonKeys>>;

/** A characterization file that passed its schema, ready to be measured. */
export interface Prepared {
  readonly common: Common;
  simulate(): Measured;
}

/** One kind of measurement: what is done to a cell, and what an experimenter would estimate from what it answers. */
export interface Measure {
  /** The file's `measure`. */
  readonly name: string;
  /** One line for the help and the documents. */
  readonly summary: string;
  readonly schema: z.ZodObject;
  /** Every quantity that findings may have. */
  readonly quantities: Readonly<Record<string, ValueKind>>;
  /** Checks a file's tree. */
  prepare(tree: Tree): { readonly prepared?: Prepared; readonly mistakes: readonly Mistake[] };
}

interface MeasureParts<Shape extends z.ZodRawShape> {
  readonly name: string;
  readonly summary: string;
  readonly keys: Shape;
  readonly quantities: Readonly<Record<string, ValueKind>>;
  /**
   * Simulates the cell in time, adds the instrument's noise, and estimates.
   * @param key - of this file's noise; fold it for each use
   */
  simulate(config: z.output<z.ZodObject<Shape>>, key: Key): Measured;
}

/** Ties a measurement's keys to what it does with them. */
export function defineMeasure<Shape extends z.ZodRawShape>(parts: MeasureParts<Shape>): Measure {
  const { name, summary, keys, quantities } = parts;
  const own = z.object(keys);
  const common = z.object(commonKeys);
  const schema = z.strictObject({ measure: z.literal(name), ...commonKeys, ...keys });
  return {
    ...{ name, summary, schema, quantities },
    prepare: (tree) => {
      const { value, mistakes } = checkTree(schema, tree);
      if (value === undefined) return { mistakes };
      // Each half is checked by its own schema again, so that both are typed; what passed the whole passes them.
      const plain = toPlain(tree);
      const config = own.parse(plain);
      const shared = common.parse(plain);
      const key = keyOf(shared.seed, 'characterization');
      return { prepared: { common: shared, simulate: () => parts.simulate(config, key) }, mistakes };
    },
  };
}
