import { z } from 'zod';
import { UsageError } from '../../errors.js';
import { displayPath } from '../../experiment/place.js';
import { jsonOf } from './json-file.js';

const difference = z.object({ mean: z.number(), half: z.number().nullable(), pairs: z.number() }).nullable();
const level = z.object({ mean: z.number().nullable(), sd: z.number().nullable(), runs: z.number() });
const cost = z.object({ difference, errors: z.array(z.string()) }).nullable();

const ablationSchema = z.object({
  experiment: z.string(),
  status: z.enum(['complete', 'interrupted']),
  seeds: z.array(z.number()),
  device: level,
  ideal: level,
  gap: difference,
  rows: z.array(z.object({ name: z.string(), summary: z.string(), part: z.boolean(), inDevice: cost, alone: cost })),
  absent: z.array(z.object({ name: z.string(), why: z.string() })),
});

/** What `mho ablate --json` printed. Costs are fractions of the test images. */
export type AblationRead = z.output<typeof ablationSchema>;

/** @throws UsageError where the file holds something else */
export function readAblation(file: string): AblationRead {
  const { success, data } = ablationSchema.safeParse(jsonOf(file));
  if (success) return data;
  const what = 'holds no ablation, expected what mho ablate --json prints';
  throw new UsageError({
    where: displayPath(file),
    what,
    remedy: 'write it with mho ablate <file> --json > ablation.json',
  });
}
