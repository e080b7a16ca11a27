import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { projectRoot } from '../../datasets/places.js';
import { shippedConfigs } from '../../src/experiment/files.js';
import { loadExperiment } from '../../src/experiment/loader.js';
import { splitSet } from '../../src/experiment/overrides.js';
import { runExperiment } from '../../src/experiment/run.js';
import { loadCases } from '../../src/experiment/verify/case-files.js';
import { documentedCurves, documentedResults } from '../../src/report/documented-results.js';
import { accuracyCurves, type SpreadAt } from '../../src/report/figures/accuracy.js';
import { groupsOf } from '../../src/report/results/groups.js';
import { RunRead } from '../../src/report/results/run.js';
import { Scratch } from '../experiment/scratch.js';

const pictures = path.join(projectRoot(), 'docs/pictures');
const curves = documentedCurves(path.join(pictures, 'reproduction/accuracy.csv'));

const scratch = new Scratch();
afterAll(() => {
  scratch.remove();
});

/** `node scripts/result-pictures.mjs` draws what these tests miss. */
describe('pictures of results in the documents', async () => {
  const drawn = await documentedResults(pictures);

  it.each([...drawn])('%s is what is drawn of the table beside it', (name, svg) => {
    expect(readFileSync(path.join(pictures, name), 'utf8') === svg).toBe(true);
  });

  it('are shown', () => {
    expect(readFileSync(path.join(projectRoot(), 'README.md'), 'utf8')).toContain(
      'docs/pictures/reproduction/accuracy.svg',
    );
  });
});

const isHere = async (name: 'orhd' | 'mnist') =>
  (await datasetSource(name).locate()).every(({ place }) => place !== undefined);
const here = { orhd: await isHere('orhd'), mnist: await isHere('mnist') };

/** Of each headline the beginning of the training, by all seeds of the figure: cheap, and with the same bits as the whole. */
const beginnings = [
  { name: 'wse2-orhd', data: 'orhd', sets: ['training.epochs=2'], ideal: true, samples: Infinity },
  { name: 'wse2-mnist', data: 'mnist', sets: ['training.epochs=1'], ideal: false, samples: Infinity },
  { name: 'ws2-mnist', data: 'mnist', sets: [], ideal: false, samples: 5000 },
] as const;

/** Trains it, for so many samples at least, into a folder of the test's. */
async function begun({ name, sets, ideal, samples }: (typeof beginnings)[number], seed: number): Promise<RunRead> {
  const controller = new AbortController();
  const all = [...sets, `record.idealLine=${ideal}`, 'record.tensorboard=false', `seed=${seed}`];
  const { runFolder } = await runExperiment({
    experiment: loadExperiment(shippedConfigs('experiments').get(name)!, { overrides: all.map(splitSet) }),
    ...{ out: scratch.path(name, `${seed}`), commandLine: [], offline: true, signal: controller.signal },
    observe: (event) => {
      if (event.type === 'progress' && event.samplesDone > samples) controller.abort();
    },
  });
  return new RunRead(runFolder);
}

describe("the table of the README's figure", () => {
  for (const beginning of beginnings) {
    it.skipIf(!here[beginning.data])(
      `has what ${beginning.name} comes to today`,
      async () => {
        const then = curves.find(({ label }) => label === beginning.name)!;
        const runs: RunRead[] = [];
        for (let seed = 1; seed <= then.seeds; seed++) runs.push(await begun(beginning, seed));
        const now = accuracyCurves(groupsOf(runs)[0]!);
        expect(now).toMatchObject({ along: then.along, seeds: then.seeds });
        // Some seeds may have come further than others before they were stopped.
        const last = Math.min(now.device.at(-1)!.at, beginning.samples);
        expect(last).toBeGreaterThan(0);
        const begin = (rows: readonly SpreadAt[]) => rows.filter(({ at }) => at <= last);
        expect(begin(now.device)).toEqual(begin(then.device));
        if (beginning.ideal) expect(begin(now.ideal)).toEqual(begin(then.ideal));
      },
      120_000,
    );
  }

  it.each([
    ['wse2-orhd', 'orhd-device', 'orhd-ideal'],
    ['wse2-mnist', 'mnist-device', 'mnist-ideal'],
    ['ws2-mnist', 'ws2-mnist', 'ws2-mnist-ideal'],
  ])('ends where the regressions of %s expect it', (label, ...cases) => {
    const { device, ideal } = curves.find((one) => one.label === label)!;
    for (const [i, { config }] of loadCases(cases, 'full').entries()) {
      if (config.statistic === 'count') throw new Error('expected a case of many seeds');
      const last = [device, ideal][i]!.at(-1)!;
      const { value, sd } = config.expected!;
      // Of four seeds; a median of a skewed sample lies further off than a mean.
      expect(Math.abs(last[config.statistic] - value)).toBeLessThan((4 * sd) / Math.sqrt(last.count));
    }
  });
});
