import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, launchBrowser } from '../browser/chromium.js';
import { clippedLetters, contrasts, openReport, overflow } from '../browser/report-page.js';
import { Scratch } from '../experiment/scratch.js';
import { CompiledCommand } from './compiled.js';

/** Reports of real runs, as the command makes them, and as a browser shows them. */

const scratch = new Scratch();
let mho: CompiledCommand;

const orhd = path.resolve('configs/experiments/wse2-orhd.yaml');
const ws2 = path.resolve('configs/experiments/ws2-nanosheet-mnist.yaml');
const quick = ['--quiet', '--epochs', '4'];

/** Six points, one of which cannot be. */
const sweep = {
  ...{ name: 'map', experiment: orhd, overrides: { 'training.epochs': 1, 'record.idealLine': false } },
  axes: { 'device.cycleToCycle': [0, 0.05, -1], 'training.learningRate': [0.02, 0.1] },
};

async function ran(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await mho.run(args, scratch.folder);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

beforeAll(async () => {
  mho = new CompiledCommand();
  const all = ['record.energy=true', 'record.weightMaps=true'].flatMap((set) => ['--set', set]);
  await ran('run', orhd, ...quick, ...all, '--seed', '1', '--out', 'runs/orhd-1');
  await ran('run', orhd, ...quick, '--set', 'record.histograms=true', '--seed', '2', '--out', 'runs/orhd-2');
  await ran('run', ws2, '--quiet', '--set', 'dataset.trainSubset.count=1000', '--out', 'runs/ws2');
  const ablation = ['--effects', 'converters', '--seeds', '2', '--jobs', '1', '--epochs', '1', '--json', '--quiet'];
  scratch.write('ablation.json', await ran('ablate', orhd, ...ablation));
  scratch.write('map.yaml', JSON.stringify(sweep));
  // Its two points that cannot be make it exit with 1.
  expect((await mho.run(['sweep', 'map.yaml', '--out', 'runs/map', '--quiet'], scratch.folder)).code).toBe(1);
  await ran('report', 'runs', 'ablation.json', '-o', 'all.html');
}, 120_000);
afterAll(() => {
  mho.remove();
  scratch.remove();
});

const figures = [
  ...['accuracy', 'wse2-orhd-confusion', 'wse2-orhd-energy', 'wse2-orhd-weights', 'wse2-orhd-device'],
  ...['ws2-nanosheet-mnist-confusion', 'ws2-nanosheet-mnist-weights', 'ws2-nanosheet-mnist-device'],
  ...['ws2-nanosheet-mnist-retention', 'ablation'],
  ...['wse2-orhd-histograms', 'sweep-1-map', 'sweep-1-lines'],
];

describe('a report', () => {
  it('has every figure as Vega-Lite, SVG, PNG and CSV beside it', () => {
    const files = readdirSync(scratch.path('all.figures'));
    for (const name of figures) {
      expect(files).toEqual(expect.arrayContaining(['.vl.json', '.svg', '.png', '.csv'].map((end) => `${name}${end}`)));
      const svg = readFileSync(scratch.path('all.figures', `${name}.svg`), 'utf8');
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      const spec = JSON.parse(readFileSync(scratch.path('all.figures', `${name}.vl.json`), 'utf8')) as {
        $schema: string;
      };
      expect(spec.$schema).toMatch(/vega-lite/);
      expect(
        readFileSync(scratch.path('all.figures', `${name}.png`))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    }
    expect(files).toHaveLength(4 * figures.length + 1);
  });

  it('says what the runs came to: mean and spread of the seeds', () => {
    const accuracies = [1, 2].map((seed) => {
      const record = JSON.parse(readFileSync(scratch.path(`runs/orhd-${seed}/run.json`), 'utf8')) as {
        accuracy: number;
      };
      return record.accuracy;
    }) as [number, number];
    const mean = (accuracies[0] + accuracies[1]) / 2;
    const sd = Math.abs(accuracies[0] - accuracies[1]) / Math.SQRT2;
    const html = readFileSync(scratch.path('all.html'), 'utf8');
    expect(html).toContain(`${(100 * mean).toFixed(2)} <small>± ${(100 * sd).toFixed(2)} %</small>`);
    expect(html).toContain('paper: optical recognition of handwritten digits, UCI (section 4.4)');
    expect(html).toContain('npx mho run');
    expect(html).toContain('npx mho report runs ablation.json -o all.html');
    const rows = readFileSync(scratch.path('all.figures/accuracy.csv'), 'utf8').trim().split('\n');
    const last = rows.find((row) => row.startsWith('wse2-orhd,device,epoch,4,'))!.split(',');
    expect(last[4]).toBe('2');
    expect(Number(last[5])).toBeCloseTo(mean, 12);
    expect(Number(last[6])).toBeCloseTo(sd, 12);
  });

  it('shows a sweep by its points, and what failed of it', () => {
    const html = readFileSync(scratch.path('all.html'), 'utf8');
    expect(html).toContain('4 of 6 trials are finished, 2 failed.');
    expect(html).toContain('map: 2 of 6 trials failed');
    const [head, ...rows] = readFileSync(scratch.path('all.figures/sweep-1-map.csv'), 'utf8').trim().split('\n');
    expect(head).toBe('device.cycleToCycle,training.learningRate,seeds,mean,sd,median,min,max');
    const points = rows.map((row) => row.split(',').slice(0, 3).join(' ')).sort();
    expect(points).toEqual(['0 0.02 1', '0 0.1 1', '0.05 0.02 1', '0.05 0.1 1']);
    expect(rows.every((row) => Number(row.split(',')[3]) > 0.05)).toBe(true);
  });

  it('tells the end of training from what is left of it later', () => {
    const rows = readFileSync(scratch.path('all.figures/ws2-nanosheet-mnist-weights.csv'), 'utf8').split('\n').slice(1);
    const maps = new Map<string, number[]>();
    for (const row of rows.filter((one) => one !== '')) {
      const [, state, value] = /^("[^"]*"|[^,]*),.*,([^,]*)$/.exec(row)!;
      const known = maps.get(state!);
      if (known) known.push(Number(value));
      else maps.set(state!, [Number(value)]);
    }
    expect([...maps.keys()]).toEqual(['at the end of training', 'what training added', '"5,000 s after training"']);
    const [trained, added, later] = [...maps.values()] as [number[], number[], number[]];
    // Training moves the cells that images touch, the hold all of them.
    const largest = Math.max(...added.map(Math.abs));
    const still = added.filter((value) => Math.abs(value) < 0.05 * largest);
    expect(still.length).toBeGreaterThan(0.3 * added.length);
    const size = (values: readonly number[]): number => values.reduce((sum, value) => sum + Math.abs(value), 0);
    expect(size(later)).toBeLessThan(0.5 * size(trained));
  });

  it('is made anew in place, and takes along the figures that are gone', async () => {
    const out = JSON.parse(await ran('report', 'runs/orhd-2', '-o', 'again.html', '--json')) as { figures: string[] };
    const names = ['confusion', 'device', 'histograms'].map((name) => `wse2-orhd-${name}`);
    expect(out.figures).toEqual(['accuracy', ...names]);
    const first = readFileSync(scratch.path('again.figures/accuracy.svg'), 'utf8');
    writeFileSync(scratch.path('again.figures/mine.txt'), 'kept');
    await ran('report', 'runs/orhd-1', '-o', 'again.html');
    expect(existsSync(scratch.path('again.figures/wse2-orhd-energy.svg'))).toBe(true);
    await ran('report', 'runs/orhd-2', '-o', 'again.html');
    expect(existsSync(scratch.path('again.figures/wse2-orhd-energy.svg'))).toBe(false);
    expect(existsSync(scratch.path('again.figures/mine.txt'))).toBe(true);
    expect(readFileSync(scratch.path('again.figures/accuracy.svg'), 'utf8')).toBe(first);
  });

  it('of a sweep alone says what came out, why trials failed, and what set which value', async () => {
    await ran('report', 'runs/map', '-o', 'map.html');
    const html = readFileSync(scratch.path('map.html'), 'utf8');
    expect(html).toContain('Sweep map: best point');
    expect(html).toMatch(/1 sweep, the last of 20\d\d-\d\d-\d\d/);
    expect(html).toMatch(/<summary>Trials that failed<\/summary>.*cycleToCycle/s);
    expect(html).toMatch(/device\.<wbr>cycleToCycle<\/td><td>[^<]*<\/td><td>defined: an axis of the sweep map</);
    expect(html).toMatch(/training\.<wbr>epochs<\/td><td>1<\/td><td>defined: an override of the sweep map</);
    expect(html).toMatch(/record\.<wbr>tensorboard<\/td><td>false<\/td><td>defined: left out by the sweep map</);
    expect(html).toContain('npx mho sweep map.yaml --out runs/map --quiet');
    expect(html).toContain('data-label="test accuracy"');
  });

  it('of an ablation alone has its figures in numbers', async () => {
    await ran('report', 'ablation.json', '-o', 'ablation.html');
    const html = readFileSync(scratch.path('ablation.html'), 'utf8');
    expect(html).toContain('Ablation of wse2-orhd: the device');
    expect(html).toMatch(/<summary>Costs<\/summary>.*converters.* ± /s);
  });

  it('saves pictures without titles where it is told', async () => {
    await ran('report', 'ablation.json', '-o', 'plain.html', '--untitled');
    const svg = (name: string): string => readFileSync(scratch.path(`${name}.figures/ablation.svg`), 'utf8');
    expect(svg('ablation')).toContain('what each effect');
    expect(svg('plain')).not.toContain('what each effect');
    expect(readFileSync(scratch.path('plain.html'), 'utf8')).toContain('what each effect costs');
  });

  it('writes over no page but its own unless it is forced', async () => {
    scratch.write('mine.html', '<p>my notes</p>');
    const { code, stderr } = await mho.run(['report', 'ablation.json', '-o', 'mine.html'], scratch.folder);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/mine\.html: is there, and is no report of Mho; .*--force/) as string,
    });
    expect(readFileSync(scratch.path('mine.html'), 'utf8')).toBe('<p>my notes</p>');
    expect(existsSync(scratch.path('mine.figures'))).toBe(false);
    await ran('report', 'ablation.json', '-o', 'mine.html', '--force');
    expect(readFileSync(scratch.path('mine.html'), 'utf8')).toContain('what each effect costs');
  });

  it.each([
    [['report', 'begun', '-o', 'x.html'], /begun: holds a sweep of which no trial is over yet/],
    [['report', 'nowhere', '-o', 'x.html'], /nowhere: there is no such place; name a run folder/],
    [['report', 'empty', '-o', 'x.html'], /empty: holds no results of mho run, sweep or ablate/],
    [['report', 'runs', '-o', 'x.pdf'], /--out: got x\.pdf, expected a name that ends with \.html; say x\.pdf\.html/],
    [['report', 'runs', '-o', 'none/x.html'], /--out .*x\.html: its folder .*none does not exist/],
    [['report', 'broken', '-o', 'x.html'], /broken\/run\.json: is not what mho run writes: .*leave this folder out/],
    [['report', 'bad.json', '-o', 'x.html'], /bad\.json: holds no ablation, expected what mho ablate --json prints/],
    [['report'], /mho report: no results were named, expected a run folder/],
  ])('refuses %j and writes nothing', async (args, message) => {
    mkdirSync(scratch.path('empty'), { recursive: true });
    scratch.write('broken/run.json', '{"experiment": 1}');
    scratch.write('broken/config.yaml', 'name: broken\n');
    scratch.write('bad.json', '{}');
    scratch.write('begun/sweep.json', '{"name": "begun"}');
    const { code, stderr } = await mho.run(args, scratch.folder);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
    expect(existsSync(scratch.path('x.html')) || existsSync(scratch.path('x.figures'))).toBe(false);
  });
});

