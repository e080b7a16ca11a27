import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { RecoveringSession, type Opener } from '../../kernels/online-sgd/webgpu/recovering-session.js';
import { kernels } from '../../kernels/register.js';
import { DeviceLostError } from '../../kernels/webgpu/device.js';
import { crossbarSchema } from '../../src/crossbar/schema.js';
import { deviceSchema } from '../../src/device/registry.js';
import { conditionsSchema } from '../../src/training/conditions.js';
import { trainingSchema } from '../../src/training/schema.js';
import type { TrainerState } from '../../src/training/trainer-state.js';
import { Trainer } from '../../src/training/trainer.js';
import type { TrainingSpec } from '../../src/training/training-spec.js';
import { tinySpec } from './tiny.js';

const cell = {
  ...{ model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 60, cycleToCycle: 0.01, readNoise: 0.02 },
  nonlinearity: { ltp: { label: 0.5 }, ltd: { label: 0.5 } },
};
const traps = { model: 'gaussian-traps', depth: '1.12 eV', width: '0.04 eV', spread: '0.02 eV' };
const training = (order: string) => trainingSchema.parse({ learningRate: 0.1, epochs: 2, order });
const time = { temperature: '100 degC', sampleTime: '1 s', driftEvery: 70, idle: [{ every: 150, time: '20 s' }] };

const drive = {
  ltp: { voltage: '1 V', width: '1 us', gap: '1 us' },
  ltd: { voltage: '-1 V', width: '1 us', gap: '1 us' },
  read: { voltage: '0.1 V', time: '1 us' },
};
const driven = deviceSchema.parse({ ...cell, drive });

const cases: [string, Partial<TrainingSpec>][] = [
  ['cells with spreads', {}],
  [
    'one cell a weight, in random order',
    { crossbar: crossbarSchema.parse({ coding: 'offset' }), training: training('random') },
  ],
  ['noisy reads, shuffled', { device: deviceSchema.parse(cell), training: training('shuffle') }],
  ['noisy writes, whose hidden state moves', { device: deviceSchema.parse({ ...cell, writeNoise: 0.03 }) }],
  ['float weights', { device: deviceSchema.parse({ model: 'ideal' }) }],
  [
    'traps, over which time passes',
    { device: deviceSchema.parse({ ...cell, retention: traps }), conditions: conditionsSchema.parse(time) },
  ],
  ['the reference', { backend: 'cpu' }],
  ['energy of whole pulses', { device: driven, energy: true }],
  [
    'energy of erasures',
    { device: driven, energy: true, crossbar: crossbarSchema.parse({ coding: 'one-sided-pair' }) },
  ],
  [
    'energy of fractional pulses, one cell a weight',
    {
      ...{ device: driven, energy: true, training: training('shuffle') },
      crossbar: crossbarSchema.parse({ coding: 'offset', pulsePolicy: 'fractional' }),
    },
  ],
  [
    'energy while time passes over traps',
    {
      device: deviceSchema.parse({ ...cell, drive, retention: traps }),
      ...{ energy: true, conditions: conditionsSchema.parse(time) },
    },
  ],
  ['energy on the reference', { device: driven, energy: true, backend: 'cpu' }],
];

/** Samples after which another trainer takes over: within epochs, within time that is not felt yet, at an epoch's end. */
const takenUpAt = [10, 233, 400, 567];

/** Two epochs with an evaluation after each, by as many trainers as `takenUpAt` says. */
async function trained(change: Partial<TrainingSpec>, stops: readonly number[]) {
  const spec = tinySpec({ training: training('file'), ...change });
  let trainer = await Trainer.create(spec);
  const evaluations = [];
  const left = [...stops];
  let state: TrainerState | undefined;
  for (let epoch = 0; epoch < 2;) {
    const within = (samples: number): number => samples - 400 * epoch;
    const pauses = left.map(within).filter((stop) => stop > 0 && stop <= 400);
    const onChunk = async (): Promise<void> => {
      if (trainer.counters().samples !== left[0]) return;
      left.shift();
      state = deserialize(serialize(await trainer.state())) as TrainerState;
      throw new Error('gone');
    };
    try {
      await trainer.trainEpoch({ pauses, onChunk });
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'gone') throw error;
      trainer.dispose();
      trainer = await Trainer.create(spec, state);
      continue;
    }
    epoch++;
    evaluations.push(await trainer.evaluate());
  }
  const energy = await trainer.energy();
  expect(energy?.epochs.length).toBe(change.energy ? 2 : undefined);
  const result = { evaluations, layers: await trainer.snapshot(), counters: trainer.counters(), energy };
  trainer.dispose();
  expect(left).toEqual([]);
  return result;
}

describe('a training that other trainers take up', () => {
  it.each(cases)('comes to the same bits: %s', async (_, change) => {
    expect(await trained(change, takenUpAt)).toEqual(await trained(change, []));
  });

  it('was trained on so many samples as before, where its session is lost before it trains any more', async () => {
    const spec = tinySpec({ training: training('file') });
    const first = await Trainer.create(spec);
    await first.trainEpoch();
    const state = await first.state();
    const lost = new DeviceLostError({ where: 'webgpu', what: 'the GPU device was lost: unknown' });
    const open: Opener = async (replicas) => {
      const session = await kernels.wasm.OnlineSgd.open(replicas);
      return { ...session, predict: () => Promise.reject(lost) };
    };
    const second = await Trainer.create({ ...spec, open: (replica) => RecoveringSession.open([replica], open) }, state);
    const error: unknown = await second.evaluate().catch((thrown: unknown) => thrown);
    expect(second.kept(error)).toMatchObject({ samples: 400, layers: await first.snapshot() });
    for (const trainer of [first, second]) trainer.dispose();
  });
});
