import type { LoadOptions } from '../../datasets/source.js';

/** Options of a download that tells on stderr what it does. */
export function fetchingOptions(offline: boolean, name?: string): LoadOptions {
  const told = new Set<string>();
  const start = name === undefined ? '' : `${name}: `;
  return {
    offline,
    warn: (message) => {
      console.error(`${start}${message}`);
    },
    progress: ({ url }) => {
      if (!told.has(url)) console.error(`${start}downloading ${url}`);
      told.add(url);
    },
  };
}
