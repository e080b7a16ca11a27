import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mhoVersion } from '../environment.js';

/** What a run's result does not depend on: how it is asked for, how it is shown, and what is done with many. */
const passedOver = [
  ...['src/cli', 'src/report', 'src/characterization', 'src/index'],
  ...['sweep', 'results', 'expression', 'calibrate', 'verify', 'ablation', 'batch', 'replicas'].map(
    (room) => `src/experiment/${room}`,
  ),
];

/**
 * The version of the code that trains: of the package, with a digest of the modules that a run goes through. A change of
 * the documents, or of how results are shown, leaves it; one of a kernel does not, whether committed or not.
 */
export function codeVersion(): string {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
  const files = ['src', 'kernels', 'datasets'].flatMap((folder) => modulesUnder(root, folder)).sort();
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  return `${mhoVersion()}-${hash.digest('hex').slice(0, 12)}`;
}

function modulesUnder(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (passedOver.some((room) => name === room || name.startsWith(`${room}.`))) return [];
    if (entry.isDirectory()) return modulesUnder(root, name);
    return /(?<!\.d)\.(?:js|ts)$/.test(name) ? [name] : [];
  });
}
