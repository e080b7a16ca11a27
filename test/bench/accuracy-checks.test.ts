import { describe, expect, it } from 'vitest';
import { accuracyChecks, chosenChecks, judge, type AccuracyCheck } from '../../bench/accuracy-checks.js';
import { shippedConfigs } from '../../src/experiment/files.js';
import { loadExperiment } from '../../src/experiment/loader.js';
import { splitSet } from '../../src/experiment/overrides.js';

const check: AccuracyCheck = {
  ...{ name: 'small', title: 'Small', experiment: 'wse2-orhd', set: [], seeds: [1, 2, 3] },
  ...{ statistic: 'median', band: [0.9, 0.92], stalledBelow: 0.5 },
};

describe('judge', () => {
  it('takes the median, the spread of the runs that moved, and counts those that stalled', () => {
    const verdict = judge(check, [0.1, 0.905, 0.915]);
    expect(verdict).toMatchObject({ got: 0.905, stalled: 1, pass: true });
    expect(verdict.spread).toBeCloseTo(0.00707, 5);
  });

  it('takes the mean where the check says so', () => {
    const verdict = judge({ ...check, statistic: 'mean' }, [0.875, 0.9, 0.95]);
    expect(verdict.got).toBeCloseTo(2.725 / 3, 10);
    expect(verdict.pass).toBe(true);
  });

  it.each([
    ['below its band', [0.89, 0.8, 0.95]],
    ['above its band', [0.93, 0.8, 0.95]],
    ['of too few seeds', [0.91, 0.91]],
  ])('fails a result %s', (_, accuracies) => {
    expect(judge(check, accuracies).pass).toBe(false);
  });

  it('includes the ends of the band', () => {
    expect(judge(check, [0.9, 0.9, 0.9]).pass).toBe(true);
    expect(judge(check, [0.92, 0.92, 0.92]).pass).toBe(true);
  });
});

describe('the accuracy checks', () => {
  it.each(accuracyChecks.map((one) => [one.name, one] as const))('%s names an experiment that loads', (_, one) => {
    const file = shippedConfigs('experiments').get(one.experiment);
    const { config } = loadExperiment(file!, { overrides: one.set.map(splitSet) });
    expect(config.name).toBe(one.experiment);
    expect(new Set(one.seeds).size).toBe(one.seeds.length);
  });

  it('can be chosen one by one, and a misspelt name is told the right one', () => {
    expect(chosenChecks(undefined)).toEqual(accuracyChecks);
    expect(chosenChecks('ws2-mnist').map(({ name }) => name)).toEqual(['ws2-mnist']);
    expect(() => chosenChecks('orhd-devise')).toThrow(
      '--only: got "orhd-devise", expected one of orhd-device, orhd-ideal, ws2-mnist, mnist-device; did you mean orhd-device?',
    );
  });
});