const title = chromium ?? 'skipped: no chromium is installed, and CHROMIUM names none';

describe.skipIf(chromium === undefined)(`a report in a browser (${title})`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });

  const views = (['light', 'dark'] as const).flatMap((scheme) => [1280, 400].map((width) => [scheme, width] as const));

  it.each(views)('is whole and legible: %s, %i pixels wide', async (scheme, width) => {
    const file = scratch.path('all.html');
    const { page, requests, messages } = await openReport(browser, file, scheme, width);
    expect(messages).toEqual([]);
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href]);
    const { wide, window, sticking } = await overflow(page);
    expect({ wide, sticking }).toEqual({ wide: window, sticking: [] });
    expect(await clippedLetters(page)).toEqual([]);
    const all = await contrasts(page);
    expect(all.length).toBeGreaterThan(300);
    expect(all.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    await page.close();
  });

  it('has no two elements of one id', async () => {
    const { page } = await openReport(browser, scratch.path('all.html'), 'light', 1280);
    const ids = await page.evaluate(() => Array.from(document.querySelectorAll('[id]')).map(({ id }) => id));
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(ids.length).toBeGreaterThan(20);
  });

  it('is light on paper, with every configuration open, also where the screen is dark', async () => {
    const { page } = await openReport(browser, scratch.path('all.html'), 'dark', 1280);
    await page.emulateMediaType('print');
    const seen = await page.evaluate(() => ({
      paper: getComputedStyle(document.body).backgroundColor,
      configured: Array.from(document.querySelectorAll('#configuration td')).every(
        (cell) => cell.getBoundingClientRect().height > 0,
      ),
    }));
    expect(seen).toEqual({ paper: 'rgb(255, 255, 255)', configured: true });
    expect((await contrasts(page)).filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    expect(Buffer.from(pdf).subarray(0, 4).toString()).toBe('%PDF');
  });
});
