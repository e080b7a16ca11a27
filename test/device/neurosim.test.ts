import { describe, expect, it } from 'vitest';
import { readAssignments } from '../../src/device/assignments.js';
import { exportNeuroSim, importNeuroSim } from '../../src/device/neurosim.js';
import { deviceSchema, type DeviceConfig } from '../../src/device/registry.js';
import { messageOf } from '../experiment/scratch.js';

/** A list as NeuroSim's sources hold it. */
const list = `
/* RealDevice:
   maxConductance = 1; not this */
  maxConductance = 3.8462e-8;    // Maximum cell conductance (S)
  minConductance = (double) 1/3.25e8;
  readVoltage = 0.5;
  maxNumLevelLTP = 97;  maxNumLevelLTD = 100;
  param->NL_LTP = 2.4;
  double NL_LTD = -4.88;  # the sign is kept
  sigmaDtoD = 0.1;
  sigmaCtoC = 0.035 * (maxConductance - minConductance);
  readNoise = true;
  sigmaReadNoise = 0.25;
  conductanceRangeVar = true;
  maxConductanceVar = 0.07 * maxConductance;
  gaussian = new std::normal_distribution<double>(0, sigmaReadNoise);
`;

describe('a parameter list', () => {
  it('is the constructor of RealDevice where a file has several, and of that what its switches let happen', () => {
    const file = `
/* General eNVM { */
IdealDevice::IdealDevice(int x, int y) {
  maxConductance = 5e-6; minConductance = 100e-9; maxNumLevelLTP = 64; maxNumLevelLTD = 64;
}
RealDevice::RealDevice(int x, int y) { // {
  maxConductance = 3.8462e-8;
  minConductance = 3.0769e-9;
  maxNumLevelLTP = 97;
  maxNumLevelLTD = 100;
  if (nonlinearIV) {
    double Vr_exp = readVoltage;
    maxConductance = NonlinearConductance(maxConductance, NL, writeVoltageLTP, Vr_exp, readVoltage);
  }
  readNoise = false;
  bool wide = true;
  if (wide) {
    NL_LTP = 2.4;
  }
  NL_LTD = -4.88;
  if (readNoise) {
    NL_LTD = -1;
  }
  sigmaCtoC = 0.035 * (maxConductance - minConductance);
}
MeasuredDevice::MeasuredDevice(int x, int y) {
  maxConductance = 1e-3; minConductance = 1e-4; maxNumLevelLTP = 7; maxNumLevelLTD = 7;
}
`;
    const { device } = importNeuroSim(file, 'Cell.cpp');
    expect(device).toMatchObject({
      gMin: '3.0769e-9 S',
      gMax: '3.8462e-8 S',
      states: { ltp: 97, ltd: 100 },
      nonlinearity: { ltp: { label: 2.4 }, ltd: { label: -4.88 } },
      cycleToCycle: 0.035,
    });
    const broken = file.replace('NL_LTD = -4.88;', 'NL_LTD = labelOf(3);');
    expect(messageOf(() => importNeuroSim(broken, 'Cell.cpp'))).toContain('Cell.cpp:20: NL_LTD is "labelOf(3)"');
  });

  it('becomes an exponential device', () => {
    const { device, notes } = importNeuroSim(list, 'Cell.cpp');
    const gMin = 1 / 3.25e8;
    const width = 3.8462e-8 - gMin;
    const { validity, origin, ...values } = device;
    expect(validity).toMatch(/^Identical pulses/);
    expect(origin).toMatchObject({
      gMax: 'defined: maxConductance in Cell.cpp',
      'states.ltd': 'defined: maxNumLevelLTD in Cell.cpp',
      'deviceToDevice.gMax': 'defined: maxConductanceVar, conductanceRangeVar in Cell.cpp',
      retention: "defined: NeuroSim's lists have none",
    });
    // Every value is told where it comes from.
    const told = Object.keys(origin!).map((key) => key.split('.')[0]!);
    expect(Object.keys(values).filter((key) => !['model', 'source', ...told].includes(key))).toEqual([]);
    expect(values).toEqual({
      ...{ model: 'exponential', source: 'NeuroSim parameter list Cell.cpp' },
      ...{ gMin: `${gMin} S`, gMax: '3.8462e-8 S', states: { ltp: 97, ltd: 100 } },
      nonlinearity: { ltp: { label: 2.4 }, ltd: { label: -4.88 } },
      ...{ cycleToCycle: 0.035, readNoise: 0.25 },
      deviceToDevice: { ltp: 0.1, ltd: 0.1, gMax: (0.07 * 3.8462e-8) / width, gMin: 0 },
    });
    expect(notes).toEqual([
      'no drive: it takes writeVoltageLTP, writePulseWidthLTP, writeVoltageLTD, writePulseWidthLTD, readPulseWidth too, as a number, which the list does not have',
      'not used: readVoltage, gaussian',
    ]);
    expect(deviceSchema.parse(device)).toMatchObject({ gMin, gMax: 3.8462e-8 });
  });

  it('has straight curves where nonlinear writing is switched off, and tells of what is not of the device', () => {
    const switches = 'nonlinearWrite = false;\nnonlinearIV = true;\nresistanceAccess = 15e3;\n';
    const { device, notes } = importNeuroSim(`${list}\n${switches}`, 'Cell.cpp');
    expect(device).toMatchObject({ nonlinearity: { ltp: { label: 0 }, ltd: { label: 0 } } });
    expect(notes).toEqual(
      expect.arrayContaining([
        'nonlinearWrite is false: its curves are straight, labels 0, whatever NL_LTP and NL_LTD are',
        'nonlinearIV is true: a current that does not follow the voltage is not modelled',
        "resistanceAccess is of a run and not of the device: --set 'crossbar.accessResistance=15000 ohm'",
      ]),
    );
    const on = importNeuroSim(`${list}\nnonlinearWrite = true;\nnonlinearIV = false;`, 'Cell.cpp');
    expect(on.device).toMatchObject({ nonlinearity: { ltp: { label: 2.4 }, ltd: { label: -4.88 } } });
    expect(on.notes.join()).not.toMatch(/nonlinear/);
  });

  it('leaves noise and spread out that are switched off', () => {
    const off = list.replace('readNoise = true', 'readNoise = false').replace('RangeVar = true', 'RangeVar = false');
    const { device } = importNeuroSim(off, 'Cell.cpp');
    expect(device).toMatchObject({ readNoise: 0, deviceToDevice: { ltp: 0.1, ltd: 0.1, gMax: 0, gMin: 0 } });
    const alike = importNeuroSim(off.replace('sigmaDtoD = 0.1', ''), 'x').device;
    expect(alike).not.toHaveProperty('deviceToDevice');
    expect(Object.keys(alike.origin!).join()).not.toContain('deviceToDevice');
    const quiet = importNeuroSim(off.replace(/.*sigmaCtoC.*/, ''), 'x').device;
    expect(quiet).toMatchObject({ cycleToCycle: 0, origin: { cycleToCycle: 'defined: sigmaCtoC is not in x: none' } });
  });

  it('comes back from an export with the values that it had', () => {
    const { device } = importNeuroSim(list, 'Cell.cpp');
    const { text, notes } = exportNeuroSim(deviceSchema.parse(device));
    const again = importNeuroSim(text, 'Cell.cpp');
    const [a, b] = [deviceSchema.parse(device), deviceSchema.parse(again.device)] as Extract<
      DeviceConfig,
      { model: 'exponential' }
    >[];
    expect(b).toMatchObject({ gMin: a!.gMin, gMax: a!.gMax, states: a!.states, readNoise: a!.readNoise });
    expect(b!.cycleToCycle).toBeCloseTo(a!.cycleToCycle, 14);
    expect(b!.deviceToDevice!.gMax).toBeCloseTo(a!.deviceToDevice!.gMax, 14);
    expect(b!.nonlinearity).toEqual({ ltp: { label: 2.4 }, ltd: { label: -4.88 } });
    expect([notes, again.notes]).toEqual([[], []]);
  });

  it('is written from any notation of the nonlinearity', () => {
    const config = deviceSchema.parse({
      ...{ model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 30 },
      nonlinearity: { ltp: { a: 0.4992 }, ltd: { alpha: -1 / 0.2003 } },
      retention: { model: 'arrhenius', activationEnergy: '1 eV' },
    });
    const { text, notes } = exportNeuroSim(config);
    const { values } = readAssignments(text, 'x', []);
    expect(values.get('NL_LTP')).toBeCloseTo(2.4, 2);
    expect(values.get('NL_LTD')).toBeCloseTo(-4.88, 2);
    expect(values.get('maxNumLevelLTD')).toBe(30);
    expect(notes).toEqual(['left out: retention, for which the list has no parameters']);
  });
});

