import { stringify } from 'yaml';
import type { Backend } from '../../../kernels/register.js';
import { findAdapter, wasFound } from '../../../kernels/webgpu/adapter.js';
import { datasetSource, loadDataset } from '../../../datasets/registry.js';
import { backendForEnergy } from '../energy.js';
import { codeVersion } from './code-version.js';
import { experimentFile, openFolder } from './folder.js';
import type { LoadedSweep } from './load.js';
import { TrialNames, pointLoader, sheetOf, type Shard } from './plan.js';
import { runSweep } from './run-sweep.js';
import type { FinishedSweep, SweepRequest } from './request.js';

export interface StartRequest extends Pick<
  SweepRequest,
  'jobs' | 'group' | 'offline' | 'commandLine' | 'signal' | 'observe' | 'warn'
> {
  readonly sweep: LoadedSweep;
  /** Absolute path of the sweep's folder. */
  readonly out: string;
  readonly shard?: Shard | undefined;
  /** Whether a sweep that is there is gone on with; a part of a sweep always is. */
  readonly resume: boolean;
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
  return runSweep({ ...request, folder, names, code, choose: (backend) => choose(backend, sweep) });
}

/** What trials of a backend run on. Where there is no hardware GPU, nothing is loaded to find it out. */
async function choose(backend: Backend | 'auto', { base }: LoadedSweep): Promise<Backend> {
  if (backend !== 'auto' && backend !== 'webgpu') return backend;
  const forEnergy = backendForEnergy({ ...base.config, backend });
  if (forEnergy) return forEnergy.backend;
  const found = await findAdapter();
  if (backend === 'auto' && (!wasFound(found) || found.facts.software)) return 'wasm';
  const { chooseBackend } = await import('../../ops/backend.js');
  return (await chooseBackend(backend)).backend;
}
