import { readdirSync, statSync, type Dirent } from 'node:fs';
import path from 'node:path';

/** What decides whether a report is another: runs grow by lines, trials come to be. */
const telling =
  /^(metrics\.jsonl|ideal-metrics\.jsonl|run\.json|replicas\.json|sweep\.json|trial\.json|ablation\.json)$/;

/** Deeper lies nothing that a report reads. */
const deepest = 4;

/** Sizes and times of what a report of a place is made of, as one text: another text, another report. */
export function stateOf(place: string): string {
  return [place, ...inTheMaking(place)].flatMap((folder) => filesBelow(folder, 0)).join('\n');
}

/** Where a run of that name is made before it has its place. */
function inTheMaking(place: string): string[] {
  const [folder, prefix] = [path.dirname(place), `.${path.basename(place)}.partial-`];
  return entriesOf(folder).flatMap(({ name }) => (name.startsWith(prefix) ? [path.join(folder, name)] : []));
}

function filesBelow(folder: string, depth: number): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return depth < deepest ? filesBelow(place, depth + 1) : [];
    return telling.test(entry.name) ? [`${place} ${stampOf(place)}`] : [];
  });
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // It is not there yet, or just got its name.
    return [];
  }
}

function stampOf(file: string): string {
  try {
    const { size, mtimeMs } = statSync(file);
    return `${size} ${mtimeMs}`;
  } catch {
    return 'gone';
  }
}
