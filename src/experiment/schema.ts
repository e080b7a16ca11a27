import { z } from 'zod';
import { datasetNames } from '../../datasets/registry.js';
import { effectNames } from '../crossbar/effects/registry.js';
import { crossbarSchema } from '../crossbar/schema.js';
import { originText } from '../device/model.js';
import { deviceSchema } from '../device/registry.js';
import { publishedSchema, recordSchema } from './figures/schema.js';
import { replicasSchema } from './replicas/schema.js';
import { seedSchema } from './seed.js';
import { conditionsSchema } from '../training/conditions.js';
import { inputSchema, networkSchema, trainingSchema } from '../training/schema.js';

/** Where kernels run; `auto` takes a hardware GPU where there is one, else WASM, and the run record names it. */
export const backends = ['auto', 'wasm', 'webgpu', 'tensorflow', 'cpu'] as const;

/** One experiment, after `extends` and `device` files were put in: the whole of what decides a run's result. */
export const experimentSchema = z.strictObject({
  /** Also the start of the run folder's name. */
  name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'expected a name of letters, digits, ".", "_" and "-"'),
  description: z.string().optional(),
  /** Name of the device that an option put in the place of the experiment's own; for labels only. */
  otherDevice: z.string().min(1).optional(),
  dataset: inputSchema.extend({ name: z.enum(datasetNames) }),
  network: networkSchema,
  device: deviceSchema,
  crossbar: crossbarSchema.prefault({}),
  training: trainingSchema,
  /** Temperature and time, for devices that forget. */
  conditions: z.union([z.literal('none'), conditionsSchema]).default('none'),
  /** Effects that are switched off, one by one, between the device and float weights. */
  without: z.array(z.enum(effectNames)).default([]),
  seed: seedSchema.default(1),
  /** The same experiment several times at once; one run where it is left out. */
  replicas: replicasSchema.optional(),
  backend: z.enum(backends).default('auto'),
  /** What is kept for figures; it decides nothing of the training. */
  record: recordSchema.prefault({}),
  /** What a paper states of the same experiment. */
  published: z.union([z.literal('none'), publishedSchema]).default('none'),
  /** Where values come from: path of the value → source. */
  origin: z.record(z.string(), originText).optional(),
});

export type ExperimentConfig = z.output<typeof experimentSchema>;

/** An experiment as results name it: `wse2-orhd`, or `wse2-orhd with taox` where the device is another. */
export function labelOf({ name, otherDevice }: Pick<ExperimentConfig, 'name' | 'otherDevice'>): string {
  return otherDevice === undefined ? name : `${name} with ${otherDevice}`;
}
