import { fork, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import { stopMessage, type BatchMessage, type TrialSaid } from './trial-message.js';

/** How a process ended. */
export interface ChildEnd {
  /** As a shell says it: 128 and the number of the signal that ended it. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote. */
  readonly log: string;
  readonly seconds: number;
}

/** Of what a process writes, so much is kept [characters]. */
const keptLog = 64 * 1024;

/** The process of a batch of trials. */
export class Child {
  readonly ended: Promise<ChildEnd>;
  private readonly child: ChildProcess;

  /** @param heard - hears what it says of its trials, before it ends */
  constructor(message: BatchMessage, heard: (said: TrialSaid) => void) {
    const started = performance.now();
    this.child = fork(new URL('./trial-process.js', import.meta.url), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...oneThread },
    });
    let log = '';
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-keptLog)));
    }
    this.child.on('message', heard);
    // A message to a process that just died is an error too; its end is told anyhow.
    this.child.on('error', (error) => (log += `${error.message}\n`));
    this.ended = new Promise((resolve) => {
      // When its outputs are read to their end, not when it exits.
      this.child.on('close', (code, signal) => {
        const seconds = (performance.now() - started) / 1000;
        resolve({ exitCode: exitCodeOf(code, signal), signal, log, seconds });
      });
    });
    this.child.send(message);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  stop(): void {
    if (this.child.connected) this.child.send(stopMessage);
  }
}

/** Trials share the cores out among themselves, also those whose kernels are native. */
const oneThread = { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: '1' };

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? (signal === null ? 1 : 128 + os.constants.signals[signal]);
}
