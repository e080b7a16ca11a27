import { deviceModels } from '../device/registry.js';
import { deviceFile, deviceHead, deviceSheet, type DeviceSheet } from '../experiment/device-sheet.js';
import { shippedConfigs } from '../experiment/files.js';
import { displayPath } from '../experiment/place.js';

interface DeviceList {
  readonly models: readonly { readonly name: string; readonly summary: string }[];
  readonly devices: readonly {
    readonly name: string;
    readonly model: string;
    readonly title: string | null;
    readonly file: string;
  }[];
}

/** The models that devices are written in, and the devices that are shipped. */
export function listDevices(): DeviceList {
  const models = deviceModels.map(({ name, summary }) => ({ name, summary }));
  const devices = [...shippedConfigs('devices')].map(([name, file]) => {
    const { model, title } = deviceHead(file);
    return { name, model, title, file };
  });
  return { models, devices };
}

export function describeList({ models, devices }: DeviceList): string {
  return [
    'models',
    ...columns(models.map(({ name, summary }) => [name, summary])),
    '',
    'devices',
    ...columns(devices.map(({ name, model, title }) => [name, model, title ?? ''])),
  ].join('\n');
}

/** A device by the name of one that is shipped, or by its file. */
export function showDevice(nameOrFile: string): DeviceSheet {
  return deviceSheet(deviceFile(nameOrFile));
}

export function describeShown({ file, model, name, description, source, parameters }: DeviceSheet): string {
  const named = [
    ['file', displayPath(file)],
    ['model', model],
    ['name', name],
    ['source', source],
    ['description', description],
  ].filter((row): row is [string, string] => row[1] !== null);
  const room = 100 - '  description  '.length;
  const head = named.flatMap(([key, text]) => wrapped(text, room).map((line, i) => [i === 0 ? key : '', line]));
  const rows = parameters.map(({ path, value, origin }) => [path, value, origin ?? 'not stated']);
  const table = rows.length === 0 ? [] : ['', ...columns([['parameter', 'value', 'origin'], ...rows])];
  return [...columns(head), ...table].join('\n');
}

/** A text in lines of at most so many characters, a longer word on a line of its own. */
function wrapped(text: string, room: number): string[] {
  return text.split(/\s+/).reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

/** Rows as lines, every column as wide as its widest cell but the last. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => {
    return `  ${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(width(i)))).join('  ')}`.trimEnd();
  });
}
