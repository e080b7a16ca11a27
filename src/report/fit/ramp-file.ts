import path from 'node:path';
import { isMeasurement, readMeasurement } from '../../../datasets/measurements.js';
import { UsageError } from '../../errors.js';
import { unreadable } from '../../experiment/files.js';
import { fileBytesResponsively, isPipe } from '../../experiment/pipes.js';

/**
 * The bytes of a file of ramps.
 * @param file - a path, or `data:<measurement>/<file>` for a measurement that is searched as data sets are
 * @throws UsageError where it cannot be read
 */
export async function rampBytes(file: string): Promise<Buffer> {
  if (isMeasurement(file)) {
    const found = readMeasurement(file);
    if ('text' in found) return Buffer.from(found.text);
    throw new UsageError({ where: 'fit', what: found.what, remedy: found.remedy });
  }
  const place = path.resolve(file);
  // Before it is asked whether it can be read, which would not hear Ctrl-C until the pipe ends.
  if (isPipe(place)) await fileBytesResponsively(place);
  const problem = unreadable(place);
  if (!problem) return fileBytesResponsively(place);
  const what = problem.what.replace('a YAML file', 'a table');
  const remedy = problem.remedy.replace('a YAML file', 'a file of ramps');
  throw new UsageError({ where: 'fit', what, remedy });
}
