import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../datasets/places.js';
import { runFit, type FitRequest } from '../../../src/report/fit/run-fit.js';
import { chromium, launchBrowser } from '../../browser/chromium.js';
import { Scratch } from '../../experiment/scratch.js';

const taox = path.join(projectRoot(), '..', 'shared', 'measurements', 'taox-ramps');
const [set, reset] = ['set.csv', 'reset.csv'].map((name) => path.join(taox, name));
const missing = chromium === undefined || !existsSync(set!);

describe.skipIf(missing)('the report of the TaOx ramps, printed on A4, is one page', () => {
  let scratch: Scratch;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  beforeAll(async () => {
    scratch = new Scratch();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    scratch.remove();
  });

  it.each([
    ['a model', undefined],
    ['lookup tables', { bins: 40, removeReadNoise: true }],
  ] as const)(
    'of %s',
    async (_, lookup: FitRequest['lookup']) => {
      const { report } = await runFit({
        ...{ files: [set!], reset: [reset!], lookup, name: undefined },
        ...{ out: scratch.path('mine.yaml'), force: true, read: { readVoltage: 0.1, unit: 'A', skipBad: false } },
        fit: { model: 'auto', range: 'overlap', resamplings: 20, seed: 1, confidence: 0.95 },
      });
      const page = await browser.newPage();
      await page.goto(pathToFileURL(report).href);
      const pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    },
    60_000,
  );
});
