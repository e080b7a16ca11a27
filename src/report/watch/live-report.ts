import path from 'node:path';
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
  /** Goes up with every change that was seen. */
  version = 0;
  private state: string | undefined;
  private drawn: { readonly version: number; readonly report: Promise<Drawn> } | undefined;

  constructor(
    private readonly place: string,
    private readonly commandLine: readonly string[],
  ) {}

  /** Looks at the place; true where it has changed since the last look. */
  look(): boolean {
    const state = stateOf(path.resolve(this.place));
    if (state === this.state) return false;
    this.state = state;
    this.version++;
    return true;
  }

  current(): Promise<Drawn> {
    if (this.drawn?.version !== this.version) this.drawn = { version: this.version, report: this.draw() };
    return this.drawn.report;
  }

  private async draw(): Promise<Drawn> {
    try {
      const results = readResults([this.place], true);
      const options = { commandLine: this.commandLine, figuresAt, live: liveScript };
      const { html, figures } = await makeReport(results, options);
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
