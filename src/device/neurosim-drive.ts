import { UsageError } from '../errors.js';
import type { Assignments } from './assignments.js';
import type { Drive } from './drive.js';

/** NeuroSim's names of what a device is driven with; a list drives the device where it has all six. */
const six = [
  ...(['writeVoltageLTP', 'writePulseWidthLTP', 'writeVoltageLTD', 'writePulseWidthLTD'] as const),
  ...(['readVoltage', 'readPulseWidth'] as const),
];

type DriveName = (typeof six)[number] | 'FeFET' | 'gateCapFeFET';

/** A list's drive, as a device file has it. */
export interface ImportedDrive {
  /** Nothing where the list does not drive the device. */
  readonly drive?: Readonly<Record<string, unknown>>;
  /** Where each value comes from, by its key in the device. */
  readonly origin: Readonly<Record<string, string>>;
  /** Names of the list that it is made of. */
  readonly used: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The six names of a list as the device's drive, and the gate's capacitance where the list switches `FeFET` on. Lists have no gap
 * between pulses, and their benchmark erases no cell: as many pulses as lead over the range do.
 * @param erasePulses - maxNumLevelLTD
 * @throws UsageError where a voltage or a width is none
 */
export function importDrive(assignments: Assignments, file: string, erasePulses: number): ImportedDrive {
  const { values, unread } = assignments;
  const missing = six.filter((name) => !values.has(name));
  if (missing.length > 0) {
    const some = six.some((name) => unread.includes(name));
    const note = `no drive: it takes ${missing.join(', ')} too, as a number, which the list does not have`;
    return { origin: {}, used: [], notes: some ? [note] : [] };
  }
  const gate = values.get('FeFET') ? values.get('gateCapFeFET') : undefined;
  assertDrives(assignments, file, gate === undefined ? six : [...six, 'gateCapFeFET']);
  const of = (name: DriveName): number => values.get(name)!;
  const drive = {
    ltp: { voltage: `${of('writeVoltageLTP')} V`, width: `${of('writePulseWidthLTP')} s`, gap: '0 s' },
    ltd: { voltage: `${of('writeVoltageLTD')} V`, width: `${of('writePulseWidthLTD')} s`, gap: '0 s' },
    ...(gate === undefined ? {} : { gateCapacitance: `${gate} F` }),
    erasePulses,
    read: { voltage: `${of('readVoltage')} V`, time: `${of('readPulseWidth')} s` },
  };
  const from = (...names: readonly DriveName[]): string => `defined: ${names.join(', ')} in ${file}`;
  const origin = {
    'drive.ltp': from('writeVoltageLTP', 'writePulseWidthLTP'),
    'drive.ltd': from('writeVoltageLTD', 'writePulseWidthLTD'),
    'drive.ltp.gap': "defined: NeuroSim's lists have none",
    'drive.ltd.gap': "defined: NeuroSim's lists have none",
    ...(gate === undefined ? {} : { 'drive.gateCapacitance': from('gateCapFeFET', 'FeFET') }),
    'drive.erasePulses': "inferred: as many as take the whole range, as states; NeuroSim's lists have none",
    'drive.read.voltage': from('readVoltage'),
    'drive.read.time': from('readPulseWidth'),
  };
  return { drive, origin, used: [...six, 'FeFET', ...(gate === undefined ? [] : ['gateCapFeFET'])], notes: [] };
}

/** A pulse of no voltage moves nothing, and a read or a width is above zero; NeuroSim writes what depresses without a sign. */
function assertDrives({ values, lines }: Assignments, file: string, names: readonly DriveName[]): void {
  for (const name of names) {
    const value = values.get(name)!;
    const isWrite = name.startsWith('writeVoltage');
    if (isWrite ? value !== 0 : value > 0) continue;
    const unit = name.includes('Voltage') ? 'V' : name === 'gateCapFeFET' ? 'F' : 's';
    const expected = isWrite ? 'a voltage that is not 0 V' : `more than 0 ${unit}`;
    const remedy = 'mend it, or take it out: the device then has no drive';
    const what = `${name}: got ${value} ${unit}, expected ${expected}`;
    throw new UsageError({ where: `${file}:${lines.get(name)!}`, what, remedy });
  }
}

/** A line of a list: name, value and unit or remark. */
export type Line = readonly [name: string, value: number | boolean, unit: string];

export interface ExportedDrive {
  readonly lines: readonly Line[];
  /** Keys of the device of which nothing goes along. */
  readonly left: readonly string[];
  readonly notes: readonly string[];
}

/** A device's drive as lines of a list, and what of it has no place there. */
export function exportDrive(drive: Drive, depressions: number): ExportedDrive {
  const { ltp, ltd, read, gateCapacitance, erasePulses } = drive;
  const lines: readonly Line[] = [
    // Its own lists have magnitudes: which way a pulse goes is in its name.
    ['writeVoltageLTP', Math.abs(ltp.voltage), 'V'],
    ['writeVoltageLTD', Math.abs(ltd.voltage), 'V'],
    ['writePulseWidthLTP', ltp.width, 's'],
    ['writePulseWidthLTD', ltd.width, 's'],
    ['readVoltage', read.voltage, 'V'],
    ['readPulseWidth', read.time, 's'],
    ...(gateCapacitance === undefined
      ? []
      : ([
          ['FeFET', true, 'pulses charge a gate'],
          ['gateCapFeFET', gateCapacitance, 'F'],
        ] as const)),
  ];
  const branches = Object.entries({ ltp, ltd });
  const gaps = branches.filter(([, pulse]) => pulse.gap !== 0).map(([branch]) => `drive.${branch}.gap`);
  const signed = branches.filter(([, pulse]) => pulse.voltage < 0);
  return {
    lines,
    left: [...gaps, ...(erasePulses === depressions ? [] : ['drive.erasePulses'])],
    notes: signed.map(([branch, { voltage }]) => {
      return `without its sign: drive.${branch}.voltage, ${voltage} V, since NeuroSim's voltages have none`;
    }),
  };
}
