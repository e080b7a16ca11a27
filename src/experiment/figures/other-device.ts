import path from 'node:path';
import { isPipe } from '../pipes.js';
import { withEntry, type Mapping } from '../tree.js';

/** What a paper states of its own device; the ideal case and where all this is from stand for any. */
const ofDevice = ['accuracy', 'untrained'] as const;

/**
 * An experiment in whose device's place another is put is no longer what the paper measured: what it states of its
 * device is left out, unless it was given on the command line.
 * @param below - the experiment before its device is replaced
 */
export function withoutPublishedDevice(below: Mapping): Mapping {
  const published = below.entries.get('published');
  if (published?.value.kind !== 'mapping') return below;
  const { entries } = published.value;
  const stale = ofDevice.filter((name) => entries.get(name)?.value.place.kind === 'file');
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
  return withoutPublishedDevice(describedAnew(labelled, value));
}

/** What an experiment says of itself is of its own device, and another's is put before it. */
function describedAnew(experiment: Mapping, device: string): Mapping {
  const description = experiment.entries.get('description');
  if (description?.value.kind !== 'scalar' || typeof description.value.value !== 'string') return experiment;
  const own = description.value.value.replace(/^With the device .+? in place of its own: /, '');
  const value = { ...description.value, value: `With the device ${device} in place of its own: ${own}` };
  return withEntry(experiment, 'description', { ...description, value });
}
