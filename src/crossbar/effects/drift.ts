import type { Effect } from './effect.js';

/** The place of drift among the effects. No experiment has it yet: conductances stay as they were written. */
export const drift: Effect = {
  name: 'drift',
  summary: 'conductances change with time',
  off: 'conductances stay as they were written',
  absence: () => 'the experiment has no drift',
  remove: (setup) => setup,
};
