import { z } from 'zod';
import { defineModel, documentation } from './model.js';

/** No cell at all: float weights that move by exactly what was asked, without bounds. The reference line. */
export const ideal = defineModel({
  name: 'ideal',
  summary: 'float weights without cells: no bounds, no pulses, no noise (the reference line)',
  schema: z.strictObject({ model: z.literal('ideal'), ...documentation }),
  compile: () => ({ kind: 'ideal' }),
});
