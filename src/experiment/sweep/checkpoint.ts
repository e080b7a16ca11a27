import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { KeptExperiment } from '../keeper.js';
import { writeWhole } from '../whole-file.js';

/** First bytes of a checkpoint; the number goes up where what follows changes its form. */
const mark = Buffer.from('mho-checkpoint 2\n');
const digestLength = 32;

/**
 * The file in which a trial that is under way is kept: `checkpoints/<trial>`, a mark, a SHA-256, and what was kept in the form
 * of Node's structured clones. The trial's name stands for its configuration and the version of the code, and is part of
 * what the digest is taken over. For who holds the trial.
 */
export class Checkpoint {
  private readonly file: string;

  constructor(
    private readonly folder: string,
    private readonly trial: string,
  ) {
    this.file = path.join(folder, trial);
  }

  /** What was kept; undefined where nothing was, or what is there is not a whole checkpoint of this trial. */
  read(): KeptExperiment | undefined {
    try {
      const content = readFileSync(this.file);
      const [start, body] = [mark.length + digestLength, content.subarray(mark.length + digestLength)];
      const intact =
        content.subarray(0, mark.length).equals(mark) &&
        this.digestOf(body).equals(content.subarray(mark.length, start));
      return intact ? (deserialize(body) as KeptExperiment) : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws RunError where it cannot be written; what was kept before is still there */
  write(kept: KeptExperiment): void {
    mkdirSync(this.folder, { recursive: true });
    const body = serialize(kept);
    writeWhole(this.file, Buffer.concat([mark, this.digestOf(body), body]));
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }

  /** Removes what a process that was killed while it wrote left. */
  clear(): void {
    for (const name of namesIn(this.folder))
      if (name.startsWith(`${this.trial}.`)) rmSync(path.join(this.folder, name), { force: true });
  }

  private digestOf(body: Buffer): Buffer {
    return createHash('sha256').update(`${this.trial}\n`).update(body).digest();
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
