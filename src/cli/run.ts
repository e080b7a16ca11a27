import type { Argv, CommandModule } from 'yargs';
import { UsageError } from '../errors.js';
import { shippedConfigs } from '../experiment/files.js';
import type { OverrideText } from '../experiment/overrides.js';
import { fetchingOptions } from './fetching.js';
import { once, parseJobs } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface RunArguments {
  readonly file: string;
  readonly set: readonly string[];
  readonly seed: Text;
  readonly backend: Text;
  readonly threads: Text;
  readonly epochs: Text;
  readonly replicas: Text;
  readonly jobs: Text;
  readonly out: Text;
  readonly 'ideal-line': boolean;
  readonly offline: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `mho run`: trains what an experiment file describes and leaves a run folder. */
export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run <file>',
  describe: 'Train what an experiment file describes',
  builder: (yargs) => outputOptions(valueOptions(yargs)),
  handler: async (args) => {
    const { loadExperiment } = await import('../experiment/loader.js');
    const { withMeasurements } = await import('../experiment/measured-tables.js');
    const { splitSet } = await import('../experiment/overrides.js');
    const { askedThreads, threadsOf } = await import('../experiment/threads.js');
    const out = once('out', args.out);
    const told = { threads: once('threads', args.threads), jobs: once('jobs', args.jobs) };
    const threads = threadsOf(told.threads);
    const overrides = saidOnce(args.set.map(splitSet), shortcuts(args));
    const load = () => loadExperiment(args.file, { overrides });
    const experiment = await withMeasurements(load, fetchingOptions(args.offline));
    const { planReplicas } = await import('../experiment/replicas/plan.js');
    const planned = planReplicas(experiment, (values) =>
      loadExperiment(args.file, { overrides: [...overrides, ...values] }),
    );
    const jobs = parseJobs(told.jobs);
    // Tensor library and kernels only now: mistakes in the file are told without waiting for them.
    if (planned) {
      const { presentReplicas } = await import('./present-replicas.js');
      process.exitCode = await presentReplicas(experiment, planned, {
        ...{ ...args, out, told, threads: askedThreads(told.threads) ?? 1 },
        jobs: told.jobs === undefined ? undefined : jobs,
      });
      return;
    }
    if (told.jobs !== undefined) throw noReplicas();
    const { runExperiment } = await import('../experiment/run.js');
    const { presentRun } = await import('./present-run.js');
    process.exitCode = await presentRun(
      experiment,
      { ...args, out, threads, threadsTold: told.threads !== undefined },
      runExperiment,
    );
  },
};

function noReplicas(): UsageError {
  const what = 'says how many replicas are trained at a time, but one network is to be trained';
  return new UsageError({ where: '--jobs', what, remedy: 'add --replicas, or leave it out' });
}

/** Options that are shorter ways to say `--set`. */
function shortcuts({ seed, backend, epochs, replicas, 'ideal-line': idealLine }: RunArguments) {
  const given = [
    { path: 'seed', name: 'seed', value: once('seed', seed) },
    { path: 'backend', name: 'backend', value: once('backend', backend) },
    { path: 'training.epochs', name: 'epochs', value: once('epochs', epochs) },
    { path: 'replicas', name: 'replicas', value: once('replicas', replicas) },
    { path: 'record.idealLine', name: 'ideal-line', value: idealLine ? 'true' : undefined },
  ];
  return given.flatMap(({ path, name, value }) => (value === undefined ? [] : [{ path, value, option: `--${name}` }]));
}

/** @throws UsageError where `--set` and a shorter option give the same value */
function saidOnce(sets: readonly OverrideText[], short: readonly OverrideText[]): OverrideText[] {
  const twice = short.find(({ path }) => sets.some((set) => set.path === path));
  if (!twice) return [...sets, ...short];
  const what = `stands beside --set ${twice.path}, expected one of them`;
  throw new UsageError({ where: twice.option, what, remedy: 'leave one out' });
}

function valueOptions(yargs: Argv) {
  return yargs
    .positional('file', {
      type: 'string',
      demandOption: true,
      describe: 'Experiment file (YAML), or the name of a shipped one',
    })
    .option('set', {
      ...({ type: 'string', array: true, nargs: 1, default: [] as readonly string[] } as const),
      describe: 'Change a value of the file: training.learningRate=0.05; may be given more than once',
    })
    .option('seed', { ...text, describe: 'Seed of every random draw, 0 to 2^53 - 1' })
    .option('backend', { ...text, describe: 'auto, wasm, webgpu, tensorflow or cpu' })
    .option('threads', { ...text, describe: 'Threads that may train at once: auto or 1 to 64; changes no result' })
    .option('epochs', { ...text, describe: 'Epochs to train' })
    .option('replicas', { ...text, describe: 'Networks to train at once, over as many seeds' })
    .option('jobs', { ...text, describe: 'Replicas at a time where each is a process; as many as cores unless told' })
    .option('ideal-line', {
      ...({ type: 'boolean', default: false } as const),
      describe: 'Train the ideal twin as well: the same network with float weights',
    });
}

function outputOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('out', { ...text, alias: 'o', describe: 'Run folder; runs/<name>-<time>-<seed> unless told' })
    .option('offline', { type: 'boolean', default: false, describe: 'Use no network' })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object on stdout' })
    .option('quiet', { type: 'boolean', default: false, describe: 'Show no progress' })
    .example('$0 run wse2-orhd', 'Handwritten digits on the WSe2 device')
    .example('$0 run my.yaml --set device.cycleToCycle=0.01 --seed 7', 'Change one value and the seed')
    .epilogue(`Shipped experiments: ${[...shippedConfigs('experiments').keys()].join(', ')}`);
}

/** A text that the schema checks, so that the parser makes no NaN of it. */
const text = { type: 'string', requiresArg: true } as const;
