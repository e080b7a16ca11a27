import { realpathSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, launchBrowser } from '../browser/chromium.js';
import { openReport } from '../browser/report-page.js';
import { Scratch } from '../experiment/scratch.js';
import { CompiledCommand, finished } from './compiled.js';

/** The command as a real process, beside a real run that it watches. */

const scratch = new Scratch();
let mho: CompiledCommand;
beforeAll(() => {
  mho = new CompiledCommand();
}, 60_000);
afterAll(() => {
  mho.remove();
  scratch.remove();
});

const orhd = path.resolve('configs/experiments/wse2-orhd.yaml');
/** Long enough to be watched; it is interrupted when enough was seen. */
const long = ['run', orhd, '--quiet', '--epochs', '100000', '--set', 'record.idealLine=false', '--out', 'runs/long'];

/** A command that watches, and the address that it prints. */
async function watching(...args: string[]) {
  const child = mho.start(['watch', ...args], scratch.folder);
  const ended = finished(child);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      resolve(data.toString().trim());
    });
    void ended.then(({ stderr }) => {
      reject(new Error(stderr));
    });
  });
  const stop = () => {
    child.kill('SIGINT');
    return ended;
  };
  return { url, stop };
}

/** A request as it is written, which `fetch` would tidy up. */
function asked(url: string, target: string, headers: Record<string, string> = {}, method = 'GET') {
  const { hostname, port } = new URL(url);
  return new Promise<{ status: number; type: string; body: string }>((resolve, reject) => {
    const sent = request({ hostname, port, path: target, headers, method }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode!, type: response.headers['content-type'] ?? '', body });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

const epochsIn = (html: string): number => Number(/<dt>epochs<\/dt><dd>(\d+) of 100000<\/dd>/.exec(html)?.[1] ?? -1);

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe('mho watch', () => {
  it('shows a run that has yet to begin, while it goes on, and when it has ended', async () => {
    scratch.write('runs/.keep', '');
    const { url, stop } = await watching('runs/long');
    expect((await asked(url, '/')).body).toContain('Waiting for results');
    const run = mho.start(long, scratch.folder);
    const ended = finished(run);
    const first = await until(async () => {
      const { body } = await asked(url, '/');
      return epochsIn(body) > 0 ? body : undefined;
    });
    const later = await until(async () => {
      const { body } = await asked(url, '/');
      return epochsIn(body) > epochsIn(first) ? body : undefined;
    });
    expect(later).toContain('running');
    run.kill('SIGINT');
    expect((await ended).code).toBe(130);
    const last = await until(async () => {
      const { body } = await asked(url, '/');
      return body.includes('interrupted') ? body : undefined;
    });
    expect(last).toContain('wse2-orhd: confusion matrix');
    expect((await asked(url, '/figures/accuracy.svg')).type).toBe('image/svg+xml');
    expect((await asked(url, '/figures/accuracy.csv')).body).toMatch(/^experiment,network,along,at,/);
    const { code, stderr } = await stop();
    expect(code).toBe(130);
    const told = `nothing there yet: ${path.join(realpathSync(scratch.folder), 'runs/long')}; it is shown once it is there`;
    expect(stderr).toBe(`${told}\nCtrl-C ends it\n`);
  }, 120_000);

  it('hands out nothing but the report and its figures, and to this machine alone', async () => {
    scratch.write('runs/secret.txt', 'secret');
    const { url, stop } = await watching('runs');
    const paths = [
      '/../secret.txt',
      '/secret.txt',
      '/figures/../secret.txt',
      '/figures/..%2fsecret.txt',
      '//etc/passwd',
    ];
    for (const target of [
      ...paths,
      '/figures/%2e%2e/%2e%2e/etc/passwd',
      '/figures/accuracy.svg/../../runs/secret.txt',
    ]) {
      const { status, body } = await asked(url, target);
      expect([target, status]).toEqual([target, 404]);
      expect(body).not.toMatch(/secret$|root:/);
    }
    expect((await asked(url, '/', { host: 'elsewhere.example' })).status).toBe(403);
    expect((await asked(url, '/', {}, 'POST')).status).toBe(405);
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const { port } = new URL(url);
    const second = await mho.run(['watch', 'runs', '--port', port], scratch.folder);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(new RegExp(`^--port ${port}: cannot be listened on: .*EADDRINUSE`));
    await stop();
  }, 60_000);

  it.each([
    [['--port', 'x'], /--port: got "x", expected a whole number from 0 to 65535/],
    [['--port', '70000'], /--port: got "70000"/],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await mho.run(['watch', '.', ...options], scratch.folder);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it('refuses a place in a folder that is not there', async () => {
    const { code, stderr } = await mho.run(['watch', 'none/of/it'], scratch.folder);
    expect(stderr).toMatch(/^none\/of\/it: is no folder, and none can come to be there; name the folder of a run/);
    expect(code).toBe(2);
  });
});

const title = chromium ?? 'skipped: no chromium is installed, and CHROMIUM names none';

describe.skipIf(chromium === undefined)(`mho watch in a browser (${title})`, () => {
  it('brings the page up to date by itself', async () => {
    scratch.write('live/.keep', '');
    const run = mho.start([...long.slice(0, -1), 'live/run'], scratch.folder);
    const ended = finished(run);
    const { url, stop } = await watching('live/run');
    const browser = await launchBrowser();
    try {
      const { page, messages } = await openReport(browser, url, 'light', 1280);
      const shown = (): Promise<number> => page.evaluate(() => document.body.innerHTML).then(epochsIn);
      const first = await until(async () => ((await shown()) > 0 ? shown() : undefined));
      await until(async () => ((await shown()) > first ? true : undefined));
      run.kill('SIGINT');
      await ended;
      await until(() => page.evaluate(() => (document.body.innerHTML.includes('interrupted') ? true : undefined)));
      expect(messages).toEqual([]);
    } finally {
      await browser.close();
      run.kill('SIGINT');
      await stop();
    }
  }, 120_000);
});
