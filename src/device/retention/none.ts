import { z } from 'zod';
import { defineLaw } from './law.js';

/** Nothing is forgotten. */
export const none = defineLaw({
  name: 'none',
  schema: z.strictObject({ model: z.literal('none') }),
  compile: () => undefined,
});
