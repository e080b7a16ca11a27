import path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { UsageError } from '../errors.js';
import type { LoadedCalibration } from '../experiment/calibrate/load.js';
import type { Plan } from '../experiment/calibrate/plan.js';
import { BatchProgress } from './batch-progress.js';
import { fetchingOptions } from './fetching.js';
import { listenForInterrupts } from './interrupt.js';
import { once, parseJobs } from './options.js';
import { formatTime } from './progress.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface CalibrateArguments {
  readonly file: string;
  readonly out: Text;
  readonly resume: Text;
  readonly jobs: Text;
  readonly 'dry-run': boolean;
  readonly offline: boolean;
  readonly json: boolean;
}

/** `mho calibrate`: searches the device parameters that reach one or more accuracies. */
export const calibrateCommand: CommandModule<object, CalibrateArguments> = {
  command: 'calibrate <file>',
  describe: 'Search the device parameters that reach given accuracies',
  builder: (yargs) => calibrateOptions(yargs),
  handler: async (args) => {
    const jobs = parseJobs(once('jobs', args.jobs));
    const { loadCalibration } = await import('../experiment/calibrate/load.js');
    const place = placeOf(args);
    const { withMeasurements } = await import('../experiment/measured-tables.js');
    const calibration = await withMeasurements(() => loadCalibration(args.file), fetchingOptions(args.offline));
    if (args['dry-run']) await printPlan(calibration, jobs, args.json);
    else await search(calibration, place, jobs, args);
  },
};

async function search(
  calibration: LoadedCalibration,
  place: Place,
  jobs: number,
  args: CalibrateArguments,
): Promise<void> {
  const { CalibrationFolder, defaultCalibrationFolder } = await import('../experiment/calibrate/folder.js');
  const { calibrate } = await import('../experiment/calibrate/calibrate.js');
  const { textSummary } = await import('../experiment/calibrate/report.js');
  const { trainInWorkers } = await import('../experiment/batch/worker-pool.js');
  const { displayPath } = await import('../experiment/place.js');
  const target = place.folder ?? defaultCalibrationFolder(calibration.config.name, new Date());
  const folder = CalibrationFolder.open(target, calibration, place.resume);
  const shown = displayPath(target);
  const interrupts = listenForInterrupts(() => {
    console.error(`stopped; ${folder.journal.all().length} runs are kept: go on with --resume ${shown}`);
  });
  const progress = new BatchProgress((text) => {
    console.error(text);
  });
  try {
    const result = await calibrate({
      calibration,
      folder,
      train: (list, done) => trainInWorkers(list, jobs, done),
      offline: args.offline,
      observe: (event) => {
        progress.observe(event);
      },
      warn: (message) => {
        console.error(message);
      },
    });
    console.log(args.json ? JSON.stringify({ folder: target, ...result }) : `${textSummary(result)}\nfolder: ${shown}`);
  } finally {
    interrupts.dispose();
  }
}

interface Place {
  /** Absolute path; undefined where a new one is named after the time. */
  readonly folder: string | undefined;
  readonly resume: boolean;
}

function placeOf(args: CalibrateArguments): Place {
  const [out, resume] = [once('out', args.out), once('resume', args.resume)];
  if (out !== undefined && resume !== undefined) {
    throw new UsageError({
      where: '--resume',
      what: 'stands beside --out, expected one of them',
      remedy: 'leave one out',
    });
  }
  const given = resume ?? out;
  return { folder: given === undefined ? undefined : path.resolve(given), resume: resume !== undefined };
}

async function printPlan(calibration: LoadedCalibration, jobs: number, json: boolean): Promise<void> {
  const { planOf } = await import('../experiment/calibrate/plan.js');
  const plan = planOf(calibration);
  if (json) console.log(JSON.stringify({ calibration: calibration.config.name, jobs, ...plan }));
  else console.log(describePlan(calibration.config.name, plan, jobs));
}

function describePlan(name: string, { families, rows, confirmations, runs, seconds }: Plan, jobs: number): string {
  const all = [
    ...rows.map(({ target, rung, candidates, runs: each, seconds: one }) => {
      return [`${target}, rung ${rung + 1}`, `${candidates} candidates`, `${each} runs`, cost(each, one)];
    }),
    ...confirmations.map(({ target, runs: each, seconds: one }) => {
      return [`${target}, the fitted point`, '', `${each} runs`, cost(each, one)];
    }),
  ];
  const widths = [0, 1, 2].map((c) => Math.max(...all.map((row) => row[c]!.length)));
  const lines = all.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const time = seconds === null ? 'the time is not known' : `about ${formatTime(seconds / jobs)} on ${jobs} at a time`;
  const counted = families === 1 ? '1 family' : `${families} families`;
  return [`${name}: ${counted}, at most ${runs} runs, ${time}`, ...lines].join('\n');
}

function cost(runs: number, seconds: number | null): string {
  return seconds === null
    ? 'time not known'
    : `${formatTime(runs * seconds)} (${Number(seconds.toPrecision(2))} s each)`;
}

function calibrateOptions(yargs: Argv) {
  return yargs
    .positional('file', {
      ...({ type: 'string', demandOption: true } as const),
      describe: 'Calibration file (YAML), or a name of configs/calibration',
    })
    .option('out', {
      ...text,
      alias: 'o',
      describe: 'Folder for the runs and the report; calibrations/<name>-<time> unless told',
    })
    .option('resume', { ...text, describe: 'Folder of a calibration that was cut short, to go on with' })
    .option('jobs', { ...text, describe: 'Runs at a time, each in a process; as many as there are cores unless told' })
    .option('dry-run', { ...flag, describe: 'Print how many runs it takes and how long, and train nothing' })
    .option('offline', { ...flag, describe: 'Use no network' })
    .option('json', { ...flag, describe: 'Print one JSON object on stdout' })
    .example('$0 calibrate ws2 --dry-run', 'What a shipped calibration would run')
    .example('$0 calibrate ws2 --out ws2-fit', 'Search; the same command goes on after Ctrl-C');
}

/** A text that is checked here, so that the parser makes no NaN of it. */
const text = { type: 'string', requiresArg: true } as const;
const flag = { type: 'boolean', default: false } as const;
