import { leaves, type Group } from '../results/groups.js';
import type { RunRead } from '../results/run.js';
import { escaped, htmlTable } from './html.js';

/** The whole configuration of an experiment: every value with where it comes from. */
export function configTable({ label, first, sweptBy }: Group, open: boolean): string {
  const origins = originsOf(first.config);
  const values = leaves(first.config).filter(({ path }) => !/^(device\.)?origin\b/.test(path));
  const rows = values.map(({ path, value }) => [
    path,
    value,
    (sweptBy && originOf(path, sweptBy)) ?? originOf(path, origins) ?? '',
  ]);
  const columns = [{ name: 'value', kind: 'code' }, { name: 'is' }, { name: 'origin' }] as const;
  return `<details${open ? ' open' : ''}><summary>${escaped(label)}</summary>${htmlTable(columns, rows, 'stacked')}</details>`;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Origins by the whole path of what they speak of, those of the device included. */
function originsOf(config: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const device = isMapping(config.device) ? config.device.origin : undefined;
  const of = (origins: unknown, base: string): [string, string][] =>
    isMapping(origins) ? Object.entries(origins).map(([path, text]) => [`${base}${path}`, String(text)]) : [];
  return new Map([...of(config.origin, ''), ...of(device, 'device.')]);
}

/** Of the value itself, or of the nearest thing that it is part of. */
function originOf(path: string, origins: ReadonlyMap<string, string>): string | undefined {
  const own = origins.get(path);
  if (own !== undefined) return own;
  const end = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
  return end < 0 ? undefined : originOf(path.slice(0, end), origins);
}

/** How to make it all again: commands as they were typed, what they ran on, and of which data. */
export function reproduction(runs: readonly RunRead[], own: readonly string[]): string {
  const records = runs.flatMap(({ record }) => (record ? [record] : []));
  const commands = unique(records.map(({ commandLine }) => shell(commandLine)));
  const shown = commands.slice(0, mostCommands);
  const left = commands.length - shown.length;
  const lines = [...shown, ...(left > 0 ? [`# … and ${left} more, in the run.json of each`] : []), shell(own)];
  const data = unique(
    records.flatMap(({ dataset }) =>
      dataset.files.map(({ name, sha256 }) => `${dataset.name}: ${name}, SHA-256 ${sha256}`),
    ),
  );
  const made = unique(
    records.map(({ versions, commit, platform }) => {
      const { optional, ...own } = versions;
      const names = [...Object.entries(own), ...Object.entries(optional)].flatMap(([name, version]) =>
        version === null ? [] : [`${name} ${version}`],
      );
      return `${names.join(', ')}${commit === null ? '' : `, commit ${commit.slice(0, 12)}${commit.endsWith('+changes') ? ' with changes' : ''}`}; ${platform.cpu}, ${platform.cores} cores, ${platform.os}`;
    }),
  );
  const facts = [...made, ...data].map((fact) => `<p class="note">${escaped(fact)}</p>`);
  return `<pre><code>${lines.map(escaped).join('\n')}</code></pre>${facts.join('')}`;
}

const mostCommands = 24;

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** A command line as a shell reads it. */
function shell([command, ...rest]: readonly string[]): string {
  const quoted = rest.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`));
  return [command === 'mho' ? 'npx mho' : (command ?? ''), ...quoted].join(' ');
}
