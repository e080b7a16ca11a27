import { Worker } from 'node:worker_threads';
import { Trainee } from '../trainee.js';

/** What the rows of one window took, milliseconds, all for the same samples of the same network. */
export interface Window {
  readonly step: number;
  readonly one: number;
  /** Two threads as users get them: kept to as long as they are faster. */
  readonly two: number;
  /** Two threads that always work together. */
  readonly always: number;
  /** One thread, and a copy of it on another core at the same time: until both are done. */
  readonly copies: number;
}

export interface Measuring {
  readonly experiment: string;
  readonly samples: number;
  readonly perWindow: number;
}

/** Words that a copy's thread and the measuring one share: what is to be done, and the window's first step. */
export const copyWords = { state: 0, step: 1, count: 2 } as const;
export const copyStates = { starting: 0, idle: 1, training: 2 } as const;

/** One more one-thread session, in a thread of its own. */
class Copy {
  private readonly words = new Int32Array(new SharedArrayBuffer(12));
  private readonly worker: Worker;
  /** Resolves once it stands by. */
  readonly ready: Promise<void>;

  constructor(experiment: string) {
    this.worker = new Worker(new URL('./copy.js', import.meta.url), { workerData: { words: this.words, experiment } });
    this.ready = new Promise((resolve, reject) =>
      this.worker
        .once('message', () => {
          resolve();
        })
        .once('error', reject),
    );
  }

  begin(step: number, count: number): void {
    this.words[copyWords.step] = step;
    this.words[copyWords.count] = count;
    Atomics.store(this.words, copyWords.state, copyStates.training);
    Atomics.notify(this.words, copyWords.state);
  }

  awaitEnd(): void {
    Atomics.wait(this.words, copyWords.state, copyStates.training);
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}

/** Measures all rows window by window, each row being first in turn: a machine that drifts drifts for all of them. */
export async function measureWindows({ experiment, samples, perWindow }: Measuring): Promise<Window[]> {
  const copy = new Copy(experiment);
  const one = await Trainee.start(experiment, {});
  const two = await Trainee.start(experiment, { threads: 2 });
  const always = await Trainee.start(experiment, { threads: 2, pace: 'always' });
  const beside = await Trainee.start(experiment, {});
  await copy.ready;
  const copies = (step: number): void => {
    copy.begin(step, perWindow);
    beside.train(step, perWindow);
    copy.awaitEnd();
  };
  const windows: Window[] = [];
  for (let step = 0; step < samples; step += perWindow) {
    const rows = [
      () => ({
        one: taken(() => {
          one.train(step, perWindow);
        }),
      }),
      () => ({
        two: taken(() => {
          two.train(step, perWindow);
        }),
      }),
      () => ({
        always: taken(() => {
          always.train(step, perWindow);
        }),
      }),
      () => ({
        copies: taken(() => {
          copies(step);
        }),
      }),
    ];
    const turn = windows.length % rows.length;
    const times = [...rows.slice(turn), ...rows.slice(0, turn)].map((row) => row());
    windows.push({ step, ...(Object.assign({}, ...times) as Omit<Window, 'step'>) });
  }
  for (const trainee of [one, two, always, beside]) trainee.dispose();
  await copy.stop();
  return windows;
}

/** Milliseconds. */
function taken(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
