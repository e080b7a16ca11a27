// Trains the MLP+NeuroSim benchmark over the device library and measures the tables of docs/neurosim.md.
//   node scripts/neurosim-table.mjs                      the document's tables, each with its own seeds, into it
//   node scripts/neurosim-table.mjs --table library      one table; printed, the document stays
//   node scripts/neurosim-table.mjs --seeds 1-5 --jobs 2 other seeds, more processes at a time
// How runs are kept: scripts/neurosim-runs.mjs. Measure on a clean working tree. It runs what is built: node
// scripts/build.mjs first.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { commit, deviationOf, meanOf, root, trainAll } from './neurosim-runs.mjs';

const { studentQuantile, studentWithin } = await import(path.join(root, 'dist/src/statistics/student.js'));
const document = path.join(root, 'docs/neurosim.md');

/** Published accuracies in percent, with the letter of their source in the document. */
const published = {
  ...{ software: '96 to 97 (a)', epiram: '92 (a)', 'ag-asi': '72 (a), 73 (b, c)', 'hzo-fefet': '90 (c)' },
  ...{ 'alox-hfo2': '41 (b, c)', pcmo: '10 (b, c)', 'taox-tio2': '10 (b, c)', 'taox-hfox': '', 'gst-pcm': '' },
};
const devices = Object.keys(published).filter((name) => name !== 'software');

const all = { title: 'all habits', key: 'all' };
const noAccess = { title: 'without access resistance', key: 'no-access', sets: ['crossbar.accessResistance=none'] };
const exactWrite = {
  title: 'initial weights written whole',
  key: 'exact-write',
  sets: ['crossbar.initialWrite=exact'],
};
const plain = {
  ...{ title: 'none of the first four', key: 'plain' },
  sets: ['crossbar.accessResistance=none', 'crossbar.initialWrite=exact', 'crossbar.converters=none'],
};
/** V3.0's habits by what is put in their place. */
const habits = [
  ...[all, noAccess, exactWrite],
  { title: 'outputs not quantised', key: 'no-adc', sets: ['crossbar.converters.forwardOutput.bits=16'] },
  {
    ...{ title: 'hidden layer read with its own values', key: 'no-threshold' },
    sets: ['crossbar.converters=none', 'crossbar.converters={forwardOutput: {bits: 7, max: full-scale}}'],
  },
  { title: 'pulses drawn, not rounded', key: 'stochastic', sets: ['crossbar.pulsePolicy=stochastic'] },
  { title: 'errors passed back after the update', key: 'after-update', sets: ['training.errorPath=after-update'] },
  plain,
];

/** Of V1.0. */
const early = (title, key, sets) => ({ title, key, sets, experiment: 'mlp-v1' });
const asIs = early('V1.0 and V2.0', 'all');
const access = (kilohms) => early(`${kilohms} kΩ`, `access-${kilohms}`, [`crossbar.accessResistance=${kilohms} kohm`]);
const tables = {
  library: { make: libraryTable, seeds: '1-3' },
  ranking: { make: rankingTable, seeds: '1-20' },
  habits: { make: habitsTable, seeds: '1-3' },
  chance: { make: chanceTable, seeds: '1-3' },
  sized: { make: sizedTable, seeds: '1-3' },
  early: { make: earlyTable, seeds: '1-3' },
  'early-access': { make: earlyAccessTable, seeds: '1-3' },
};
const usage = `node scripts/neurosim-table.mjs [--table ${Object.keys(tables).join('|')}] [--seeds 1-3] [--jobs 1]`;
const told = optionsOf(process.argv.slice(2));
if (told.help) {
  console.log(usage);
  process.exit(0);
}
if (told.table !== undefined && !(told.table in tables)) {
  fail(`--table: got ${told.table}, expected one of ${Object.keys(tables).join(', ')}`);
}
const jobs = Number(told.jobs);
if (!Number.isInteger(jobs) || jobs < 1) fail(`--jobs: got ${told.jobs}, expected a whole number from 1 up`);
if (told.seeds !== undefined) seedsOf(told.seeds);