describe('what is known of a device beside its parameters', () => {
  const known = {
    name: 'Ag: "mine"',
    description: 'Two lines:\nthe second // one',
    source: 'measured by hand',
    validity: '25 °C',
    origin: { gMin: 'measured: at 0.1 V', states: 'fitted: 40 ramps' },
  };
  const device = deviceSchema.parse({
    ...{ model: 'exponential', gMin: '1.64478 mS', gMax: '2.45351 mS', states: 30, ...known },
    origin: { ...known.origin, 'retention.model': 'defined: none' },
    nonlinearity: { ltp: { label: -1.36835 }, ltd: { label: -0.232672 } },
    drive: {
      ltp: { voltage: '1 V', width: '1 us', gap: '1 us' },
      ltd: { voltage: '-1 V', width: '1 us', gap: '1 us' },
      read: { voltage: '0.1 V', time: '1 us' },
    },
  });

  it('comes back from a list, whose numbers have no noise of an arithmetic', () => {
    const { text, notes } = exportNeuroSim(device);
    expect(text).toContain('maxConductance = 0.00245351;  // S\nminConductance = 0.00164478;  // S\n');
    expect(importNeuroSim(text, 'Cell.cpp').device).toMatchObject(known);
    expect(importNeuroSim(text.replaceAll('\n', '\r\n'), 'Cell.cpp').device).toMatchObject(known);
    expect(text).not.toContain('retention');
    expect(notes).toEqual([
      ...['drive.ltp.gap', 'drive.ltd.gap', 'drive.erasePulses'].map(
        (key) => `left out: ${key}, for which the list has no parameters`,
      ),
      "without its sign: drive.ltd.voltage, -1 V, since NeuroSim's voltages have none",
    ]);
  });

  it('is told at its first line where it is damaged', () => {
    const { text } = exportNeuroSim(device);
    const damaged = `\n${text.replace('measured: at', 'somehow: at')}`;
    expect(messageOf(() => importNeuroSim(damaged, 'Cell.cpp'))).toMatch(
      /^Cell\.cpp:2: the lines that begin with \/\/: are not as mho device export writes them: origin\.gMin must start with/,
    );
    const { device: bare } = importNeuroSim(text.replaceAll('//: ', '// '), 'Cell.cpp');
    expect(bare).toMatchObject({ source: 'NeuroSim parameter list Cell.cpp' });
  });
});

