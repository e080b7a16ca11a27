import os from 'node:os';
import path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { effects } from '../crossbar/effects/registry.js';
import { UsageError } from '../errors.js';
import type { Ablation, AblationRunner } from '../experiment/ablation/ablate.js';
import type { OverrideText } from '../experiment/overrides.js';
import { AblationLines } from './ablation-lines.js';
import { fetchingOptions } from './fetching.js';
import { listenForInterrupts } from './interrupt.js';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface AblateArguments {
  readonly file: string;
  readonly set: readonly string[];
  readonly seeds: Text;
  readonly effects: Text;
  readonly epochs: Text;
  readonly 'stalled-below': Text;
  readonly jobs: Text;
  readonly csv: Text;
  readonly markdown: Text;
  readonly offline: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `mho ablate`: switches one effect at a time, and tells what each costs. */
export const ablateCommand: CommandModule<object, AblateArguments> = {
  command: 'ablate <file>',
  describe: 'Tell what each effect of the device costs, one at a time',
  builder: (yargs) => outputOptions(runOptions(yargs)),
  handler: async (args) => {
    const [seeds, jobs] = [
      wholeNumber('seeds', args.seeds, 10),
      wholeNumber('jobs', args.jobs, os.availableParallelism()),
    ];
    const stalledBelow = fraction('stalled-below', args['stalled-below']);
    const chosen = once('effects', args.effects)
      ?.split(',')
      .map((name) => name.trim());
    const { planAblation } = await import('../experiment/ablation/plan.js');
    const { ablate, exitCodeOf } = await import('../experiment/ablation/ablate.js');
    const { loadDataset } = await import('../../datasets/registry.js');
    const { trainInWorkers } = await import('../experiment/batch/worker-pool.js');
    const { withMeasurements } = await import('../experiment/measured-tables.js');
    const request = { file: args.file, overrides: await overridesOf(args), chosen, seeds };
    const plan = await withMeasurements(() => planAblation(request), fetchingOptions(args.offline));
    const files = await outputFiles(args);
    const lines = new AblationLines(args.quiet);
    const interrupts = listenForInterrupts((message) => {
      lines.tell(message);
    });
    const { signal } = interrupts;
    const runner: AblationRunner = {
      train: (list, done) => trainInWorkers(list, jobs, done, signal),
      ...{ offline: args.offline, stalledBelow, signal },
      ran: (done, of) => {
        interrupts.hold();
        lines.ran(done, of);
      },
      finished: (variant, level, errors) => {
        lines.finished(variant, level, errors);
      },
    };
    try {
      // Once, and before any process needs it: what cannot be had is told once too.
      await loadDataset(plan.dataset, {
        offline: args.offline,
        warn: (message) => {
          lines.tell(message);
        },
      });
      const ablation = await ablate(plan, runner);
      lines.end();
      await print(ablation, args.json);
      files.write(ablation);
      process.exitCode = exitCodeOf(ablation);
    } finally {
      lines.end();
      interrupts.dispose();
    }
  },
};

async function overridesOf({ set, epochs }: AblateArguments): Promise<OverrideText[]> {
  const { splitSet } = await import('../experiment/overrides.js');
  const sets = set.map(splitSet);
  const value = once('epochs', epochs);
  if (value === undefined) return sets;
  if (!sets.some(({ path: at }) => at === 'training.epochs')) {
    return [...sets, { path: 'training.epochs', value, option: '--epochs' }];
  }
  const what = 'stands beside --set training.epochs, expected one of them';
  throw new UsageError({ where: '--epochs', what, remedy: 'leave one out' });
}

/** The files that were asked for; their places are checked before anything is trained. */
async function outputFiles(args: AblateArguments) {
  const { assertWritable, writeWhole } = await import('../experiment/whole-file.js');
  const { csvTable } = await import('../experiment/ablation/csv.js');
  const { markdownTable } = await import('../experiment/ablation/table.js');
  const { describeEnvironment } = await import('../experiment/environment.js');
  const placeOf = (name: 'csv' | 'markdown'): string | undefined => {
    const given = once(name, args[name]);
    const file = given === undefined ? undefined : path.resolve(given);
    if (file !== undefined) assertWritable(file, `--${name}`);
    return file;
  };
  const [csv, markdown] = [placeOf('csv'), placeOf('markdown')];
  const { commit } = describeEnvironment();
  return {
    write: (ablation: Ablation): void => {
      if (csv !== undefined) writeWhole(csv, csvTable(ablation));
      if (markdown !== undefined) writeWhole(markdown, markdownTable(ablation, commit, new Date()));
    },
  };
}

async function print(ablation: Ablation, json: boolean): Promise<void> {
  const { textTable } = await import('../experiment/ablation/table.js');
  console.log(json ? JSON.stringify(ablation) : textTable(ablation));
}

function wholeNumber(name: string, text: Text, otherwise: number): number {
  const given = once(name, text);
  if (given === undefined) return otherwise;
  const value = /^\d+$/.test(given) ? Number(given) : 0;
  if (value >= 1 && value <= 1024) return value;
  const what = `got ${JSON.stringify(given)}, expected a whole number from 1 to 1024`;
  throw new UsageError({ where: `--${name}`, what });
}

function fraction(name: string, text: Text): number | undefined {
  const given = once(name, text);
  if (given === undefined) return undefined;
  const value = Number(given);
  if (given.trim() !== '' && value > 0 && value < 1) return value;
  throw new UsageError({ where: `--${name}`, what: `got ${JSON.stringify(given)}, expected a number between 0 and 1` });
}

function runOptions(yargs: Argv) {
  return yargs
    .positional('file', {
      type: 'string',
      demandOption: true,
      describe: 'Experiment file (YAML), or the name of a shipped one',
    })
    .option('seeds', { ...text, describe: "Runs of each kind, from the experiment's seed upwards; 10 unless told" })
    .option('effects', { ...text, describe: 'Effects to switch, with commas between; all unless told' })
    .option('set', {
      ...({ type: 'string', array: true, nargs: 1, default: [] as readonly string[] } as const),
      describe: 'Change a value of the file in every run: training.learningRate=0.05; may be given more than once',
    })
    .option('epochs', { ...text, describe: 'Epochs to train' })
    .option('stalled-below', {
      ...text,
      describe: 'Leave out and count runs below this fraction of the median of their kind, such as 0.95',
    })
    .option('jobs', { ...text, describe: 'Runs at a time, each in a process; as many as there are cores unless told' });
}

function outputOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('csv', { ...text, describe: 'File for the table as CSV' })
    .option('markdown', { ...text, describe: 'File for the table in Markdown' })
    .option('offline', { ...flag, describe: 'Use no network' })
    .option('json', { ...flag, describe: 'Print one JSON object on stdout' })
    .option('quiet', { ...flag, describe: 'Show no progress' })
    .example('$0 ablate configs/experiments/wse2-orhd.yaml', 'A table of what each effect costs')
    .example('$0 ablate my.yaml --effects granularity,clipping --seeds 20', 'Two effects, 20 seeds')
    .epilogue(effectsHelp());
}

function effectsHelp(): string {
  const width = Math.max(...effects.map(({ name }) => name.length));
  return ['Effects:', ...effects.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)].join('\n');
}

/** A text that is checked here, so that the parser makes no NaN of it. */
const text = { type: 'string', requiresArg: true } as const;
const flag = { type: 'boolean', default: false } as const;
