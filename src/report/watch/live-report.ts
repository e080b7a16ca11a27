import path from 'node:path';
import { kindOf } from '../../experiment/files.js';
import { figureFiles } from '../figures/figure.js';
import { escaped } from '../page/html.js';
import { reportStyle } from '../page/style.js';
import { makeReport } from '../make-report.js';
import { readResults } from '../results/read.js';
import { stateOf } from './changes.js';
import { liveScript } from './live-script.js';

/** A report of a place as it is now. */
export interface Drawn {
  readonly html: string;
  /** Files of its figures, drawn when they are asked for; undefined of a name that it has not. */
  file(name: string): Promise<string | Uint8Array | undefined>;
}

export const figuresAt = 'figures';

/** Draws reports of a place, each when something has changed since the last. */
export class LiveReport {
  /**
   * Goes up with every change that was seen, from a number that no earlier process had: a page that was left open takes over
   * what a new one draws.
   */
  version = Date.now();
  /** What the last look and the last drawing took [ms]. */
  private lookCost = 0;
  private drawCost = 0;
  private rested = 0;
  private state: string | undefined;
  private drawn: { readonly version: number; readonly report: Promise<Drawn> } | undefined;

  constructor(
    private readonly place: string,
    private readonly commandLine: readonly string[],
  ) {}

  /** Looks at the place; true where it has changed since the last look. */
  look(): boolean {
    const started = performance.now();
    const state = stateOf(path.resolve(this.place));
    this.rested = performance.now();
    this.lookCost = this.rested - started;
    if (state === this.state) return false;
    this.state = state;
    this.version++;
    return true;
  }

  /** Whether enough time has gone by for another look and drawing: a quarter of one core at most, however large a sweep is. */
  isRested(): boolean {
    return performance.now() - this.rested >= 3 * (this.lookCost + this.drawCost);
  }

  current(): Promise<Drawn> {
    if (this.drawn?.version !== this.version) this.drawn = { version: this.version, report: this.timed() };
    return this.drawn.report;
  }

  private async timed(): Promise<Drawn> {
    const started = performance.now();
    const drawn = await this.draw();
    this.rested = performance.now();
    this.drawCost = this.rested - started;
    return drawn;
  }

  /** @param again - so many times at most where a run got its place meanwhile, and what was read of it is not whole */
  private async draw(again = 3): Promise<Drawn> {
    try {
      const results = readResults([this.place], true);
      const options = { commandLine: this.commandLine, figuresAt, live: liveScript };
      const { html, figures } = await makeReport(results, options);
      const moved = results.runs.some(({ folder }) => kindOf(folder) !== 'folder');
      if (moved && again > 0) return await this.draw(again - 1);
      return {
        html,
        file: async (name) => {
          const figure = figures.find((one) => name.startsWith(`${one.name}.`));
          return figure && new Map(await figureFiles(figure)).get(name);
        },
      };
    } catch (error) {
      // Half-written files are whole at the next look; what is not there yet will come.
      return {
        html: waiting(error instanceof Error ? error.message : String(error)),
        file: () => Promise.resolve(undefined),
      };
    }
  }
}

function waiting(reason: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>Waiting for results</title><style>${reportStyle}</style></head>
<body><main><header><h1>Waiting for results</h1><p>${escaped(reason)}</p></header></main><script>${liveScript}</script></body></html>
`;
}
