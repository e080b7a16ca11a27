import { z } from 'zod';
import { schemasAt } from './schema-walk.js';

/**
 * A configuration as written, with every default that the schema put in: it says all that decided a run, and a later
 * version with other defaults reads it alike. Quantities stay the text that they were.
 */
export function withDefaults(schema: z.core.$ZodType, written: unknown): unknown {
  if (Array.isArray(written)) return written.map((item, i) => fillItem(schema, written, item, i));
  if (typeof written !== 'object' || written === null) return written;
  const shape = shapeAt(schema, written);
  const given = new Map<string, unknown>(Object.entries(written));
  // In the schema's order, so that a merged configuration reads like one that was written in one go.
  const known = [...shape].flatMap(([key, inner]) =>
    given.has(key) ? [[key, withDefaults(inner, given.get(key))]] : defaultOf(key, inner),
  );
  return Object.fromEntries([...known, ...[...given].filter(([key]) => !shape.has(key))]) as unknown;
}

function fillItem(schema: z.core.$ZodType, list: readonly unknown[], item: unknown, index: number): unknown {
  const inner = schemasAt(schema, [index], list).at(0);
  return inner ? withDefaults(inner, item) : item;
}

function shapeAt(schema: z.core.$ZodType, written: object): ReadonlyMap<string, z.core.$ZodType> {
  const defs = schemasAt(schema, [], written).map((at) => (at as z.core.$ZodTypes)._zod.def);
  return new Map(defs.flatMap((def) => (def.type === 'object' ? Object.entries(def.shape) : [])));
}

function defaultOf(key: string, schema: z.core.$ZodType): [string, unknown][] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'prefault') return [[key, withDefaults(schema, def.defaultValue)]];
  return def.type === 'default' ? [[key, def.defaultValue]] : [];
}
