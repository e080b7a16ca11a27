import { reportOf, chosenSources, type DatasetReport } from '../../datasets/registry.js';
import { chooseBackend, type ChosenBackend } from '../ops/backend.js';
import { diagnoseBackends, type BackendState } from '../ops/diagnosis.js';
import { diagnoseThreads, type ThreadsState } from './threads.js';
import { describeEnvironment, type Environment } from './environment.js';

/** What this machine has for Mho. */
export interface Diagnosis extends Environment {
  readonly backends: readonly BackendState[];
  /** What `--backend auto` takes, and why. */
  readonly auto: ChosenBackend;
  readonly threads: ThreadsState;
  readonly datasets: readonly DatasetState[];
}

export interface DatasetState {
  readonly name: string;
  readonly present: boolean;
  /** Folders that hold it; none where it is absent. */
  readonly places: readonly string[];
  /** How to get it, where it is absent. */
  readonly remedy: string | null;
}

/** Looks at versions, backends and data sets; changes nothing. */
export async function diagnose(): Promise<Diagnosis> {
  const backends = await diagnoseBackends();
  const reports = await Promise.all(chosenSources([]).map((source) => reportOf(source)));
  const [auto, threads] = [await chooseBackend('auto'), diagnoseThreads()];
  return { ...describeEnvironment(), backends, auto, threads, datasets: reports.map(datasetState) };
}

function datasetState({ source, files, present }: DatasetReport): DatasetState {
  const places = files.flatMap(({ place, file }) => (place === undefined ? [] : place.slice(0, -file.name.length - 1)));
  return { name: source.name, present, places: [...new Set(places)], remedy: present ? null : source.remedy };
}
