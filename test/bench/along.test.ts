import { describe, expect, it } from 'vitest';
import { axisOf } from '../../bench/along/along.js';
import { axes, pointsOf, type Gpu } from '../../bench/along/axes.js';
import { bandwidthAt, type Limits } from '../../bench/along/probe.js';
import { foregroundOf, pulsesIn, workOf } from '../../bench/along/work.js';
import { hostKernels } from '../../kernels/register.js';
import { experimentOf } from '../../bench/models.js';
import { everySample, replicaOf, samplesOf } from '../helpers/kernels.js';

describe('the axes of the benchmark', () => {
  it.each(axes)('%s: every point is an experiment that loads', (axis) => {
    for (const { experiment, set, value } of pointsOf(axis, { quick: false, gpu: 'hardware' })) {
      const { network, device } = experimentOf(experiment, set).config;
      if (axis === 'hidden') expect(network.layers.map(({ units }) => units)).toEqual([value, 10]);
      if (axis === 'layers') expect(network.layers).toHaveLength(value);
      if (axis === 'states') expect(device).toMatchObject({ states: value });
    }
  });

  it.each(axes)('%s: has every point on a card too, and on a software driver few, of few images', (axis) => {
    const points = (gpu: Gpu) => pointsOf(axis, { quick: false, gpu }).filter(({ backend }) => backend === 'webgpu');
    const plain = pointsOf(axis, { quick: false, gpu: 'none' });
    expect(points('none')).toEqual([]);
    expect(points('hardware').map(({ value, model }) => [value, model])).toEqual(
      plain.map(({ value, model }) => [value, model]),
    );
    for (const { images } of points('hardware')) expect(images).toBe(2000);
    const few = points('software');
    expect(few.length).toBeGreaterThan(0);
    expect(few.length).toBeLessThanOrEqual(3);
    for (const { images, replicas } of few) expect(images * replicas).toBeLessThanOrEqual(320);
  });

  it('names the axes that there are', () => {
    expect(() => axisOf('width')).toThrow('bench: --along: got width, expected hidden, layers, replicas, states');
  });
});

describe('the work of a sample', () => {
  const samples = samplesOf({ kind: 'codes', count: 50, features: 20, classes: 3, background: 0 });

  it('counts reads of rows that differ from the background, and of layers above twice', () => {
    const { program } = replicaOf({ sizes: [20, 8, 3], device: 'ideal' }, 1);
    // 5 rows of 8 once and updated, 8 rows of 3 twice and updated.
    const [reads, updated] = [5 * 8 + 2 * 8 * 3, 5 * 8 + 8 * 3];
    const expected = { bytes: 4 * reads + 8 * updated, operations: 2 * (reads + updated), workingSet: 4 * (160 + 24) };
    expect(workOf(program, 5, undefined)).toEqual(expected);
    expect(workOf(program, 5, 10)).toMatchObject({ bytes: 4 * reads + 200, operations: 2 * reads + 210 });
  });

  it('takes pulses from the ledger and the foreground from the samples', () => {
    expect(foregroundOf(samples)).toBeGreaterThan(0.3 * 20);
    expect(foregroundOf(samples)).toBeLessThan(0.5 * 20);
    const session = hostKernels.wasm.OnlineSgd.open([replicaOf({ sizes: [20, 3], device: 'linear' }, 1)], {
      ledger: true,
    });
    session.train(session.load(samples), everySample(50), 0);
    const [entry] = session.ledger(0);
    const all = [...entry!.pulses.plus, ...entry!.pulses.minus].reduce((sum, n) => sum + n, 0);
    session.dispose();
    expect(all).toBeGreaterThan(100);
    expect(pulsesIn([entry!])).toBe(all);
  });

  it('looks up what memory moves at the size of the arrays', () => {
    const bandwidth = [
      { bytes: 100, bytesPerSecond: 9 },
      { bytes: 1000, bytesPerSecond: 3 },
    ];
    const limits: Limits = { bandwidth, operationsPerSecond: 1 };
    expect([50, 100, 101, 5000].map((size) => bandwidthAt(limits, size))).toEqual([9, 9, 3, 3]);
  });
});
