// What the converter of the MLP+NeuroSim benchmark does to EpiRAM, by the independent program of
// test/helpers/neurosim-oracle.ts: both currents cut to 8 bits, their difference rounded to 7 bits, or none.
//   node scripts/neurosim-converters.mjs [seeds]     three seeds unless told: two minutes of one core
// It runs what is built: node scripts/build.mjs first.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const source = readFileSync(path.join(root, 'test/helpers/neurosim-oracle.ts'), 'utf8');
const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
const { outputText } = ts.transpileModule(source, { compilerOptions });
const { NeuroSimOracle, brightImages } = await import(
  `data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`
);
const { loadDataset } = await import(path.join(root, 'dist/datasets/registry.js'));
const { deviceFile } = await import(path.join(root, 'dist/src/experiment/device-sheet.js'));
const { deviceFigures } = await import(path.join(root, 'dist/src/experiment/device-figures.js'));
const { loadDevice } = await import(path.join(root, 'dist/src/experiment/loader.js'));

const mnist = await loadDataset('mnist');
const train = brightImages(mnist.train, mnist.train.count);
const test = brightImages(mnist.test, mnist.test.count);
const { states } = loadDevice(deviceFile('epiram')).config;
const device = { ...deviceFigures(deviceFile('epiram')), states: { ltp: states, ltd: states } };
const seeds = Array.from({ length: Number(process.argv[2] ?? 3) }, (_, i) => i + 1);
const [epochs, evaluated] = [20, 5];

for (const converter of ['truncated', 'nearest', 'exact']) {
  const means = seeds.map((seed) => {
    const options = { accessResistance: 15e3, converter, withoutGmin: true, seed: 7919 * seed };
    const oracle = new NeuroSimOracle(device, options);
    const accuracies = Array.from({ length: epochs }, (_, epoch) => {
      oracle.train(train, 8000);
      return epoch >= epochs - evaluated ? oracle.accuracy(test) : 0;
    });
    return accuracies.reduce((sum, a) => sum + a) / evaluated;
  });
  const mean = means.reduce((sum, a) => sum + a) / means.length;
  console.log(`${converter}: ${(100 * mean).toFixed(2)} % (${means.map((a) => (100 * a).toFixed(2)).join(', ')})`);
}
