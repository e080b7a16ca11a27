import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { rolldown } from 'rolldown';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const named = process.env.CHROMIUM;

/** The browser that tests drive: `CHROMIUM`, or what a system's packages install; undefined where there is none. */
export const chromium = (named === undefined ? places : [named]).find((file) => existsSync(file));

/** Chromium's own software driver, so that the test means the same everywhere. */
const flags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--disable-dev-shm-usage'];

/** A headless browser. A container's user may not make a sandbox; the pages are our own. */
export function launchBrowser(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? [...flags, '--no-sandbox'] : flags;
  return puppeteer.launch({ executablePath: chromium!, headless: true, args });
}

/** A module and all that it imports as one script for a browser. */
async function bundle(entry: string): Promise<string> {
  // Packages of Node's own that code asks for at run time, where they are.
  const build = await rolldown({ input: entry, platform: 'browser', external: ['webgpu'], logLevel: 'silent' });
  const { output } = await build.generate({ format: 'esm', codeSplitting: false });
  await build.close();
  return output[0].code;
}

/** A page with a module of ours in a headless browser, and a server of both on the loopback interface. */
export class BrowserPage {
  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
    readonly page: Page,
    readonly script: string,
  ) {}

  static async open(entry: string): Promise<BrowserPage> {
    const script = await bundle(entry);
    const server = createServer(({ url }, response) => {
      const isScript = url === '/page.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(
        isScript ? script : '<!doctype html><title>Mho</title><script type="module" src="/page.js"></script>',
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return new BrowserPage(server, browser, page, script);
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.close();
  }
}
