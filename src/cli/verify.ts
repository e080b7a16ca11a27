import path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { UsageError } from '../errors.js';
import type { LoadedCase } from '../experiment/verify/case-files.js';
import type { CaseSet } from '../experiment/verify/case.js';
import type { CaseRunner, CaseVerdict } from '../experiment/verify/verify.js';
import { fetchingOptions } from './fetching.js';
import { listenForInterrupts } from './interrupt.js';
import { once, parseJobs } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface VerifyArguments {
  readonly file: readonly string[];
  readonly set: Text;
  readonly jobs: Text;
  readonly junit: Text;
  readonly markdown: Text;
  readonly update: boolean;
  readonly 'allow-dirty': boolean;
  readonly offline: boolean;
  readonly json: boolean;
}

/** `mho verify`: trains the regressions and holds their accuracies against what they must still reach. */
export const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify [file..]',
  describe: 'Check that the accuracies are what they were',
  builder: (yargs) => outputOptions(caseOptions(yargs)),
  handler: async (args) => {
    const jobs = parseJobs(once('jobs', args.jobs));
    const { loadCases } = await import('../experiment/verify/case-files.js');
    const { exitCodeOf } = await import('../experiment/verify/verify.js');
    const { withMeasurements } = await import('../experiment/measured-tables.js');
    const set = parseSet(once('set', args.set));
    const cases = await withMeasurements(() => loadCases(args.file, set), fetchingOptions(args.offline));
    const reports = await reportFiles(args);
    const interrupts = listenForInterrupts((message) => {
      console.error(message);
    });
    try {
      const verdicts = await judged(cases, args, await caseRunner(jobs, args.offline));
      await print(verdicts, args.json, args.update);
      reports.write(verdicts);
      process.exitCode = exitCodeOf(verdicts);
    } finally {
      interrupts.dispose();
    }
  },
};

async function judged(
  cases: readonly LoadedCase[],
  { file, update, 'allow-dirty': allowDirty }: VerifyArguments,
  runner: CaseRunner,
): Promise<readonly CaseVerdict[]> {
  if (update) {
    const { provenanceOfNow, updateCases } = await import('../experiment/verify/update.js');
    // A set holds orders too, which have no expectation to measure.
    const measurable = file.length > 0 ? cases : cases.filter(({ order }) => order === undefined);
    return updateCases(measurable, provenanceOfNow(allowDirty), runner);
  }
  const { verifyCases } = await import('../experiment/verify/verify.js');
  return verifyCases(cases, runner);
}

async function caseRunner(jobs: number, offline: boolean): Promise<CaseRunner> {
  const { trainInWorkers } = await import('../experiment/batch/worker-pool.js');
  return {
    train: (list, done) => trainInWorkers(list, jobs, done),
    offline,
    finished: ({ config }, results) => {
      console.error(`${config.name}: ${results.length} ${results.length === 1 ? 'run' : 'runs'} done`);
    },
  };
}

/** The report files that were asked for; their places are checked before anything is trained. */
async function reportFiles(args: VerifyArguments) {
  const { assertWritable, writeWhole } = await import('../experiment/whole-file.js');
  const { junitReport } = await import('../experiment/verify/junit.js');
  const { markdownSummary } = await import('../experiment/verify/summary.js');
  const { describeEnvironment } = await import('../experiment/environment.js');
  const placeOf = (name: 'junit' | 'markdown'): string | undefined => {
    const given = once(name, args[name]);
    const file = given === undefined ? undefined : path.resolve(given);
    if (file !== undefined) assertWritable(file, `--${name}`);
    return file;
  };
  const [junit, markdown] = [placeOf('junit'), placeOf('markdown')];
  return {
    write: (verdicts: readonly CaseVerdict[]): void => {
      if (junit !== undefined) writeWhole(junit, junitReport(verdicts));
      if (markdown !== undefined) writeWhole(markdown, markdownSummary(verdicts, describeEnvironment().commit));
    },
  };
}

async function print(verdicts: readonly CaseVerdict[], json: boolean, updated: boolean): Promise<void> {
  const { jsonSummary, textSummary } = await import('../experiment/verify/summary.js');
  console.log(json ? JSON.stringify({ updated, ...jsonSummary(verdicts) }) : textSummary(verdicts));
}

function parseSet(text: string | undefined): CaseSet {
  if (text === undefined || text === 'quick') return 'quick';
  if (text === 'full') return 'full';
  throw new UsageError({ where: '--set', what: `got ${JSON.stringify(text)}, expected quick or full` });
}

function caseOptions(yargs: Argv) {
  return yargs
    .positional('file', {
      ...({ type: 'string', array: true, default: [] as readonly string[] } as const),
      describe: 'Regression files (YAML), or names of configs/regression; a set of them unless told',
    })
    .option('set', {
      ...text,
      describe: 'quick (under two minutes on two cores) or full (about a quarter of an hour); quick unless told',
    })
    .option('jobs', { ...text, describe: 'Runs at a time, each in a process; as many as there are cores unless told' })
    .option('update', { ...flag, describe: 'Measure the expectations anew and write them into their files' })
    .option('allow-dirty', { ...flag, describe: 'Let --update measure files that differ from their commit' })
    .option('offline', { ...flag, describe: 'Use no network' });
}

function outputOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('json', { ...flag, describe: 'Print one JSON object on stdout' })
    .option('junit', { ...text, describe: 'File for a report in JUnit XML' })
    .option('markdown', { ...text, describe: 'File for a summary in Markdown' })
    .example('$0 verify', 'The quick set; exit code 3 where an accuracy is outside its interval')
    .example('$0 verify orhd-device --update', 'Measure one expectation anew');
}

/** A text that is checked here, so that the parser makes no NaN of it. */
const text = { type: 'string', requiresArg: true } as const;
const flag = { type: 'boolean', default: false } as const;