describe('what a device is driven with', () => {
  const drive = `
  writeVoltageLTP = 3.2; writeVoltageLTD = 2.8;
  writePulseWidthLTP = 300e-6;
  writePulseWidthLTD = 100e-6;
  readPulseWidth = 5e-9;
  FeFET = false;
  gateCapFeFET = 2.1717e-18;
`;
  const gated = drive.replace('FeFET = false', 'FeFET = true');

  it('is read where all six names are there', () => {
    const { device, notes } = importNeuroSim(list + drive, 'Cell.cpp');
    expect(device.drive).toEqual({
      ltp: { voltage: '3.2 V', width: '0.0003 s', gap: '0 s' },
      ltd: { voltage: '2.8 V', width: '0.0001 s', gap: '0 s' },
      erasePulses: 100,
      read: { voltage: '0.5 V', time: '5e-9 s' },
    });
    expect(device.origin).toMatchObject({
      'drive.ltd': 'defined: writeVoltageLTD, writePulseWidthLTD in Cell.cpp',
      'drive.read.time': 'defined: readPulseWidth in Cell.cpp',
    });
    expect(notes).toEqual(['not used: gaussian, gateCapFeFET']);
    expect(importNeuroSim(list + gated, 'Cell.cpp').device).toMatchObject({
      drive: { gateCapacitance: '2.1717e-18 F' },
      origin: { 'drive.gateCapacitance': 'defined: gateCapFeFET, FeFET in Cell.cpp' },
    });
  });

  it('comes back from an export', () => {
    for (const written of [drive, gated]) {
      const device = deviceSchema.parse(importNeuroSim(list + written, 'Cell.cpp').device);
      const { text, notes } = exportNeuroSim(device);
      expect(notes).toEqual([]);
      const again = importNeuroSim(text, 'Cell.cpp');
      expect(again.notes).toEqual([]);
      expect(deviceSchema.parse(again.device)).toMatchObject({ drive: (device as { drive?: object }).drive });
      // What has no line of its own, as retention, leaves no origin behind.
      expect({ ...again.device.origin!, retention: device.origin!.retention }).toEqual(device.origin);
    }
  });

  it('has no origins where its lines were taken out', () => {
    const { text } = exportNeuroSim(deviceSchema.parse(importNeuroSim(list + drive, 'Cell.cpp').device));
    const { device, notes } = importNeuroSim(text.replace(/^readVoltage.*$/m, ''), 'Cell.cpp');
    expect(Object.keys(device.origin!).filter((key) => key.startsWith('drive'))).toEqual([]);
    expect(device).not.toHaveProperty('drive');
    expect(notes[0]).toBe('no drive: it takes readVoltage too, as a number, which the list does not have');
  });

  it.each([
    [
      'writeVoltageLTD = 2.8',
      'writeVoltageLTD = 0',
      'Cell.cpp:18: writeVoltageLTD: got 0 V, expected a voltage that is not',
    ],
    [
      '300e-6',
      '-300e-6',
      'Cell.cpp:19: writePulseWidthLTP: got -0.0003 s, expected more than 0 s; mend it, or take it out',
    ],
  ])('%s → %s', (from, to, message) => {
    expect(messageOf(() => importNeuroSim(list + drive.replace(from, to), 'Cell.cpp'))).toContain(message);
  });
});