const measured = new Map();
const shown = Object.keys(tables).filter((name) => readFileSync(document, 'utf8').includes(`<!-- table ${name} -->`));
for (const name of told.table === undefined ? shown : [told.table]) {
  const { make, seeds } = tables[name];
  const range = told.seeds ?? seeds;
  const train = (wishes) => trainAll(wishes, { seeds: seedsOf(range), jobs });
  measured.set(name, [stamp(range), await make(train)].join('\n\n'));
}
if (told.table !== undefined) console.log(measured.get(told.table));
else fillDocument();

/** Accuracy of every device and of float weights. */
async function libraryTable(train) {
  const runs = await train(['software', ...devices].map((name) => ({ name, variant: all })));
  const rows = runs.map(({ name, results }) => [
    name === 'software' ? 'float weights (`software`)' : `\`${name}\``,
    percent(results.map(({ last }) => last)),
    percent(results.map(({ lastTen }) => lastTen)),
    percent(results.map(({ best }) => best)),
    publishedOf(name),
  ]);
  rows.sort((a, b) => parseFloat(b[2]) - parseFloat(a[2]));
  return markdown(['device', 'last epoch', 'mean of the last 10', 'best epoch', 'published'], rows);
}

/** Whether the two devices are told apart that few seeds leave beside each other. */
async function rankingTable(train) {
  const runs = await train(['pcmo', 'alox-hfo2'].map((name) => ({ name, variant: all })));
  const kinds = [
    ['last epoch', 'last'],
    ['mean of the last 10', 'lastTen'],
    ['best epoch', 'best'],
  ];
  const rows = kinds.map(([title, key]) => {
    const [one, other] = runs.map(({ results }) => results.map((result) => result[key]));
    const { difference, half, p } = welch(one, other);
    return [title, percent(one), percent(other), `${fixed(difference)} ± ${fixed(half)}`, p];
  });
  return markdown(['', '`pcmo`', '`alox-hfo2`', 'difference, 95 %', 'p (Welch)'], rows);
}

/** What each habit costs: soon, and at the benchmark's end. */
async function habitsTable(train) {
  const columns = [
    ['`epiram`, 160,000', 'epiram', true],
    ['`epiram`, a million', 'epiram', false],
    ['`ag-asi`, 160,000', 'ag-asi', true],
  ];
  return byVariant(train, habits, columns);
}

/** What leaves the devices at chance that stay there. */
async function chanceTable(train) {
  const columns = ['gst-pcm', 'taox-tio2'].map((name) => [`\`${name}\``, name, true]);
  return byVariant(train, [all, noAccess, exactWrite, plain], columns);
}

/**
 * The order where each transistor is sized to its cell, by the rule that SubArray.cpp has for it, and where cells are also
 * written whole; a FeFET has no transistor in series.
 */
async function sizedTable(train) {
  const sized = { key: 'sized', sets: ['crossbar.accessResistance={ofOn: 0.1}'] };
  const whole = { key: 'sized-whole', sets: [...sized.sets, ...exactWrite.sets] };
  const both = devices.flatMap((name) =>
    (name === 'hzo-fefet' ? [all, exactWrite] : [sized, whole]).map((variant) => ({ name, variant })),
  );
  const runs = await train(both);
  const rows = devices.map((device) => {
    const [{ results }, { results: written }] = runs.filter(({ name }) => name === device);
    return [
      `\`${device}\``,
      percent(results.map(({ last }) => last)),
      percent(results.map(({ lastTen }) => lastTen)),
      percent(results.map(({ best }) => best)),
      percent(written.map(({ lastTen }) => lastTen)),
    ];
  });
  rows.sort((a, b) => parseFloat(b[2]) - parseFloat(a[2]));
  const title = 'cells written whole as well: mean of the last 10';
  return markdown(['device', 'last epoch', 'mean of the last 10', 'best epoch', title], rows);
}

/** The recipe of V1.0: runs either learn or stay at chance, so both are told. */
async function earlyTable(train) {
  const inSeries = { ...access(6), title: ', 6 kΩ' };
  const otherLabels = early(', labels of (c)', 'labels', [
    'device.nonlinearity.ltp.label=0.66',
    'device.nonlinearity.ltd.label=-0.69',
  ]);
  const runs = await train([
    ...devices.map((name) => ({ name, variant: { ...asIs, title: '' } })),
    { name: 'alox-hfo2', variant: inSeries },
    { name: 'taox-tio2', variant: otherLabels },
  ]);
  const ranked = runs.map(({ name, variant, results }) => ({
    order: middleOf(results.map(({ lastTen }) => lastTen)),
    row: [
      `\`${name}\`${variant.title}`,
      percent(results.map(({ last }) => last)),
      percent(results.map(({ lastTen }) => lastTen)),
      percent(results.map(({ best }) => best)),
      learning(results),
      publishedOf(name, /\d+ \(a\)(, )?/),
    ],
  }));
  ranked.sort((a, b) => b.order - a.order);
  const head = ['device', 'last epoch', 'mean of the last 10', 'best epoch', 'seeds that learn', 'published'];
  return markdown(
    head,
    ranked.map(({ row }) => row),
  );
}

