// Draws the picture of results that the README opens with, docs/pictures/reproduction/accuracy.svg, of the table beside it.
//   node scripts/result-pictures.mjs            draws it anew
//   node scripts/result-pictures.mjs --check    says whether it differs from what would be drawn, and writes nothing
// It runs what is built: node scripts/build.mjs first. The table is made by `mho report`: docs/report.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const pictures = path.join(root, 'docs/pictures');
const { documentedResults } = await import(path.join(root, 'dist/src/report/documented-results.js'));

const drawn = await documentedResults(pictures);
const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
const changed = [...drawn].filter(([name, svg]) => textOf(path.join(pictures, name)) !== svg);
if (process.argv.includes('--check')) {
  for (const [name] of changed) console.error(`result-pictures: ${name} is not current`);
  process.exit(changed.length > 0 ? 1 : 0);
}
for (const [name, svg] of changed) writeFileSync(path.join(pictures, name), svg);
console.log(`${changed.length} drawn anew, ${drawn.size} in all`);
