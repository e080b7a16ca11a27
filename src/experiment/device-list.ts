import { deviceModels } from '../device/registry.js';
import { UsageError } from '../errors.js';
import { deviceFigures, figuresAtHand, type DeviceFigures } from './device-figures.js';
import { deviceFile, deviceHead } from './device-sheet.js';
import { shippedConfigs, toDeviceFirst, unreadable } from './files.js';
import { readYamlFile } from './yaml-source.js';

/** Devices side by side. */
export interface DeviceList {
  /** None where devices are compared. */
  readonly models: readonly { readonly name: string; readonly summary: string }[];
  readonly devices: readonly {
    readonly name: string;
    readonly model: string;
    readonly title: string | null;
    readonly source: string | null;
    readonly file: string;
    readonly figures: DeviceFigures;
  }[];
}

/** The models that devices are written in, and the devices that are shipped. */
export function listDevices(): DeviceList {
  const models = deviceModels.map(({ name, summary }) => ({ name, summary }));
  return { models, devices: shippedDevices() };
}

function shippedDevices(): DeviceList['devices'] {
  return [...shippedConfigs('devices')].map(([name, file]) => {
    return { name, ...deviceHead(file), file, figures: figuresAtHand(file) };
  });
}

/**
 * Devices of the user's choice side by side, in their order, each once.
 * @param named - names of shipped devices, and device files
 * @param all - whether the shipped devices come below them
 * @throws UsageError where one of them is no device
 */
export function compareDevices(named: readonly string[], all: boolean): DeviceList {
  const shipped = shippedDevices();
  const chosen = named.map((name) => {
    const file = deviceFile(name);
    const known = shipped.find((device) => device.file === file);
    if (known) return known;
    assertDeviceFile(file, name);
    // Before its head is read, so that the file's mistakes are told with their places.
    const figures = deviceFigures(file);
    return { name, ...deviceHead(file), file, figures };
  });
  const devices = [...chosen, ...(all ? shipped : [])];
  return { models: [], devices: devices.filter(({ file }, i) => devices.findIndex((one) => one.file === file) === i) };
}

/** @throws UsageError where a file that is there is of another kind, as an experiment or a table is */
function assertDeviceFile(file: string, name: string): void {
  const problem = unreadable(file);
  if (problem) throw new UsageError({ where: name, ...problem });
  const remedy = toDeviceFirst(file);
  if (remedy !== undefined) throw new UsageError({ where: name, what: 'is no device file (YAML)', remedy });
  const { tree } = readYamlFile(file);
  if (tree?.kind !== 'mapping' || tree.entries.has('model')) return;
  if (!tree.entries.has('network') && !tree.entries.has('extends')) return;
  throw new UsageError({ where: name, what: 'is an experiment, expected a device file', remedy: 'name its device' });
}