/** How much of the current of cells that are off an access resistance makes up for. */
async function earlyAccessTable(train) {
  const variants = [4, 5, 6, 7, 8, 10, 15].map(access);
  return byVariant(train, variants, [['`alox-hfo2`, 160,000', 'alox-hfo2', true]], 'in series');
}

/** A row a variant, a column a device: [title, device, whether after 160,000 images]. */
async function byVariant(train, variants, columns, first = 'habits') {
  const wishes = columns.flatMap(([, name, brief]) => variants.map((variant) => ({ name, variant, brief })));
  const runs = await train(wishes);
  const cell = ({ results }) => percent(results.map(({ lastTen }) => lastTen));
  const rows = variants.map(({ title }, row) => [
    title,
    ...columns.map((_, column) => cell(runs[column * variants.length + row])),
  ]);
  return markdown([first, ...columns.map(([title]) => title)], rows);
}

/** @param left - what is not of the recipe that a table is about */
function publishedOf(name, left = /^$/) {
  const figures = published[name].replace(left, '');
  return figures === '' ? '' : `about ${figures}`;
}

/** `5 of 8`: seeds that are above what naming one class alone gives, by far. */
function learning(results) {
  return `${results.filter(({ lastTen }) => lastTen > 0.2).length} of ${results.length}`;
}

function middleOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/**
 * Welch's test of two means: their difference, half of its 95 % interval, and the probability of as large a difference
 * where there is none. Degrees of freedom are rounded down, which errs towards silence.
 */
function welch(one, other) {
  const [a, b] = [one, other].map((values) => deviationOf(values) ** 2 / values.length);
  const degrees = Math.floor((a + b) ** 2 / (a ** 2 / (one.length - 1) + b ** 2 / (other.length - 1)));
  const difference = meanOf(one) - meanOf(other);
  const error = Math.sqrt(a + b);
  const p = 1 - studentWithin(Math.abs(difference) / error, degrees);
  return { difference, half: studentQuantile(0.05, degrees) * error, p: p < 1e-4 ? '< 0.0001' : p.toPrecision(2) };
}

function fixed(fraction) {
  return (100 * fraction).toFixed(2);
}

/** `91.59 ± 0.53`, the spread being that over seeds. */
function percent(fractions) {
  const mean = fixed(meanOf(fractions));
  return fractions.length === 1 ? mean : `${mean} ± ${fixed(deviationOf(fractions))}`;
}

function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function stamp(seeds) {
  const day = new Date().toISOString().slice(0, 10);
  const of = commit.replace(/^(.{12})[^+]*/, '$1');
  return `Measured ${day} at ${of}, seeds ${seeds}; percent, mean ± standard deviation over seeds.`;
}

function fillDocument() {
  const filled = [...measured].reduce(
    (whole, [name, table]) => {
      const marks = new RegExp(`(<!-- table ${name} -->\\n)[\\s\\S]*?(<!-- end of table -->)`);
      return whole.replace(marks, (_, start, end) => `${start}\n${table}\n\n${end}`);
    },
    readFileSync(document, 'utf8'),
  );
  writeFileSync(document, filled);
  const prettier = path.join(root, 'node_modules/prettier/bin/prettier.cjs');
  execFileSync(process.execPath, [prettier, '--write', document], { cwd: root, stdio: 'inherit' });
}

function seedsOf(range) {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? fail(`--seeds: got ${range}, expected as 1-3 or 1`);
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i);
}

function optionsOf(args) {
  const text = { type: 'string' };
  const options = { table: text, seeds: text, jobs: { ...text, default: '1' } };
  try {
    return parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    return fail(`${error.message}\n${usage}`);
  }
}

function fail(message) {
  console.error(`neurosim-table: ${message}`);
  process.exit(2);
}
