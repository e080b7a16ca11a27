import { z } from 'zod';
import { exponential } from './exponential.js';
import { exponentialStep } from './exponential-step.js';
import { ideal } from './ideal.js';
import { linear } from './linear.js';
import { lookupTable } from './lookup-table.js';
import type { CompileOptions } from './model.js';
import { piecewise } from './piecewise.js';
import { power } from './power.js';
import type { Response } from './response.js';
import { softBounds } from './soft-bounds.js';

/** The only list of device models. Schema, help, docs, parity tests and every backend follow from it. */
const models = [ideal, exponential, softBounds, linear, power, exponentialStep, piecewise, lookupTable] as const;

export const deviceModels: readonly {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodObject;
}[] = models;

export const deviceSchema = z.discriminatedUnion('model', [
  ideal.schema,
  exponential.schema,
  softBounds.schema,
  linear.schema,
  power.schema,
  exponentialStep.schema,
  piecewise.schema,
  lookupTable.schema,
]);

export type DeviceConfig = z.output<typeof deviceSchema>;

/** Compiles a device to its response tables. */
export function compileDevice(config: DeviceConfig, options: CompileOptions): Response {
  switch (config.model) {
    case 'ideal':
      return ideal.compile(config, options);
    case 'exponential':
      return exponential.compile(config, options);
    case 'soft-bounds':
      return softBounds.compile(config, options);
    case 'linear':
      return linear.compile(config, options);
    case 'power':
      return power.compile(config, options);
    case 'exponential-step':
      return exponentialStep.compile(config, options);
    case 'piecewise':
      return piecewise.compile(config, options);
    case 'lookup-table':
      return lookupTable.compile(config, options);
  }
}
