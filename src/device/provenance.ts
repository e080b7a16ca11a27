import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../errors.js';
import { documentation } from './model.js';

/** What a device file says of its device beside the parameters: name, description, source, validity and origins. */
export type Provenance = z.infer<typeof schema>;

const schema = z.strictObject(documentation);

/** Begins a line of {@link writeProvenance}: a comment of C++ that no source has by chance. */
const mark = '//:';

/**
 * Provenance as comments of a parameter list, one line of YAML each.
 * @param without - parameters, or keys of them, that are not in the list, and whose origins have no place there
 * @returns lines that end in a line feed; nothing where nothing is known
 */
export function writeProvenance(device: Provenance, without: readonly string[]): string {
  const { name, description, source, validity } = device;
  const origin = Object.entries(device.origin ?? {}).filter(
    ([key]) => !without.some((left) => key === left || key.startsWith(`${left}.`)),
  );
  const known = {
    name,
    description,
    source,
    validity,
    origin: origin.length > 0 ? Object.fromEntries(origin) : undefined,
  };
  if (Object.values(known).every((value) => value === undefined)) return '';
  const lines = stringify(known, { lineWidth: 0 }).trimEnd().split('\n');
  return lines.map((line) => `${mark} ${line}\n`).join('');
}

/**
 * Reads what {@link writeProvenance} wrote, wherever it stands in a text.
 * @throws UsageError naming the file and the first such line, where they are no longer what was written
 */
export function readProvenance(text: string, file: string): Provenance {
  const lines = text.split(/\r?\n/);
  const marked = lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length + 1));
  if (marked.length === 0) return {};
  const { data, error } = schema.safeParse(parsed(marked.join('\n')));
  if (data) return data;
  const issue = error.issues[0]!;
  const place = issue.path.length === 0 ? '' : `${issue.path.join('.')} `;
  throw new UsageError({
    where: `${file}:${1 + lines.findIndex((line) => line.startsWith(mark))}`,
    what: `the lines that begin with ${mark} are not as mho device export writes them: ${place}${issue.message}`,
    remedy: 'mend them, or take them out',
  });
}

function parsed(yaml: string): unknown {
  try {
    return parse(yaml);
  } catch {
    return undefined;
  }
}
