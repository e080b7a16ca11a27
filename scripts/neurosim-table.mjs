// Trains the MLP+NeuroSim benchmark over the device library and measures the tables of docs/neurosim.md.
//   node scripts/neurosim-table.mjs                      all tables, seeds 1 to 3, into the document
//   node scripts/neurosim-table.mjs --table library      one of library, habits, chance; printed, the document stays
//   node scripts/neurosim-table.mjs --seeds 1-5 --jobs 2 other seeds, more processes at a time
// Every run is `mho run` and leaves its folder in runs/neurosim/. A run folder is whole or absent, so a loop that was
// stopped goes on where it was: folders of the present commit are taken as they are, others are trained anew. Measure on
// a clean working tree. It runs what is built: node scripts/build.mjs first.
import { spawn } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'runs/neurosim');
const document = path.join(root, 'docs/neurosim.md');
const text = { type: 'string' };
const usage = 'node scripts/neurosim-table.mjs [--table library|habits|chance] [--seeds 1-3] [--jobs 1]';
const told = optionsOf(process.argv.slice(2));
if (told.help) {
  console.log(usage);
  process.exit(0);
}

const seeds = seedsOf(told.seeds);
const jobs = Number(told.jobs);
if (!Number.isInteger(jobs) || jobs < 1) fail(`--jobs: got ${told.jobs}, expected a whole number from 1 up`);

/** Published accuracies in percent, with the letter of their source in the document. */
const published = {
  ...{ software: '96 to 97 (a)', epiram: '92 (a)', 'ag-asi': '72 (a), 73 (b, c)', 'hzo-fefet': '90 (c)' },
  ...{ 'alox-hfo2': '41 (b, c)', pcmo: '10 (b, c)', 'taox-tio2': '10 (b, c)', 'taox-hfox': '', 'gst-pcm': '' },
};
const devices = Object.keys(published).filter((name) => name !== 'software');
/** A FeFET is itself a transistor: nothing is in series with it. */
const ofDevice = { 'hzo-fefet': ['crossbar.accessResistance=none'] };

/** Habits by what is put in their place. */
const habits = [
  ['all habits', 'all', []],
  ['without access resistance', 'no-access', ['crossbar.accessResistance=none']],
  ['initial weights written whole', 'exact-write', ['crossbar.initialWrite=exact']],
  ['outputs not quantised', 'no-adc', ['crossbar.converters.forwardOutput.bits=16']],
  [
    'hidden layer read with its own values',
    'no-threshold',
    ['crossbar.converters=none', 'crossbar.converters={forwardOutput: {bits: 7, max: full-scale}}'],
  ],
  ['pulses drawn, not rounded', 'stochastic', ['crossbar.pulsePolicy=stochastic']],
  ['errors passed back after the update', 'after-update', ['training.errorPath=after-update']],
  [
    'none of the first four',
    'plain',
    ['crossbar.accessResistance=none', 'crossbar.initialWrite=exact', 'crossbar.converters=none'],
  ],
];
/** Habits are compared after 20 epochs, 160,000 images, too. */
const short = ['training.epochs=20'];
const habit = (key) => habits.find(([, name]) => name === key);

const tables = { library: libraryTable, habits: habitsTable, chance: chanceTable };
if (told.table !== undefined && !(told.table in tables)) {
  fail(`--table: got ${told.table}, expected one of ${Object.keys(tables).join(', ')}`);
}
const commit = JSON.parse(JSON.stringify(await presentCommit()));
const chosen = told.table === undefined ? Object.keys(tables) : [told.table];
const measured = new Map();
for (const name of chosen) measured.set(name, await tables[name]());
if (told.table !== undefined) console.log(measured.get(told.table));
else fillDocument();

/** Accuracy of every device and of float weights. */
async function libraryTable() {
  const runs = await trainAll(['software', ...devices].map((name) => ({ name, of: habit('all') })));
  const rows = runs.map(({ name, results }) => [
    name === 'software' ? 'float weights (`software`)' : `\`${name}\``,
    percent(results.map(({ last }) => last)),
    percent(results.map(({ lastTen }) => lastTen)),
    percent(results.map(({ best }) => best)),
    published[name] === '' ? '' : `about ${published[name]}`,
  ]);
  rows.sort((a, b) => parseFloat(b[2]) - parseFloat(a[2]));
  const head = ['device', 'last epoch', 'mean of the last 10', 'best epoch', 'published'];
  return [stamp(), markdown(head, rows)].join('\n\n');
}

