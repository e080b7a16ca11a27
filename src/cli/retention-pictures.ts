import type { ExperimentRequest } from '../experiment/run.js';

/** The pictures of a retention study. Charts take a second to load, and few runs have any. */
export const drawRetention: NonNullable<ExperimentRequest['pictures']> = async (...study) =>
  (await import('../report/retention/chart.js')).retentionPictures(...study);
