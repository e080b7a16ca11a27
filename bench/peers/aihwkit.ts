import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { RunError, UsageError } from '../../src/errors.js';

/** Repository root; this file runs from dist/bench/peers. */
const root = path.resolve(import.meta.dirname, '../../..');
const program = path.join(root, 'bench/peers/aihwkit_mnist.py');

/** Where `python3 -m venv` and `pip install aihwkit` have put it. */
export const defaultPython = path.join(root, '.cache/aihwkit/bin/python');

export interface PeerWindow {
  readonly samplesPerSecond: number;
  readonly aihwkit: string;
  readonly torch: string;
}

/** aihwkit in a Python process of its own that answers one window after the other; it ends with the benchmark. */
export class AihwkitPeer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private complaints = '';

  private constructor(python: string) {
    this.child = spawn(python, [program]);
    this.child.stderr.on('data', (text: Buffer) => (this.complaints += text.toString()));
    this.child.stdin.on('error', () => undefined);
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Starts it.
   * @param python - the file of a Python that has aihwkit
   * @throws UsageError where it cannot be started, before anything is measured
   */
  static async start(python: string): Promise<AihwkitPeer> {
    const remedy = 'python3 -m venv .cache/aihwkit && .cache/aihwkit/bin/pip install aihwkit==1.1.0 torch==2.11.0';
    if (!existsSync(python)) throw new UsageError({ where: 'bench: aihwkit', what: `no ${python}`, remedy });
    const peer = new AihwkitPeer(python);
    try {
      await once(peer.child, 'spawn');
    } catch (error) {
      const what = `${python} cannot be started: ${error instanceof Error ? error.message : String(error)}`;
      throw new UsageError({ where: 'bench: aihwkit', what, remedy }, { cause: error });
    }
    return peer;
  }

  /** Trains one window, on one thread. */
  async measure(device: string, samples: number): Promise<PeerWindow> {
    this.child.stdin.write(`${JSON.stringify({ device, samples, threads: 1 })}\n`);
    const line: IteratorResult<string, unknown> = await this.lines.next();
    if (line.done !== true) return JSON.parse(line.value) as PeerWindow;
    const last = this.complaints.trim().split('\n').at(-1) ?? '';
    const remedy = 'leave out --peers and --aihwkit, or install the versions that bench/peers/aihwkit_mnist.py names';
    throw new RunError({ where: 'bench: aihwkit', what: `ended with: ${last}`, remedy });
  }

  stop(): void {
    this.child.stdin.end();
  }
}
