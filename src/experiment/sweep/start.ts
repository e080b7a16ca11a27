import { stringify } from 'yaml';
import { datasetSource, loadDataset } from '../../../datasets/registry.js';
import { codeVersion } from './code-version.js';
import { experimentFile, openFolder } from './folder.js';
import type { LoadedSweep } from './load.js';
import { TrialNames, pointLoader, sheetOf, type Shard } from './plan.js';
import { runSweep, type FinishedSweep, type SweepRequest } from './run-sweep.js';

export interface StartRequest extends Pick<SweepRequest, 'jobs' | 'offline' | 'commandLine' | 'signal' | 'observe'> {
  readonly sweep: LoadedSweep;
  /** Absolute path of the sweep's folder. */
  readonly out: string;
  readonly shard?: Shard | undefined;
  /** Whether a sweep that is there is gone on with; a part of a sweep always is. */
  readonly resume: boolean;
  readonly warn: (message: string) => void;
}

/**
 * Opens a sweep's folder and runs what is not there yet.
 * @throws UsageError where the folder holds something else
 * @throws RunError where the folder cannot be written, or the data cannot be had
 */
export async function startSweep(request: StartRequest): Promise<FinishedSweep> {
  const { sweep, out, shard, resume, offline, warn } = request;
  const code = codeVersion();
  const text = stringify(sweep.base.resolved, { lineWidth: 120 });
  const part = shard ? `${shard.part}/${shard.of}` : null;
  const folder = openFolder(out, sheetOf(sweep, code), text, resume || shard !== undefined, part);
  // Once, and before any process needs it: what cannot be had is told once too.
  const { name } = sweep.base.config.dataset;
  const files = await datasetSource(name).locate();
  if (files.some(({ place }) => place === undefined)) await loadDataset(name, { offline, warn });
  const names = new TrialNames(sweep, code, pointLoader(folder.file(experimentFile), sweep));
  return runSweep({ ...request, folder, names, code });
}
