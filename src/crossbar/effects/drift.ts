import type { Effect } from './effect.js';

/** What time takes from programmed conductances, while training and while held. */
export const drift: Effect = {
  name: 'drift',
  summary: 'conductances relax with time and temperature',
  off: 'conductances stay as they were written',
  absence: ({ response }) => {
    if (response.kind === 'ideal') return 'the device has no cells';
    return response.retention ? undefined : 'no time passes, or the device forgets nothing';
  },
  remove: ({ response, ...rest }) => ({
    ...rest,
    response: response.kind === 'ideal' ? response : { ...response, retention: undefined },
  }),
};
