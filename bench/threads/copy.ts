import { parentPort, workerData } from 'node:worker_threads';
import { Trainee } from '../trainee.js';
import { copyStates, copyWords } from './windows.js';

/** A thread's program: trains a window whenever the measuring thread says so. */
const { words, experiment } = workerData as { readonly words: Int32Array; readonly experiment: string };

const trainee = await Trainee.start(experiment, {});
Atomics.store(words, copyWords.state, copyStates.idle);
parentPort!.postMessage('ready');
for (;;) {
  Atomics.wait(words, copyWords.state, copyStates.idle);
  trainee.train(words[copyWords.step]!, words[copyWords.count]!);
  Atomics.store(words, copyWords.state, copyStates.idle);
  Atomics.notify(words, copyWords.state);
}
