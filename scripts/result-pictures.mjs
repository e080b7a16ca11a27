// Draws the pictures of results of the tables beside them: docs/pictures/reproduction/accuracy.svg, with which the README opens,
// and those of docs/sweeps.md.
//   node scripts/result-pictures.mjs            draws them anew
//   node scripts/result-pictures.mjs --check    says which differ from what would be drawn, and writes nothing
//   node scripts/result-pictures.mjs --take sweeps/states-orhd …   takes the tables of finished sweeps first
// It runs what is built: node scripts/build.mjs first. The README's table is made by `mho report`: docs/report.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const pictures = path.join(root, 'docs/pictures');
const { documentedResults } = await import(path.join(root, 'dist/src/report/documented-results.js'));

const { keptTable } = await import(path.join(root, 'dist/src/report/documented-sweeps.js'));
const { readSweep } = await import(path.join(root, 'dist/src/report/results/sweep.js'));

const [option, ...folders] = process.argv.slice(2);
for (const folder of option === '--take' ? folders : []) {
  const sweep = readSweep(path.resolve(folder));
  writeFileSync(path.join(pictures, `sweeps/${sweep.name}.csv`), keptTable(sweep));
}

const drawn = await documentedResults(pictures);
const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
const changed = [...drawn].filter(([name, svg]) => textOf(path.join(pictures, name)) !== svg);
if (option === '--check') {
  for (const [name] of changed) console.error(`result-pictures: ${name} is not current`);
  process.exit(changed.length > 0 ? 1 : 0);
}
for (const [name, svg] of changed) writeFileSync(path.join(pictures, name), svg);
console.log(`${changed.length} drawn anew, ${drawn.size} in all`);
