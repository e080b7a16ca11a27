import path from 'node:path';
import { isPipe } from '../pipes.js';
import { scalarAt, withEntry, type Mapping } from '../tree.js';

/** What a paper states of its own device; the ideal case and where all this is from stand for any. */
const ofDevice = ['accuracy', 'untrained'] as const;

/**
 * An experiment in whose device's place another is put is no longer what the paper measured: what it states of its
 * device is left out, unless it was given on the command line.
 * @param below - the experiment before its device is replaced
 */
export function withoutPublishedDevice(below: Mapping): Mapping {
  return withoutPublished(below, ofDevice);
}

function withoutPublished(below: Mapping, names: readonly string[]): Mapping {
  const published = below.entries.get('published');
  if (published?.value.kind !== 'mapping') return below;
  const { entries } = published.value;
  const stale = names.filter((name) => entries.get(name)?.value.place.kind === 'file');
  const value = stale.reduce((mapping, name) => withEntry(mapping, name, undefined), published.value);
  return withEntry(below, 'published', { ...published, value });
}

/**
 * An experiment in whose device's place the command line puts that of a file: labels say so.
 * @param file - of the other device
 */
export function withOtherDevice(below: Mapping, file: string): Mapping {
  const { place } = below.entries.get('device')!.value;
  const value = isPipe(file) ? 'a piped device' : path.basename(file).replace(/\.ya?ml$/, '');
  const labelled = withEntry(below, 'otherDevice', { key: place, value: { kind: 'scalar', value, place } });
  // The paper's figures show its own device, and what is said of them names its accuracies.
  return withoutPublished(describedAnew(labelled, value), [...ofDevice, 'figures']);
}

/** What an experiment says of itself is of its own device, the paper's figure among it: of another's nothing of it may stand. */
function describedAnew(experiment: Mapping, device: string): Mapping {
  const description = experiment.entries.get('description');
  if (description?.value.kind !== 'scalar') return experiment;
  const name = scalarAt(experiment, 'name');
  const subject = typeof name === 'string' ? name : 'The experiment';
  const value = { ...description.value, value: `${subject} with the device ${device} in place of its own.` };
  return withEntry(experiment, 'description', { ...description, value });
}
