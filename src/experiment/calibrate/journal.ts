import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { z } from 'zod';
import { RunError } from '../../errors.js';
import { displayPath } from '../place.js';

const common = {
  family: z.string(),
  target: z.string(),
  /** From 0, the cheapest. */
  rung: z.int().min(0),
  candidate: z.int().min(0),
  parameters: z.record(z.string(), z.number()),
  seed: z.int().min(0),
  /** Digest of the configuration without the seed: with it, what decides the result. */
  config: z.string(),
  commit: z.string().nullable(),
};

const trained = z.strictObject({
  ...common,
  /** Fraction of the test images, after the last epoch. */
  accuracy: z.number(),
  correct: z.int(),
  count: z.int(),
  seconds: z.number(),
});
const failed = z.strictObject({ ...common, error: z.string() });

/** One run of a calibration, as a line of `runs.jsonl` says it. */
export type TrainedLine = z.output<typeof trained>;
export type FailedLine = z.output<typeof failed>;
export type RunLine = TrainedLine | FailedLine;

/**
 * The runs of a calibration, one line of JSON each, written as each ends. A run that is there is known by its
 * configuration and seed, and is not run again; one that failed is.
 */
export class Journal {
  private readonly known = new Map<string, TrainedLine>();
  private readonly lines: RunLine[] = [];

  /**
   * @param file - read where it exists; a last line that a killed process left unfinished is cut off
   * @throws RunError where another line is no run
   */
  constructor(private readonly file: string) {
    if (!existsSync(file)) return;
    const text = wholeLines(file);
    for (const [i, line] of text.split('\n').entries()) if (line !== '') this.remember(parsed(line, file, i + 1));
  }

  find(config: string, seed: number): TrainedLine | undefined {
    return this.known.get(keyOf(config, seed));
  }

  /** Every line, failed runs included. */
  all(): readonly RunLine[] {
    return this.lines;
  }

  /** @throws RunError where the line cannot be written */
  add(line: RunLine): void {
    try {
      appendFileSync(this.file, `${JSON.stringify(line)}\n`);
    } catch (error) {
      const what = `cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      throw new RunError({ where: displayPath(this.file), what, remedy: 'check the free space' }, { cause: error });
    }
    this.remember(line);
  }

  private remember(line: RunLine): void {
    this.lines.push(line);
    if ('accuracy' in line) this.known.set(keyOf(line.config, line.seed), line);
  }
}

function keyOf(config: string, seed: number): string {
  return `${config} ${seed}`;
}

/** The text up to its last line break; what comes after was torn and goes. */
function wholeLines(file: string): string {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(file, end);
  return bytes.subarray(0, end).toString('utf8');
}

function parsed(text: string, file: string, number: number): RunLine {
  const refuse = (): never => {
    const remedy = 'take the line out; its run will be made again';
    throw new RunError({ where: `${displayPath(file)}:${number}`, what: 'is not a run of a calibration', remedy });
  };
  try {
    return z.union([trained, failed]).safeParse(JSON.parse(text)).data ?? refuse();
  } catch {
    return refuse();
  }
}
