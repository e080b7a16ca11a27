import { UsageError } from '../errors.js';
import { alphaOf, labelOfAlpha, type Nonlinearity } from './nonlinearity.js';
import type { DeviceConfig } from './registry.js';
import { readAssignments } from './assignments.js';
import { realDeviceOf } from './neurosim-constructor.js';
import { exportDrive, importDrive, type ImportedDrive } from './neurosim-drive.js';
import { assertWithinLimits } from './neurosim-limits.js';
import { readProvenance, writeProvenance } from './provenance.js';

/**
 * NeuroSim's list of a real device's parameters, as it stands in the constructor of `RealDevice` (Cell.cpp of
 * MLP+NeuroSim): assignments `name = value;`, conductances in siemens.
 */

/** A device as it is written in a file, and what of the source has no place in it. */
export interface Imported {
  readonly device: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/** Text for another tool, and what of the device has no place in it. */
export interface Exported {
  readonly text: string;
  readonly notes: readonly string[];
}

const required = ['maxConductance', 'minConductance', 'maxNumLevelLTP', 'maxNumLevelLTD', 'NL_LTP', 'NL_LTD'] as const;

/** Parameters that are read where they stand; conductance spreads and read noise have a switch of their own. */
const optional = [
  ...(['sigmaCtoC', 'sigmaDtoD', 'readNoise', 'sigmaReadNoise'] as const),
  ...(['conductanceRangeVar', 'maxConductanceVar', 'minConductanceVar', 'nonIdenticalPulse'] as const),
];

/** What is said of the cell or of its array, and is told of where it stands. */
const told = ['nonlinearWrite', 'nonlinearIV', 'resistanceAccess'];

type Name = (typeof required)[number] | (typeof optional)[number];

/**
 * Reads a parameter list into a device of the model `exponential`.
 * @param file - its name, for messages and as the device's source where the list names none
 * @throws UsageError where a parameter is missing, is no number or is beyond what a device can have, or where what it says of the device is damaged
 */
export function importNeuroSim(text: string, file: string): Imported {
  const assignments = readAssignments(realDeviceOf(text), file, [...required, ...optional]);
  const { values } = assignments;
  const missing = required.filter((name) => !values.has(name));
  if (missing.length > 0) {
    const what = `has no ${missing.join(', ')}, expected assignments such as "NL_LTP = 2.4;"`;
    throw new UsageError({ where: file, what, remedy: "take NeuroSim's RealDevice parameters, or write them by hand" });
  }
  const of = (name: Name): number => values.get(name) ?? 0;
  const [gMin, gMax] = [of('minConductance'), of('maxConductance')];
  if (!(gMin > 0 && gMax > gMin)) {
    const what = `got minConductance ${gMin} and maxConductance ${gMax}, expected 0 < minConductance < maxConductance`;
    throw new UsageError({ where: file, what });
  }
  const width = gMax - gMin;
  assertWithinLimits(assignments, file, width);
  const spread = {
    ltp: of('sigmaDtoD'),
    ltd: of('sigmaDtoD'),
    gMax: of('conductanceRangeVar') ? of('maxConductanceVar') / width : 0,
    gMin: of('conductanceRangeVar') ? of('minConductanceVar') / width : 0,
  };
  const varies = Object.values(spread).some((sigma) => sigma > 0);
  const driven = importDrive(assignments, file, of('maxNumLevelLTD'));
  const unread = assignments.unread.filter((name) => !driven.used.includes(name) && !told.includes(name));
  const known = readProvenance(text, file);
  const resistance = values.get('resistanceAccess');
  const straight = values.get('nonlinearWrite') === 0;
  const label = (name: 'NL_LTP' | 'NL_LTD'): number => (straight ? 0 : of(name));
  const device = {
    model: 'exponential',
    source: `NeuroSim parameter list ${file}`,
    validity:
      'Identical pulses of the amplitude and width that the list is of, from cells within the range; without retention and temperature.',
    ...known,
    gMin: siemens(gMin),
    gMax: siemens(gMax),
    states: { ltp: of('maxNumLevelLTP'), ltd: of('maxNumLevelLTD') },
    nonlinearity: { ltp: { label: label('NL_LTP') }, ltd: { label: label('NL_LTD') } },
    cycleToCycle: rounded(of('sigmaCtoC') / width),
    readNoise: of('readNoise') ? of('sigmaReadNoise') : 0,
    ...(varies ? { deviceToDevice: spread } : {}),
    ...(driven.drive ? { drive: driven.drive } : {}),
    origin: known.origin
      ? knownOrigins(known.origin, driven)
      : { ...originsIn(file, values, varies), ...driven.origin },
  };
  const notes = [
    ...driven.notes,
    ...(of('nonIdenticalPulse')
      ? ['nonIdenticalPulse is true: its pulses change from step to step; the device has identical ones instead']
      : []),
    ...(straight ? ['nonlinearWrite is false: its curves are straight, labels 0, whatever NL_LTP and NL_LTD are'] : []),
    ...(values.get('nonlinearIV')
      ? ['nonlinearIV is true: a current that does not follow the voltage is not modelled']
      : []),
    ...(resistance ? [accessNote(resistance)] : []),
    ...(unread.length === 0 ? [] : [`not used: ${unread.join(', ')}`]),
  ];
  return { device, notes };
}

/** An access transistor is of the array, and not of the cell. */
function accessNote(ohms: number): string {
  return `resistanceAccess is of a run and not of the device: --set 'crossbar.accessResistance=${ohms} ohm'`;
}

/** Which of the list's names a key of the device comes from; a key whose names the list has not stands at what it means there. */
const cameFrom: Readonly<Record<string, readonly (Name | 'nonlinearWrite')[]>> = {
  gMin: ['minConductance'],
  gMax: ['maxConductance'],
  'states.ltp': ['maxNumLevelLTP'],
  'states.ltd': ['maxNumLevelLTD'],
  'nonlinearity.ltp': ['NL_LTP', 'nonlinearWrite'],
  'nonlinearity.ltd': ['NL_LTD', 'nonlinearWrite'],
  cycleToCycle: ['sigmaCtoC'],
  readNoise: ['readNoise', 'sigmaReadNoise'],
  'deviceToDevice.ltp': ['sigmaDtoD'],
  'deviceToDevice.ltd': ['sigmaDtoD'],
  'deviceToDevice.gMax': ['maxConductanceVar', 'conductanceRangeVar'],
  'deviceToDevice.gMin': ['minConductanceVar', 'conductanceRangeVar'],
};

/** Where the list has each value from is not known; that it stands there is. */
function originsIn(file: string, values: ReadonlyMap<string, number>, varies: boolean): Record<string, string> {
  const keys = Object.entries(cameFrom).filter(([key]) => varies || !key.startsWith('deviceToDevice'));
  const origins = keys.map(([key, names]): [string, string] => {
    const there = names.filter((name) => values.has(name));
    const from = there.length === 0 ? `${names[0]!} is not in ${file}: none` : `${there.join(', ')} in ${file}`;
    return [key, `defined: ${from}`];
  });
  return Object.fromEntries([...origins, ['retention', "defined: NeuroSim's lists have none"]]);
}

/**
 * What a list says of its values, and of what a drive has beside them. Of a drive that the list does not have, whose lines were taken
 * out, nothing is said.
 */
function knownOrigins(
  known: Readonly<Record<string, string>>,
  { drive, origin }: ImportedDrive,
): Record<string, string> {
  const isDrive = (key: string): boolean => key.split('.')[0] === 'drive';
  if (!drive) return Object.fromEntries(Object.entries(known).filter(([key]) => !isDrive(key)));
  const beside = ['drive.ltp.gap', 'drive.ltd.gap', 'drive.erasePulses'].map((key) => [key, origin[key]!] as const);
  return Object.keys(known).some(isDrive) ? { ...Object.fromEntries(beside), ...known } : { ...known, ...origin };
}

/** As it was written where it was written as a label; else as exactly as a bisection gives it. */
function labelOf(nonlinearity: Nonlinearity): number {
  if ('label' in nonlinearity) return nonlinearity.label;
  return Number(labelOfAlpha(alphaOf(nonlinearity)).toPrecision(12));
}

/** Fifteen digits: what a double holds, without the noise of a division. */
function rounded(value: number): number {
  return Number(value.toPrecision(15));
}

/** Twelve digits or less where they are all but the noise of a division; else the double as it is. */
function withoutNoise(value: number): number {
  const short = Number(value.toPrecision(12));
  return short === rounded(value) ? short : value;
}

function siemens(value: number): string {
  return `${value} S`;
}

/**
 * Writes a device of the model `exponential` as a parameter list.
 * @throws UsageError where the device has no such form
 */
export function exportNeuroSim(config: DeviceConfig): Exported {
  if (config.model !== 'exponential') {
    const what = `got a device of the model ${config.model}, expected exponential, whose curves are NeuroSim's`;
    throw new UsageError({
      where: 'device export',
      what,
      remedy: 'fit an exponential device (one of equal steps has nonlinearity labels of 0), or use --format crosssim',
    });
  }
  const { gMin, gMax, states, nonlinearity, cycleToCycle, readNoise, deviceToDevice: spread } = config;
  const { retention, writeNoise, drive } = config;
  if (spread && spread.ltp !== spread.ltd) {
    const what = `got spreads of the labels ${spread.ltp} (ltp) and ${spread.ltd} (ltd), expected equal ones`;
    const remedy = 'NeuroSim has one sigmaDtoD for both branches: make them equal';
    throw new UsageError({ where: 'deviceToDevice', what, remedy });
  }
  const width = gMax - gMin;
  const levels = typeof states === 'number' ? { ltp: states, ltd: states } : states;
  const varies = spread !== undefined && (spread.gMax > 0 || spread.gMin > 0);
  const driven = drive ? exportDrive(drive, levels.ltd) : { lines: [], left: [], notes: [] };
  const lines = [
    ['maxConductance', withoutNoise(gMax), 'S'],
    ['minConductance', withoutNoise(gMin), 'S'],
    ['maxNumLevelLTP', levels.ltp, 'pulses over the range'],
    ['maxNumLevelLTD', levels.ltd, 'pulses over the range'],
    ['NL_LTP', labelOf(nonlinearity.ltp), 'label'],
    ['NL_LTD', labelOf(nonlinearity.ltd), 'label'],
    ['sigmaCtoC', rounded(cycleToCycle * width), 'S'],
    ['sigmaDtoD', spread?.ltp ?? 0, 'of the labels'],
    ['readNoise', readNoise > 0, ''],
    ['sigmaReadNoise', readNoise, 'relative'],
    ['conductanceRangeVar', varies, ''],
    ['maxConductanceVar', rounded((spread?.gMax ?? 0) * width), 'S'],
    ['minConductanceVar', rounded((spread?.gMin ?? 0) * width), 'S'],
    ...driven.lines.map(([name, value, unit]) => [name, typeof value === 'number' ? withoutNoise(value) : value, unit]),
  ];
  const text = lines.map(([name, value, unit]) => `${name} = ${value};${unit === '' ? '' : `  // ${unit}`}\n`).join('');
  const gone = [
    ...(retention.model === 'none' ? [] : ['retention']),
    ...(writeNoise ? ['writeNoise'] : []),
    ...driven.left,
  ];
  return {
    text: `${writeProvenance(config, ['retention', 'writeNoise', ...driven.left])}${text}`,
    notes: [...gone.map((key) => `left out: ${key}, for which the list has no parameters`), ...driven.notes],
  };
}
