import { z } from 'zod';
import { arrhenius } from './arrhenius.js';
import { gaussianTraps } from './gaussian-traps.js';
import { guarded, type Retention, type Traps } from './law.js';
import { matrixGated } from './matrix-gated.js';
import { none } from './none.js';
import { powerLaw } from './power-law.js';

/** The only list of retention laws. Schema, checks and every backend follow from it. */
const laws = [none, arrhenius, gaussianTraps, matrixGated, powerLaw] as const;

export const retentionLaws: readonly { readonly name: string }[] = laws;

export const retentionSchema = z.discriminatedUnion('model', [
  none.schema,
  arrhenius.schema,
  gaussianTraps.schema,
  matrixGated.schema,
  powerLaw.schema,
]);

export type RetentionConfig = z.output<typeof retentionSchema>;

/** Compiles a law to its classes of traps; undefined where nothing is forgotten. */
export function compileRetention(config: RetentionConfig): Retention | undefined {
  const traps = trapsOf(config);
  if (!traps || config.model === 'none') return undefined;
  const { weights, validUpTo, cellFactors } = traps;
  const spread = config.model === 'power-law' ? 0 : config.spread;
  const { unprogrammed } = config;
  return { weights, validUpTo, cellFactors, spread, unprogrammed, rates: guarded(config.model, traps) };
}

function trapsOf(config: RetentionConfig): Traps | undefined {
  switch (config.model) {
    case 'none':
      return none.compile(config);
    case 'arrhenius':
      return arrhenius.compile(config);
    case 'gaussian-traps':
      return gaussianTraps.compile(config);
    case 'matrix-gated':
      return matrixGated.compile(config);
    case 'power-law':
      return powerLaw.compile(config);
  }
}
