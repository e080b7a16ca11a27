// Makes a sweep whose trials are all finished, as `mho sweep` would leave it but without training, to measure how large
// sweeps are resumed and tabulated:
//   node scripts/fill-sweep.mjs <folder> <trials>
//   node bin/mho.js sweep <folder>.yaml --out <folder> --resume
//   node bin/mho.js results <folder> --csv -o table.csv
// Names, folders and records are real; accuracies are a formula of the point. Needs the built project.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { codeVersion } from '../dist/src/experiment/sweep/code-version.js';
import { experimentFile, openFolder } from '../dist/src/experiment/sweep/folder.js';
import { loadSweep } from '../dist/src/experiment/sweep/load.js';
import { TrialNames, pointLoader, sheetOf, trialsOf } from '../dist/src/experiment/sweep/plan.js';

const [given, count] = process.argv.slice(2);
if (given === undefined || !/^[1-9]\d*$/.test(count ?? '')) {
  console.error('usage: node scripts/fill-sweep.mjs <folder> <trials>');
  process.exit(2);
}
const folder = path.resolve(given);
const trials = Number(count);
const side = Math.min(100, Math.floor(Math.sqrt(trials / 10)) || 1);
const seeds = Math.floor(trials / side ** 2);
const file = `${folder}.yaml`;
const axis = (first, last) => (side === 1 ? [first] : { linspace: [first, last, side] });
writeFileSync(
  file,
  stringify({
    name: path.basename(folder),
    experiment: path.resolve('configs/experiments/wse2-orhd.yaml'),
    overrides: { 'training.epochs': 10, 'record.idealLine': false },
    axes: { 'device.cycleToCycle': axis(0, 0.05), 'device.nonlinearity.ltp.label': axis(0.01, 6) },
    seeds,
  }),
);
const sweep = loadSweep(file);
const code = codeVersion();
const opened = openFolder(folder, sheetOf(sweep, code), stringify(sweep.base.resolved), true, null);
const names = new TrialNames(sweep, code, pointLoader(path.join(folder, experimentFile), sweep));
let made = 0;
for (const trial of trialsOf(sweep, names)) {
  const accuracy = 0.95 - trial.point['device.cycleToCycle'] - trial.point['device.nonlinearity.ltp.label'] / 100;
  const result = {
    ...{
      accuracy,
      accuracyBeforeHold: null,
      retained: null,
      bestAccuracy: accuracy,
      bestEpoch: 10,
      initialAccuracy: 0.1,
    },
    ...{ epochs: 10, samples: 38230, backend: 'wasm', idealAccuracy: null, warnings: 0 },
  };
  const record = {
    ...trial,
    ...{ status: 'finished', exitCode: 0, signal: null, error: null, result, code, host: 'made' },
    ...{ started: '2026-01-01T00:00:00.000Z', seconds: 1, together: 1 },
  };
  const at = opened.trialFolder(trial.hash);
  mkdirSync(at);
  writeFileSync(path.join(at, 'trial.json'), `${JSON.stringify(record, undefined, 2)}\n`);
  made++;
}
console.log(`${made} trials in ${folder}; the sweep is ${file}`);
