import { describe, expect, it } from 'vitest';
import { describeGpuTargets, reportGpuTargets, targetsOf, tiny } from '../../bench/gpu-targets.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';

describe('the targets of a GPU', () => {
  const one = { training: [1.2, 0.8, 0.9], evaluation: 0.1 };

  it('are met or missed by medians of epochs', () => {
    const met = targetsOf(one, { training: [3.4, 3.6, 9], evaluation: 0.5 }, true);
    expect(met.map(({ measured }) => measured)).toEqual([0.9, 4, 40 * 4.1 + 0.5]);
    expect(met.map((target) => target.met)).toEqual([true, true, true]);
    const missed = targetsOf({ ...one, training: [1.1] }, { training: [5], evaluation: 0 }, true);
    expect(missed.map((target) => target.met)).toEqual([false, false, false]);
  });

  it('are not judged on a software driver', () => {
    expect(targetsOf(one, one, false).map((target) => target.met)).toEqual([null, null, null]);
  });

  it.skipIf(!hasGpu)(`are all measured (${gpuTitle})`, async () => {
    const report = await reportGpuTargets(tiny);
    for (const { measured } of report.targets) expect(measured).toBeGreaterThan(0);
    expect(report.one.training).toHaveLength(report.plan.rounds);
    const text = describeGpuTargets(report);
    expect(text.includes('software driver: no target is judged')).toBe(report.software);
    expect(report.targets.every(({ met }) => (met === null) === report.software)).toBe(true);
  });
});
