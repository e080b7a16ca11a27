import { z } from 'zod';
import type { ConfigPath } from './place.js';

type Schema = z.core.$ZodType;

/** The alternatives that a schema has at a value: one, or a union's several, wrappers such as defaults taken off. */
export function alternatives(schema: Schema): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
      return alternatives(def.innerType);
    case 'pipe':
      // What is written meets the first schema; a further check on the same value is the narrower one.
      return alternatives((def.out as z.core.$ZodTypes)._zod.def.type === 'transform' ? def.in : def.out);
    case 'lazy':
      return alternatives(def.getter());
    case 'union':
      return def.options.flatMap(alternatives);
    default:
      return [schema];
  }
}

/**
 * The alternatives that a schema has under a path. Of a union told apart by a key, only those that fit the value.
 * @param value - the plain value that was parsed by `schema`
 */
export function schemasAt(schema: Schema, path: ConfigPath, value: unknown): Schema[] {
  let schemas = fitting(schema, value);
  let inner = value;
  for (const step of path) {
    const stepped = inner;
    inner = valueUnder(stepped, step);
    schemas = schemas.flatMap((at) => schemaUnder(at, step)).flatMap((at) => fitting(at, inner));
  }
  return schemas;
}

/** The keys that a mapping may have under a path. */
export function keysAt(schema: Schema, path: ConfigPath, value: unknown): string[] {
  const shapes = schemasAt(schema, path, value).map((at) => (at as z.core.$ZodTypes)._zod.def);
  return [...new Set(shapes.flatMap((def) => (def.type === 'object' ? Object.keys(def.shape) : [])))];
}

/** A schema's own wrapped form under one step: of a key, with its optionality and description. */
export function schemaUnder(schema: Schema, step: string | number): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).flatMap(([key, inner]) => (key === String(step) ? [inner] : []));
    case 'array':
      return [def.element];
    case 'tuple':
      return [def.items.at(Number(step)) ?? def.rest ?? []].flat();
    case 'record':
      return [def.valueType];
    default:
      return [];
  }
}

function fitting(schema: Schema, value: unknown): Schema[] {
  const all = alternatives(schema);
  const fits = all.filter((alternative) => matchesConstants(alternative, value));
  return fits.length === 0 ? all : fits;
}

/** Whether every constant key of an object schema (a union's discriminator) has that constant in the value. */
function matchesConstants(schema: Schema, value: unknown): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type !== 'object') return true;
  return Object.entries(def.shape).every(([key, inner]) => {
    const { def: keyDef } = (inner as z.core.$ZodTypes)._zod;
    return keyDef.type !== 'literal' || keyDef.values.some((constant) => constant === valueUnder(value, key));
  });
}

function valueUnder(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<string | number, unknown>)[step];
}
