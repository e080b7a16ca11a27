import { afterAll, describe, expect, it } from 'vitest';
import { deviceFigures } from '../../src/experiment/device-figures.js';
import { deviceFile } from '../../src/experiment/device-sheet.js';
import { loadDevice } from '../../src/experiment/loader.js';
import { Scratch } from './scratch.js';

const scratch = new Scratch();
afterAll(() => {
  scratch.remove();
});

const both = (value: number) => ({ ltp: value, ltd: value });
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
    const { nonlinearity, gMax, onOffRatio, cycleToCycle, readNoise } = figures(name);
    expect(loadDevice(deviceFile(name)).config).toMatchObject({
      states: up === down ? up : { ltp: up, ltd: down },
    });
    expect({ nonlinearity, cycleToCycle, readNoise }).toEqual({
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
    expect(nonlinearity).toBeNull();
    expect(states).toEqual({ ltp: expect.closeTo(100, 3) as number, ltd: expect.closeTo(100, 3) as number });
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

describe('the states of a device are the range over its mean step', () => {
  const range = { gMin: '1 uS', gMax: '3 uS' };
  const statesOf = (device: object, name = 'states.yaml') =>
    deviceFigures(scratch.write(name, JSON.stringify({ ...range, ...device }))).states!;
  /** As a mean of exponential steps comes out by hand: (1 − e^{−α/N})·(B − ½), LTD with −α. */
  const shrinking = (alpha: number, pulses: number): number =>
    1 / (-Math.expm1(-alpha / pulses) * (1 / -Math.expm1(-alpha) - 0.5));

  it.each([
    ['even steps', { model: 'linear', states: { ltp: 50, ltd: 20 } }, 50, 20],
    ['steps that fall off in a line', { model: 'linear', states: 64, slope: { ltp: 0.5, ltd: 1 } }, 64, 64],
    ['soft bounds', { model: 'soft-bounds', states: 128 }, 128, 128],
    ['powers', { model: 'power', states: 100, gamma: { ltp: 1.5, ltd: 2.5 } }, 100, 100],
    ['nodes', { model: 'piecewise', states: 60, nodes: { ltp: [1, 0.5, 0], ltd: [1, 1, 1] } }, 120, 60],
    // 1 − A·(e^{γ(b + a)} − e^{γ(b − a)})/(2γa), b = 0: 1 − 0.1·sinh(1)/1.
    [
      'steps that fall off exponentially',
      { ...{ model: 'exponential-step', states: 100, a: 0.5, b: 0 }, amplitude: both(0.1), gamma: both(2) },
      100 / (1 - 0.1 * Math.sinh(1)),
      100 / (1 - 0.1 * Math.sinh(1)),
    ],
    [
      'an exponential',
      { model: 'exponential', states: { ltp: 97, ltd: 40 }, nonlinearity: { ltp: { alpha: 2 }, ltd: { alpha: -5 } } },
      shrinking(2, 97),
      shrinking(5, 40),
    ],
    // Straight: the pulses of its ramp are its states.
    [
      'an exponential without a bend',
      { model: 'exponential', states: 64, nonlinearity: { ltp: { alpha: 0 }, ltd: { alpha: 0 } } },
      64,
      64,
    ],
  ])('%s', (_, device, up, down) => {
    const { ltp, ltd } = statesOf(device);
    expect(ltp / up).toBeCloseTo(1, 4);
    expect(ltd / down).toBeCloseTo(1, 4);
  });

  it('is one number for one curve, whichever model it is written in', () => {
    // One pulse of soft bounds is 2/N of the room: the exponential that saturates at gMax, with e^{−α/N'} = 1 − 2/N.
    const [pulses, alpha] = [400, 20];
    const soft = 2 / -Math.expm1(-alpha / pulses);
    const bent = { model: 'exponential', states: pulses, nonlinearity: { ltp: { alpha }, ltd: { alpha: -alpha } } };
    expect(statesOf(bent).ltp / soft).toBeCloseTo(1, 6);
    const conductance = Array.from({ length: 21 }, (_, i) => 1e-6 + i * 1e-7);
    const table = (sign: 1 | -1) => ({
      ...{ conductance, cdf: [0, 1] },
      delta: [0, 1].map(() => conductance.map((g) => sign * (2 / soft) * (sign > 0 ? 3e-6 - g : g - 1e-6))),
    });
    const measured = { model: 'lookup-table', tables: { increasing: table(1), decreasing: table(-1) } };
    const { ltp, ltd } = deviceFigures(scratch.write('same.yaml', JSON.stringify(measured))).states!;
    expect([ltp / soft, ltd / soft]).toEqual([expect.closeTo(1, 4), expect.closeTo(1, 4)]);
  });
});
