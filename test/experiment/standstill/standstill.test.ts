import { describe, expect, it } from 'vitest';
import { crossbarSchema } from '../../../src/crossbar/schema.js';
import { deviceSchema } from '../../../src/device/registry.js';
import { runTraining } from '../../../src/experiment/runner.js';
import { explainStandstill } from '../../../src/experiment/standstill/explain.js';
import { chance, standstill } from '../../../src/experiment/standstill/facts.js';
import { trainingSchema } from '../../../src/training/schema.js';
import { Trainer } from '../../../src/training/trainer.js';
import type { TrainingSpec } from '../../../src/training/training-spec.js';
import { tinyDataset, tinySpec } from '../../training/tiny.js';

async function trained(spec: TrainingSpec) {
  const trainer = await Trainer.create(spec);
  try {
    const before = await trainer.snapshot();
    const outcome = await runTraining(trainer, { epochs: spec.training.epochs });
    return standstill(before, outcome, tinyDataset.test.labels);
  } finally {
    trainer.dispose();
  }
}

async function explained(spec: TrainingSpec): Promise<string> {
  const facts = await trained(spec);
  expect(facts).toBeDefined();
  return explainStandstill(facts!, spec);
}

describe('a network that learns nothing', () => {
  it('is told from one that learns', async () => {
    const training = trainingSchema.parse({ learningRate: 0.1, epochs: 4 });
    expect(await trained(tinySpec({ training }))).toBeUndefined();
  });

  it('is told to have moved no weight where every request is rounded away, and what gives pulses', async () => {
    const spec = tinySpec({
      crossbar: crossbarSchema.parse({ pulsePolicy: 'round' }),
      training: trainingSchema.parse({ learningRate: 0.01, epochs: 6 }),
    });
    const facts = await trained(spec);
    expect(facts).toMatchObject({ kind: 'still', moved: [0, 0], epochs: 6, samples: 2400 });
    expect(await explainStandstill(facts!, spec)).toMatch(
      /^no weight moved after 2400 samples: .*; no pulse was given, since every request was below half of one; likely cause: requests below half a pulse are rounded to none; with --set crossbar\.pulsePolicy=stochastic it comes to \d+\.\d\d % in 8000 samples/,
    );
  });

  it('is told that pulses were given and did nothing where the curve is flat', async () => {
    const nodes = [1, 0, 0, 0, 1];
    const device = deviceSchema.parse({
      ...{ model: 'piecewise', gMin: '1 nS', gMax: '10 nS', states: 60, nodes: { ltp: nodes, ltd: nodes } },
    });
    const crossbar = crossbarSchema.parse({ window: [0.3, 0.7] });
    const training = trainingSchema.parse({ learningRate: 0.1, epochs: 6 });
    const text = await explained(tinySpec({ device, crossbar, training }));
    expect(text).toContain('pulses were given, but their steps were lost where the cells stand');
  });

  it('is told that the first write leaves it at the bottom', async () => {
    const device = deviceSchema.parse({ model: 'linear', gMin: '10 nS', gMax: '20 nS', states: 100 });
    const crossbar = crossbarSchema.parse({
      ...{ coding: 'offset', window: [0, 1], initialWrite: 'without-gmin' },
    });
    const training = trainingSchema.parse({ learningRate: 0.1, epochs: 6 });
    const spec = tinySpec({ device, crossbar, training, inputs: { inputs: 'unit' } });
    const wide = spec.network.layers.map((layer) => ({ ...layer, weightLimit: 60 }));
    const text = await explained({ ...spec, network: { ...spec.network, layers: wide } });
    expect(text).toContain('--set crossbar.initialWrite=exact');
  });

  it('is told of cells that are far below the access resistance, and of the two settings that it needs at once', async () => {
    const device = deviceSchema.parse({ model: 'linear', gMin: '1.6 mS', gMax: '2.4 mS', states: 100 });
    const crossbar = crossbarSchema.parse({
      ...{ coding: 'offset', window: [0, 1], initialWrite: 'without-gmin', accessResistance: '15 kohm' },
    });
    const training = trainingSchema.parse({ learningRate: 0.1, epochs: 6 });
    const spec = tinySpec({ device, crossbar, training, inputs: { inputs: 'unit' } });
    const wide = spec.network.layers.map((layer) => ({ ...layer, weightLimit: 60 }));
    const text = await explained({ ...spec, network: { ...spec.network, layers: wide } });
    expect(text).toContain('(417 ohm when on, behind 15 kohm)');
    expect(text).toContain('the first write leaves gMin out (200 % of the range)');
    expect(text).toContain('with --set crossbar.accessResistance=none --set crossbar.initialWrite=exact it comes to');
  });

  it('is told of a reference that its cells lie above', async () => {
    const device = deviceSchema.parse({ model: 'linear', gMin: '10 nS', gMax: '20 nS', states: 100 });
    const crossbar = crossbarSchema.parse({
      ...{ coding: 'offset', window: [0, 1], reference: { forward: 'half-of-maximum' } },
    });
    const training = trainingSchema.parse({ learningRate: 0.1, epochs: 6 });
    const spec = tinySpec({ device, crossbar, training, inputs: { inputs: 'unit' } });
    const wide = spec.network.layers.map((layer) => ({ ...layer, weightLimit: 60 }));
    const text = await explained({ ...spec, network: { ...spec.network, layers: wide } });
    expect(text).toContain('against half of the largest current, which at an on/off ratio of 2.00 is not their middle');
    expect(text).toContain('with --set crossbar.reference.forward=mid-range it comes to');
  });

  it('stays at chance where noise buries what pulses write, and all that helps is told', async () => {
    const device = deviceSchema.parse({ model: 'linear', gMin: '1 nS', gMax: '10 nS', states: 60, cycleToCycle: 1 });
    const training = trainingSchema.parse({ learningRate: 0.1, epochs: 6 });
    const text = await explained(tinySpec({ device, training }));
    expect(text).toMatch(/^the network (stays|ends) at chance/);
    expect(text).toContain("with --set 'without=[cycle-to-cycle]' it comes to");
  });

  it('says of a short training that it was too short, where a longer one learns', async () => {
    const training = trainingSchema.parse({ learningRate: 0.003, epochs: 1 });
    const spec = tinySpec({ training, device: deviceSchema.parse({ model: 'ideal' }) });
    const text = await explained(spec);
    expect(text).toMatch(/likely cause: it was trained on too few samples; in 8000 it comes to \d+\.\d\d %$/);
  });
});

describe('chance', () => {
  it('is three standard errors above the commonest class', () => {
    const labels = Uint8Array.from({ length: 100 }, (_, i) => (i < 20 ? 0 : 1 + (i % 8)));
    expect(chance(labels).commonest).toBe(0.2);
    expect(chance(labels).limit).toBeCloseTo(0.2 + 3 * 0.04, 12);
  });
});
