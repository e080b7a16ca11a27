import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../datasets/dataset.js';
import { projectRoot } from '../../datasets/places.js';
import { loadDataset } from '../../datasets/registry.js';
import { transformDataset } from '../../datasets/transform.js';
import { deviceFigures } from '../../src/experiment/device-figures.js';
import { deviceFile } from '../../src/experiment/device-sheet.js';
import { loadDevice, loadExperiment } from '../../src/experiment/loader.js';
import { splitSet } from '../../src/experiment/overrides.js';
import { draws, fold, keyOf } from '../../src/random.js';
import { Trainer } from '../../src/training/trainer.js';
import { brightImages, NeuroSimOracle, type OracleDevice, type OracleOptions } from '../helpers/neurosim-oracle.js';

const trained = 10_000;
const tested = 1000;
const mnist = cut(await loadDataset('mnist'));
const [train, test] = [brightImages(mnist.train, trained), brightImages(mnist.test, tested)];

/** As many images as are looked at here. */
function cut(dataset: Dataset): Dataset {
  const part = ({ codes, labels }: Dataset['train'], count: number) => ({
    ...{ codes: codes.subarray(0, count * dataset.features), labels: labels.subarray(0, count), count },
  });
  return { ...dataset, train: part(dataset.train, trained), test: part(dataset.test, tested) };
}

function oracleDevice(name: string, noise: boolean): OracleDevice {
  const { config } = loadDevice(deviceFile(name));
  if (config.model !== 'exponential') throw new TypeError(config.model);
  const { gMin, gMax, states, cycleToCycle } = config;
  const pulses = typeof states === 'number' ? { ltp: states, ltd: states } : states;
  const { nonlinearity } = deviceFigures(deviceFile(name));
  const figures = { gMin, gMax, states: pulses, nonlinearity: nonlinearity! };
  return { ...figures, cycleToCycle: noise ? cycleToCycle : 0 };
}

const file = (name: string): string => path.join(projectRoot(), `configs/experiments/neurosim/${name}.yaml`);

const files = { '3.0': file('mlp'), '1.0': file('mlp-v1') };

async function trainerOf(
  name: string,
  images: number,
  seed: number,
  { sets = [], version = '3.0' }: { sets?: readonly string[]; version?: keyof typeof files } = {},
): Promise<Trainer> {
  const overrides = [`device=${name}`, `training.samplesPerEpoch=${images}`, 'training.epochs=1', ...sets];
  const { config } = loadExperiment(files[version], { overrides: overrides.map(splitSet) });
  const { network, crossbar, device, training } = config;
  const dataset = transformDataset(mnist, config.dataset);
  const inputs = { inputs: config.dataset.inputs };
  return Trainer.create({ dataset, inputs, network, crossbar, device, training, seed, backend: 'wasm' });
}

async function conductancesOf(trainer: Trainer): Promise<number[][]> {
  return (await trainer.snapshot()).map(({ conductances }) => [...conductances.g!]);
}

/** Trains one device by Mho and by the oracle, from the same cells on the same images. */
async function byBoth(
  name: string,
  options: { images: number; noise: boolean; habits?: Partial<Habits>; seed?: number },
) {
  const { images, noise, habits = {}, seed = 1 } = options;
  const silent = noise ? [] : ['device.cycleToCycle=0'];
  const { version = '3.0' } = habits;
  const trainer = await trainerOf(name, images, seed, { sets: [...silent, ...setsOf(habits)], version });
  const start = await conductancesOf(trainer);
  const device = oracleDevice(name, noise);
  const sized = habits.ofOn === undefined ? {} : { accessResistance: habits.ofOn / device.gMax };
  const oracle = new NeuroSimOracle(device, { ...asNeuroSim, ...habits, ...sized, seed });
  oracle.start(start);
  oracle.trainInOrder(train, draws(fold(keyOf(seed, 'sampleOrder'), 0), images, trained));
  await trainer.trainEpoch();
  const mho = await conductancesOf(trainer);
  trainer.dispose();
  const { gMin, gMax } = device;
  const inRange = (arrays: readonly Iterable<number>[]) => arrays.map((g) => Array.from(g, (x) => x / (gMax - gMin)));
  return { start: inRange(start), mho: inRange(mho), oracle: inRange(oracle.conductances) };
}

/** `ofOn`: a transistor sized to its cell, in what that has when on. */
type Habits = Omit<OracleOptions, 'seed' | 'converter'> & { readonly ofOn?: number };
const asNeuroSim = { accessResistance: 15e3, converter: 'nearest', withoutGmin: true } as const;

const v1 = { version: '1.0', withoutGmin: false } as const;

function setsOf({ accessResistance, withoutGmin, ofOn }: Partial<Habits>): string[] {
  return [
    ...(accessResistance === 0 ? ['crossbar.accessResistance=none'] : []),
    ...(accessResistance ? [`crossbar.accessResistance=${accessResistance} ohm`] : []),
    ...(ofOn === undefined ? [] : [`crossbar.accessResistance={ofOn: ${ofOn}}`]),
    ...(withoutGmin === false ? ['crossbar.initialWrite=exact'] : []),
  ];
}

const moved = (from: readonly number[], to: readonly number[]): number[] => from.map((g, i) => to[i]! - g);
const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
const rootMeanSquare = (values: readonly number[]): number => Math.sqrt(meanOf(values.map((v) => v * v)));

function standardError(values: readonly number[]): number {
  return rootMeanSquare(values.map((v) => v - meanOf(values))) / Math.sqrt(values.length - 1);
}

