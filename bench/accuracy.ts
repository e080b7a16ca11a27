import { chosenChecks, judge, type AccuracyCheck, type AccuracyVerdict } from './accuracy-checks.js';
import { formatTable, parseOptions, runCommand } from './command.js';
import { trainInWorkers } from './worker-pool.js';

/** `npm run check:accuracy`: trains over seeds and holds the accuracies against their bands. */

/** Exit code where an accuracy is outside its band. */
const outsideBand = 3;
const processes = 2;

async function check(checks: readonly AccuracyCheck[]): Promise<AccuracyVerdict[]> {
  const jobs = checks.flatMap(({ experiment, set, seeds }) => seeds.map((seed) => ({ experiment, set, seed })));
  const accuracies = await trainInWorkers(jobs, processes, ({ experiment, seed }, accuracy) => {
    console.error(`${experiment}, seed ${seed}: ${percent(accuracy)}`);
  });
  let first = 0;
  return checks.map((one) => judge(one, accuracies.slice(first, (first += one.seeds.length))));
}

function describe(verdicts: readonly AccuracyVerdict[]): string {
  const header = ['check', 'what', 'statistic', 'seeds', 'got', 'spread', 'stalled', 'band', 'verdict'];
  const rows = verdicts.map(({ name, title, statistic, seeds, got, spread, stalled, band, pass }) => [
    ...[name, title, statistic, String(seeds), percent(got), percent(spread), String(stalled)],
    ...[`${percent(band[0])} to ${percent(band[1])}`, pass ? 'pass' : 'OUTSIDE'],
  ]);
  return formatTable([header, ...rows], 3);
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}

await runCommand(async () => {
  const options = parseOptions('check:accuracy', { json: { type: 'boolean' }, only: { type: 'string' } });
  const started = performance.now();
  const verdicts = await check(chosenChecks(options.only));
  const pass = verdicts.every((verdict) => verdict.pass);
  const seconds = Math.round(performance.now() - started) / 1000;
  console.log(options.json ? JSON.stringify({ pass, seconds, checks: verdicts }) : describe(verdicts));
  return pass ? 0 : outsideBand;
});
