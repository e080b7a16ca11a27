import { afterAll, describe, expect, it } from 'vitest';
import { deviceFigures } from '../../src/experiment/device-figures.js';
import { deviceFile } from '../../src/experiment/device-sheet.js';
import { Scratch } from './scratch.js';

const scratch = new Scratch();
afterAll(() => {
  scratch.remove();
});

const figures = (name: string) => deviceFigures(deviceFile(name));

describe('the library of the MLP+NeuroSim benchmark', () => {
  // As the manual prints them: states, NL of LTP and LTD, R_on in ohms, on/off ratio, σ.
  it.each([
    ['ag-asi', 97, 97, 2.4, -4.88, 26e6, 12.5, 0.035],
    ['taox-hfox', 128, 128, 0.04, -0.63, 100e3, 10, 0.037],
    ['pcmo', 50, 50, 3.68, -6.76, 23e6, 6.84, 0.01],
    ['alox-hfo2', 40, 40, 1.94, -0.61, 16.9e3, 4.43, 0.05],
    ['gst-pcm', 100, 120, 0.105, 2.4, 4.71e3, 19.8, 0.015],
    ['epiram', 64, 64, 0.5, -0.5, 81e3, 50.2, 0.02],
    ['hzo-fefet', 32, 32, 1.75, 1.46, 559.28e3, 45, 0.005],
    ['taox-tio2', 102, 102, 1.85, -1.79, 5e6, 2, 0.01],
  ])('%s has its published figures', (name, up, down, ltp, ltd, onResistance, ratio, sigma) => {
    const { states, nonlinearity, gMax, onOffRatio, cycleToCycle, readNoise } = figures(name);
    expect({ states, nonlinearity, cycleToCycle, readNoise }).toEqual({
      states: { ltp: up, ltd: down },
      nonlinearity: { ltp, ltd },
      ...{ cycleToCycle: sigma, readNoise: 0 },
    });
    // The files state conductances to six digits.
    expect(gMax! * onResistance).toBeCloseTo(1, 4);
    expect(onOffRatio! / ratio).toBeCloseTo(1, 4);
  });
});

describe('the figures of a device', () => {
  it('are null where its model has none', () => {
    expect(Object.values(figures('ideal')).every((value) => value === null)).toBe(true);
  });

  it('are those of the measured steps where a file has tables', () => {
    const table = (sign: 1 | -1) => ({
      ...{ conductance: [1e-6, 11e-6], cdf: [0, 0.5, 1] },
      delta: [-1, 0, 1].map((k) => [sign * 1e-7 + k * 1e-7, sign * 1e-7 + k * 1e-7]),
    });
    const device = { model: 'lookup-table', tables: { increasing: table(1), decreasing: table(-1) } };
    const { states, nonlinearity, onOffRatio, cycleToCycle } = deviceFigures(
      scratch.write('table.yaml', JSON.stringify(device)),
    );
    expect({ states, nonlinearity }).toEqual({ states: { ltp: 100, ltd: 100 }, nonlinearity: null });
    expect(onOffRatio).toBeCloseTo(11, 6);
    // An even distribution within ± 1 % of the range holds 68 % within ± 0.683 %.
    expect(cycleToCycle).toBeCloseTo(0.006827, 6);
  });

  it('add the noise that goes with the step', () => {
    const device = { model: 'linear', gMin: '1 uS', gMax: '3 uS', states: 50, cycleToCycle: 0.003, stepNoise: 0.2 };
    const { cycleToCycle } = deviceFigures(scratch.write('linear.yaml', JSON.stringify(device)));
    expect(cycleToCycle).toBeCloseTo(Math.hypot(0.003, 0.2 / 50), 6);
  });
});
