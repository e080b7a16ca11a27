// Draws the pictures of docs/physics.md: every figure of every shipped characterization, as
// docs/pictures/physics/<characterization>.svg.
//   node scripts/physics-pictures.mjs            draws them all anew
//   node scripts/physics-pictures.mjs --check    says which differ from what would be drawn, and writes nothing
// It runs what is built: node scripts/build.mjs first.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'docs/pictures/physics');
const check = process.argv.includes('--check');
const built = (file) => import(path.join(root, 'dist/src', file));

const { characterizationPictures } = await built('report/characterization/files.js');

const drawn = await characterizationPictures();
mkdirSync(folder, { recursive: true });
const present = readdirSync(folder).filter((file) => file.endsWith('.svg'));
const gone = present.filter((file) => !drawn.has(file));
const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
const changed = [...drawn].filter(([name, svg]) => textOf(path.join(folder, name)) !== svg);
if (check) {
  for (const name of [...changed.map(([name]) => name), ...gone])
    console.error(`physics-pictures: ${name} is not current`);
  process.exit(changed.length + gone.length > 0 ? 1 : 0);
}
for (const [name, svg] of changed) writeFileSync(path.join(folder, name), svg);
for (const name of gone) rmSync(path.join(folder, name));
console.log(`${changed.length} drawn anew, ${gone.length} removed, ${drawn.size} in all`);
