import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { headlineCase, headlines, trainedEvidence } from '../../src/characterization/claims/experiments.js';
import { holdClaims } from '../../src/characterization/claims/hold.js';
import { trainHere } from '../experiment/verify/here.js';
import type { Evidence } from '../../src/characterization/claims/table.js';

const isHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);

/** H1's regression with two seeds and one epoch, in which no headline is met. */
function few() {
  const one = headlineCase('H1');
  const overrides = ['training.epochs=1'];
  return { ...one, config: { ...one.config, overrides, seeds: { from: 1, to: 2 } } };
}

describe.skipIf(!isHere)('headline accuracies trained anew', () => {
  let evidence: Evidence[];
  const heard: string[] = [];
  beforeAll(async () => {
    const runner = { train: trainHere, offline: true };
    evidence = await trainedEvidence({ ...runner, finished: ({ config }) => heard.push(config.name) }, few);
  });
  afterAll(() => {
    heard.length = 0;
  });

  it('are those of the runs, each with its seeds, and are held against what their regression accepts', () => {
    expect(heard).toEqual(headlines.map(() => 'orhd-device'));
    for (const id of headlines) {
      const [row] = evidence.filter(({ claim }) => claim === id);
      expect(row).toMatchObject({ at: 'trained with 2 seeds', accepted: '90.89 % … 92.29 %', verdict: 'not met' });
      expect(row!.simulated).toBeGreaterThan(0.2);
      expect(row!.simulated).toBeLessThan(0.9089);
    }
  });

  it('take the place of the recorded ones in the table', () => {
    const table = holdClaims(evidence);
    for (const id of headlines) {
      const row = table.rows.find((one) => one.id === id)!;
      expect(row).toMatchObject({ id, verdict: 'not met' });
      expect(row.evidence.map(({ at }) => at)).toContain('trained with 2 seeds');
    }
    expect(table.rows.find(({ id }) => id === 'B24')!.verdict).toBe('met');
  });
});