describe('the benchmark of MLP+NeuroSim beside an independent program in siemens and double precision', () => {
  it.each([
    ['epiram', {}],
    ['ag-asi', {}],
    ['taox-hfox', {}],
    ['pcmo', {}],
    ['alox-hfo2', {}],
    ['hzo-fefet', { accessResistance: 0 }],
    ['gst-pcm', { accessResistance: 0 }],
    ['gst-pcm', { ofOn: 0.1 }],
    ['pcmo', { ofOn: 0.5 }],
    ['taox-tio2', { withoutGmin: false }],
    ['epiram', v1],
    ['ag-asi', v1],
    ['taox-hfox', v1],
    ['alox-hfo2', { ...v1, accessResistance: 6e3 }],
    ['hzo-fefet', { ...v1, accessResistance: 0 }],
  ] as const)('%s %o without noise: after 50 images the same cells stand at the same places', async (name, habits) => {
    const { start, mho, oracle } = await byBoth(name, { images: 50, noise: false, habits });
    const change = moved(start.flat(), oracle.flat()).filter((by) => Math.abs(by) > 1e-4);
    const apart = moved(mho.flat(), oracle.flat()).filter((by) => Math.abs(by) > 1e-4);
    expect(change.length).toBeGreaterThan(10);
    // A request next to a half is rounded apart in float32, and what follows from it differs.
    expect(apart.length / change.length).toBeLessThan(0.002);
  });

  it.each(['epiram', 'ag-asi'])('%s with noise: its cells move as far (ten seeds, 4 standard errors)', async (name) => {
    const ratios: number[] = [];
    for (let seed = 1; seed <= 10; seed++) {
      const { start, mho, oracle } = await byBoth(name, { images: 300, noise: true, seed });
      const [one, other] = [mho, oracle].map(([cells]) => rootMeanSquare(moved(start[0]!, cells!)));
      ratios.push(Math.log(one! / other!));
    }
    const error = standardError(ratios);
    expect(error).toBeLessThan(0.05);
    expect(Math.abs(meanOf(ratios))).toBeLessThan(4 * error);
  });

  // Behind 15 kohm all cells of 4.7 kohm look alike; at an on/off ratio of 2 a first write without gMin leaves every cell
  // at gMin, and V1.0 reads every cell of such a ratio as 0 or more. Every sigmoid is then at its end, and no pulse is ever asked for.
  it.each([
    ['gst-pcm', {}],
    ['taox-tio2', {}],
    ['gst-pcm', v1],
    ['taox-tio2', v1],
  ])('%s %o with all habits: neither program writes a cell', async (name, habits) => {
    const { start, mho, oracle } = await byBoth(name, { images: 1000, noise: true, habits });
    for (const l of [0, 1]) {
      expect(mho[l]).toEqual(start[l]);
      expect(rootMeanSquare(moved(start[l]!, oracle[l]!))).toBeLessThan(1e-6);
    }
  });

  // The published order of the two, 41 % and 10 %, which V3.0 has the other way round. The transistor makes up for the
  // current of AlOx/HfO2 cells that are off; PCMO, of hundreds of times the resistance, does not feel it.
  it('V1.0: alox-hfo2 behind 6 kohm learns, pcmo stays at chance (four seeds; 4 standard errors)', async () => {
    const share = (of: number): number => test.labels.filter((label) => label === of).length / tested;
    const chance = Math.max(...Array.from({ length: 10 }, (_, k) => share(k)));
    const accuracies = { 'alox-hfo2': [] as number[], pcmo: [] as number[] };
    for (const name of ['alox-hfo2', 'pcmo'] as const) {
      for (const seed of [1, 2, 3, 4]) {
        const sets = ['crossbar.accessResistance=6 kohm'];
        const trainer = await trainerOf(name, 8000, seed, { sets, version: '1.0' });
        await trainer.trainEpoch();
        accuracies[name].push((await trainer.evaluate()).accuracy);
        trainer.dispose();
      }
    }
    const { 'alox-hfo2': learned, pcmo } = accuracies;
    expect(meanOf(learned) - 4 * standardError(learned)).toBeGreaterThan(chance);
    expect(Math.max(...pcmo)).toBeLessThan(chance + 4 * Math.sqrt((chance * (1 - chance)) / tested));
  });

  it('ag-asi is as accurate after 4000 images (eight seeds each; 4 standard errors)', async () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const [images, device] = [4000, oracleDevice('ag-asi', true)];
    const expected = seeds.map((seed) => {
      const oracle = new NeuroSimOracle(device, { ...asNeuroSim, seed: 7919 * seed });
      oracle.train(train, images);
      return oracle.accuracy(test);
    });
    const got: number[] = [];
    for (const seed of seeds) {
      const trainer = await trainerOf('ag-asi', images, seed);
      await trainer.trainEpoch();
      got.push((await trainer.evaluate()).accuracy);
      trainer.dispose();
    }
    expect(meanOf(expected)).toBeGreaterThan(0.2);
    expect(Math.abs(meanOf(expected) - meanOf(got))).toBeLessThan(
      4 * Math.hypot(standardError(expected), standardError(got)),
    );
  });
});

it('the reference of V1.0 is half of the largest conductance, without the transistor: of EpiRAM 12.3457 uS', async () => {
  const trainer = await trainerOf('epiram', 1, 1, { version: '1.0' });
  try {
    for (const { reference } of await trainer.snapshot()) expect(reference! / 12.3457e-6).toBeCloseTo(0.5, 6);
  } finally {
    trainer.dispose();
  }
});
