import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernels } from '../../kernels/register.js';
import { layouts } from '../../kernels/online-sgd/webgpu/layout.js';
import { BrowserPage, chromium } from './chromium.js';
import { networkOf } from './network.js';
import { trainedBy, type PageBackend, type Trained, type page } from './page.js';

/** The kernels as a page in a browser runs them, against the reference in Node. */

const title = chromium ?? 'skipped: no chromium is installed, and CHROMIUM names none';

describe.skipIf(chromium === undefined)(`in a browser (${title})`, () => {
  let browser: BrowserPage;
  let expected: Trained;
  beforeAll(async () => {
    browser = await BrowserPage.open(path.resolve('test/browser/page.ts'));
    expected = await trainedBy(await kernels.cpu.OnlineSgd.open([networkOf(1), networkOf(2)]));
  });
  afterAll(async () => {
    await browser.close();
  });

  const trained = (backend: PageBackend): Promise<Trained> =>
    browser.page.evaluate((name) => (globalThis as unknown as { mho: typeof page }).mho.train(name), backend);

  it('the page needs nothing of Node', () => {
    expect(browser.script).not.toMatch(/from ["']node:/);
  });

  it('the GPU has the arithmetic of the other backends', async () => {
    const found = await browser.page.evaluate(() => (globalThis as unknown as { mho: typeof page }).mho.adapter());
    expect(found).toEqual({ name: expect.stringMatching(/swiftshader/) as string, deviations: [] });
  });

  it('the networks learn at all', () => {
    const untrained = networkOf(1).states[0]!.plus;
    expect(expected.cells[0]).not.toEqual([...new Uint32Array(untrained.buffer)]);
    expect(new Set(expected.outputs).size).toBeGreaterThan(100);
  });

  it.each([...layouts, 'wasm'] as const)('two replicas have the bits of the reference: %s', async (backend) => {
    expect(await trained(backend)).toEqual(expected);
  });
});
