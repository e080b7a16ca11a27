import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A folder of a test's own, gone when the test is. */
export class Scratch {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'mho-test-'));

  path(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  /** Writes a file and names it. */
  write(name: string, content: string | Uint8Array): string {
    const file = this.path(name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  /** What lies in the folder, hidden files too, in order. */
  names(): string[] {
    return readdirSync(this.folder).sort();
  }

  remove(): void {
    // A process that was just ended may have begun a file.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** The message of what an action throws; fails where it throws nothing. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('expected an error, got none');
}

/** A complete experiment on an ideal device; each test changes what it is about. */
export const smallExperiment = `name: small
dataset: { name: orhd }
network:
  layers:
    - units: 4
    - units: 10
device: { model: ideal }
training:
  learningRate: 0.1
  epochs: 1
`;

/** A complete device with cells. */
export const smallDevice = `model: exponential
gMin: 1 nS
gMax: 10 nS
states: 30
nonlinearity:
  ltp: { label: 2 }
  ltd: { label: -4 }
`;
