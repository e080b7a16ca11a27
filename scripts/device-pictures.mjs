// Draws the pictures of docs/devices.md and docs/neurosim.md: every shipped device as docs/pictures/devices/<name>.svg, and
// the examples of the models in docs/devices.md as docs/pictures/models/<name>.svg; and those of docs/fit.md: the label's
// signs, and the TaOx ramps where they are found (npx mho data fetch taox-ramps).
//   node scripts/device-pictures.mjs            draws them all anew
//   node scripts/device-pictures.mjs --check    says which differ from what would be drawn, and writes nothing
// It runs what is built: node scripts/build.mjs first.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const pictures = path.join(root, 'docs/pictures');
const check = process.argv.includes('--check');
const built = (file) => import(path.join(root, 'dist/src', file));

const { shippedConfigs } = await built('experiment/files.js');
const { loadDevice } = await built('experiment/loader.js');
const { deviceCurves } = await built('report/device/curves.js');
const { documentedDevices } = await built('report/device/documented.js');
const { deviceSvg } = await built('report/device/plot-device.js');
const { documentedFit } = await built('report/fit/documented.js');
const { labelSignsChart } = await built('report/device/label-signs.js');
const { renderSvg } = await built('report/render.js');

const shipped = [...shippedConfigs('devices')].map(([name, file]) => ['devices', name, loadDevice(file).config]);
const documented = documentedDevices(readFileSync(path.join(root, 'docs/devices.md'), 'utf8'));
const all = [...shipped, ...[...documented].map(([name, config]) => ['models', name, config])];

const drawn = new Map();
for (const [folder, name, config] of all) {
  const svg = await deviceSvg(deviceCurves(config), config.name ?? name, config.model);
  drawn.set(`${folder}/${name}.svg`, `${svg}\n`);
}
drawn.set('fit/label-signs.svg', `${await renderSvg(labelSignsChart())}\n`);
const fitted = await documentedFit();
if (fitted.size === 0)
  console.error('device-pictures: the TaOx ramps are not found, fit/taox*.svg are left as they are');
for (const [name, svg] of fitted) drawn.set(name, svg);
for (const folder of ['devices', 'models', 'fit']) mkdirSync(path.join(pictures, folder), { recursive: true });
const present = ['devices', 'models'].flatMap((folder) =>
  readdirSync(path.join(pictures, folder)).map((file) => `${folder}/${file}`),
);
const gone = present.filter((file) => file.endsWith('.svg') && !drawn.has(file));
const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
const changed = [...drawn].filter(([name, svg]) => textOf(path.join(pictures, name)) !== svg);
if (check) {
  for (const name of [...changed.map(([name]) => name), ...gone])
    console.error(`device-pictures: ${name} is not current`);
  process.exit(changed.length + gone.length > 0 ? 1 : 0);
}
for (const [name, svg] of changed) writeFileSync(path.join(pictures, name), svg);
for (const name of gone) rmSync(path.join(pictures, name));
console.log(`${changed.length} drawn anew, ${gone.length} removed, ${drawn.size} in all`);
