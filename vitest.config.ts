import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A crash of a native library stays contained in its process.
    pool: 'forks',
    maxWorkers: 2,
    // What a GPU was found to do best stays out of the user's cache.
    env: { MHO_TUNING_CACHE: 'off' },
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