describe('what is told', () => {
  it.each([
    ['NL_LTP = 2.4', '', 'Cell.cpp: has no NL_LTP, expected assignments such as "NL_LTP = 2.4;"; take'],
    ['NL_LTP = 2.4', 'NL_LTP = f(2)', 'Cell.cpp:8: NL_LTP is "f(2)", expected a number'],
    ['= 0.035 *', '= 0.035 * 2 +* ', 'Cell.cpp:11: sigmaCtoC is "0.035 * 2 +*  (maxConductance - minConductance)"'],
    ['maxConductance = 3.8462e-8', 'maxConductance = 1e-9', 'expected 0 < minConductance < maxConductance'],
  ])('%s → %s', (from, to, message) => {
    expect(list).toContain(from);
    expect(messageOf(() => importNeuroSim(list.replace(from, to), 'Cell.cpp'))).toContain(message);
  });

  it('what a list cannot hold', () => {
    const linear = deviceSchema.parse({ model: 'linear', gMin: '1 nS', gMax: '10 nS', states: 30 });
    expect(messageOf(() => exportNeuroSim(linear))).toContain('got a device of the model linear, expected exponential');
    const { device } = importNeuroSim(list, 'x');
    const uneven = deviceSchema.parse({ ...device, deviceToDevice: { ltp: 0.1, ltd: 0.2 } });
    expect(messageOf(() => exportNeuroSim(uneven))).toContain('got spreads of the labels 0.1 (ltp) and 0.2 (ltd)');
  });
});

describe('assignments', () => {
  it.each([
    ['x = 1 + 2 * 3', 7],
    ['x = -(1 + 2) / 4', -0.75],
    ['x = 1e-3 - -2', 2.001],
    ['x = 8 / 2 / 2', 2],
    ['x = 5 - 2 - 1', 2],
    ['x = .5', 0.5],
  ])('%s', (text, value) => {
    expect(readAssignments(text, 'f', ['x']).values.get('x')).toBeCloseTo(value, 12);
  });

  it('passes over what is no assignment', () => {
    const { values, unread } = readAssignments('if (x == 1) y();\na[3] = 4;\nint n = 3;\nn = n * 2;', 'f', []);
    expect([[...values], unread]).toEqual([[['n', 6]], ['n']]);
  });
});
