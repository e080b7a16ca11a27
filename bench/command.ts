import { parseArgs } from 'node:util';
import { MhoError, UsageError } from '../src/errors.js';

/** Options of a measuring command; each may be given once. */
type Options = Readonly<Record<string, { readonly type: 'boolean' | 'string'; readonly about: string }>>;
type Values<T extends Options> = { readonly [K in keyof T]?: T[K]['type'] extends 'boolean' ? boolean : string };

/**
 * Parses a measuring command's options; `--help` lists them.
 * @returns undefined where the list was wanted
 * @throws UsageError where one is unknown, lacks its value, or there are other arguments
 */
export function parseOptions<const T extends Options>(where: string, options: T): Values<T> | undefined {
  try {
    const { values } = parseArgs({ options, allowPositionals: false, strict: true });
    if (!('help' in values)) return values;
    const rows = Object.entries(options).map(([name, { about }]) => [`  ${dashed(name)}`, about]);
    console.log(`${where}: measures on this machine; without options the MNIST experiments\n${formatTable(rows, 2)}`);
    return undefined;
  } catch (error) {
    // node:util's own messages name the option and what it lacks; their hints are about `--` and do not help here.
    const what = error instanceof Error ? error.message.split('. ')[0]! : String(error);
    throw new UsageError({ where, what, remedy: `the options are ${Object.keys(options).map(dashed).join(', ')}` });
  }
}

/**
 * Refuses options that an option which measures something else would pass over.
 * @param alone - options that stand for a measurement of their own, with those that go together with them
 * @throws UsageError naming both
 */
export function requireTogether(
  where: string,
  values: Readonly<Record<string, unknown>>,
  alone: Readonly<Record<string, readonly string[]>>,
): void {
  const given = Object.keys(values).filter((name) => values[name] !== undefined && values[name] !== false);
  for (const name of given) {
    const allowed = alone[name];
    const other = allowed && given.find((one) => one !== name && !allowed.includes(one));
    if (other === undefined) continue;
    const what = `${dashed(name)} and ${dashed(other)} do not go together`;
    const along = [name, ...allowed!].map(dashed).join(', ');
    throw new UsageError({ where, what, remedy: `leave one out; together go ${along}` });
  }
}

const dashed = (name: string): string => `--${name}`;

/** Runs a command and sets the exit code that it returns; an error that a user meets is one line. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof MhoError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}

/** Aligned columns: the first `left` to the left, the rest to the right. */
export function formatTable(rows: readonly (readonly string[])[], left: number): string {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const pad = (cell: string, c: number): string => (c < left ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!));
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}
