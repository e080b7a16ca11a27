// Trains what the tables of docs/neurosim.md are measured from. Every run is `mho run` and leaves its folder in
// runs/neurosim/. A run folder is whole or absent, so a loop that was stopped goes on where it was: folders of the present
// commit are taken as they are, others are trained anew.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'runs/neurosim');
const { describeEnvironment } = await import(path.join(root, 'dist/src/experiment/environment.js'));
export const commit = describeEnvironment().commit ?? 'no commit';

/** A FeFET is itself a transistor: nothing is in series with it. */
const ofDevice = { 'hzo-fefet': ['crossbar.accessResistance=none'] };
/** 20 epochs, 160,000 images. */
const short = ['training.epochs=20'];

/**
 * Trains what is not there yet, some processes at a time; results in the order of the wishes.
 * @param wishes - { name of the device or `software`, variant: { key, experiment, sets }, brief }
 */
export async function trainAll(wishes, { seeds, jobs }) {
  const queue = wishes
    .flatMap((wish) => seeds.map((seed) => ({ ...wish, seed })))
    .filter((run) => !isCurrent(placeOf(run)));
  let done = 0;
  const total = queue.length;
  const work = async () => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      await train(run);
      done++;
      console.error(`${done} of ${total}: ${path.basename(placeOf(run))}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return wishes.map((wish) => ({ ...wish, results: seeds.map((seed) => resultOf(placeOf({ ...wish, seed }))) }));
}

function placeOf({ name, variant: { key, experiment = 'mlp' }, seed, brief }) {
  const recipe = experiment === 'mlp' ? '' : `${experiment}-`;
  return path.join(folder, `${name}-${recipe}${key}-${brief ? 'short-' : ''}${seed}`);
}

function isCurrent(place) {
  const record = path.join(place, 'run.json');
  if (!existsSync(record)) return false;
  const { commit: of, status } = JSON.parse(readFileSync(record, 'utf8'));
  return of === commit && status === 'complete';
}

function train({ name, variant, brief, ...run }) {
  const place = placeOf({ name, variant, brief, ...run });
  rmSync(place, { recursive: true, force: true });
  const software = name === 'software';
  const sets = software
    ? []
    : [`device=${name}`, ...(ofDevice[name] ?? []), ...(variant.sets ?? []), ...(brief ? short : [])];
  const experiment = software ? 'software' : (variant.experiment ?? 'mlp');
  const file = path.join(root, `configs/experiments/neurosim/${experiment}.yaml`);
  const args = ['run', file, ...sets.flatMap((set) => ['--set', set]), '--seed', String(run.seed), '--out', place];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'bin/mho.js'), ...args, '--quiet'], {
      // Networks that stay at chance are part of the tables, and what `mho run` says of them is not.
      ...{ cwd: root, stdio: ['ignore', 'ignore', 'pipe'] },
    });
    let told = '';
    child.stderr.on('data', (text) => (told += text));
    child.on('close', (code) => {
      if (code === 0) return resolve();
      console.error(told);
      process.exit(code ?? 1);
    });
  });
}

function resultOf(place) {
  const epochs = readFileSync(path.join(place, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const trained = epochs.filter(({ epoch }) => epoch > 0).map(({ accuracy }) => accuracy);
  const tail = trained.slice(-10);
  return { last: trained.at(-1), lastTen: meanOf(tail), best: Math.max(...trained) };
}

export function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample: divided by one less than its size. */
export function deviationOf(values) {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