/** What each habit costs: soon, and at the benchmark's end. */
async function habitsTable() {
  const columns = [
    ['`epiram`, 160,000', 'epiram', true],
    ['`epiram`, a million', 'epiram', false],
    ['`ag-asi`, 160,000', 'ag-asi', true],
  ];
  const runs = await trainAll(columns.flatMap(([, name, brief]) => habits.map((of) => ({ name, of, short: brief }))));
  const cell = (column, row) => percent(runs[column * habits.length + row].results.map(({ lastTen }) => lastTen));
  const rows = habits.map(([title], row) => [title, ...columns.map((_, column) => cell(column, row))]);
  return [stamp(), markdown(['habits', ...columns.map(([title]) => title)], rows)].join('\n\n');
}

/** What leaves the devices at chance that stay there. */
async function chanceTable() {
  const of = ['gst-pcm', 'taox-tio2'];
  const variants = ['all', 'no-access', 'exact-write', 'plain'].map(habit);
  const runs = await trainAll(of.flatMap((name) => variants.map((one) => ({ name, of: one, short: true }))));
  const cell = (name, [, key]) => {
    const { results } = runs.find((run) => run.name === name && run.key === key);
    return percent(results.map(({ lastTen }) => lastTen));
  };
  const rows = variants.map((one) => [one[0], ...of.map((name) => cell(name, one))]);
  return [stamp(), markdown(['habits', ...of.map((name) => `\`${name}\``)], rows)].join('\n\n');
}

/** Trains what is not there yet, some processes at a time; results in the order of the wishes. */
async function trainAll(wishes) {
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
  return wishes.map((wish) => ({
    ...{ name: wish.name, key: wish.of[1] },
    results: seeds.map((seed) => resultOf(placeOf({ ...wish, seed }))),
  }));
}

function placeOf({ name, of: [, key], seed, short: brief }) {
  return path.join(folder, `${name}-${key}-${brief ? 'short-' : ''}${seed}`);
}

function isCurrent(place) {
  const record = path.join(place, 'run.json');
  if (!existsSync(record)) return false;
  const { commit: of, status } = JSON.parse(readFileSync(record, 'utf8'));
  return of === commit && status === 'complete';
}

function train(run) {
  const place = placeOf(run);
  rmSync(place, { recursive: true, force: true });
  const software = run.name === 'software';
  const sets = software
    ? []
    : [`device=${run.name}`, ...(ofDevice[run.name] ?? []), ...run.of[2], ...(run.short ? short : [])];
  const file = path.join(root, `configs/experiments/neurosim/${software ? 'software' : 'mlp'}.yaml`);
  const args = ['run', file, ...sets.flatMap((set) => ['--set', set]), '--seed', String(run.seed), '--out', place];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'bin/mho.js'), ...args, '--quiet'], {
      ...{ cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
    });
    child.on('close', (code) => (code === 0 ? resolve() : process.exit(code ?? 1)));
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

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** `91.59 ± 0.53`, the spread being that over seeds. */
function percent(fractions) {
  const mean = meanOf(fractions);
  const spread = Math.sqrt(meanOf(fractions.map((f) => (f - mean) ** 2)) * (fractions.length / (fractions.length - 1)));
  const written = (100 * mean).toFixed(2);
  return fractions.length === 1 ? written : `${written} ± ${(100 * spread).toFixed(2)}`;
}

function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function stamp() {
  const day = new Date().toISOString().slice(0, 10);
  return `Measured ${day} at ${commit.replace(/^(.{12})[^+]*/, '$1')}, seeds ${told.seeds}; percent, mean ± standard deviation over seeds.`;
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

async function presentCommit() {
  const { describeEnvironment } = await import(path.join(root, 'dist/src/experiment/environment.js'));
  return describeEnvironment().commit ?? 'no commit';
}

function seedsOf(range) {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? fail(`--seeds: got ${range}, expected as 1-3 or 1`);
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i);
}

function optionsOf(args) {
  const options = { table: text, seeds: { ...text, default: '1-3' }, jobs: { ...text, default: '1' } };
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
