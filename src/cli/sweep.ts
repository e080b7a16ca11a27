import path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { UsageError } from '../errors.js';
import { most as mostReplicas } from '../experiment/replicas/schema.js';
import type { LoadedSweep } from '../experiment/sweep/load.js';
import type { Shard } from '../experiment/sweep/plan.js';
import type { FinishedSweep } from '../experiment/sweep/request.js';
import type { SlurmScript } from '../experiment/sweep/slurm.js';
import type { StartRequest } from '../experiment/sweep/start.js';
import { fetchingOptions } from './fetching.js';
import { interruptedCode, listenForInterrupts } from './interrupt.js';
import { calledAs, once, parseJobs } from './options.js';
import { formatDuration } from './progress.js';
import { SweepProgress, describeBest } from './sweep-progress.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface SweepArguments {
  readonly file: string;
  readonly out: Text;
  readonly resume: boolean;
  readonly backend: Text;
  readonly group: Text;
  readonly jobs: Text;
  readonly shard: Text;
  readonly emit: Text;
  readonly shards: Text;
  readonly time: Text;
  readonly memory: Text;
  readonly 'dry-run': boolean;
  readonly offline: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `mho sweep`: an experiment at many points, a process a trial, or for many on a GPU. */
export const sweepCommand: CommandModule<object, SweepArguments> = {
  command: 'sweep <file>',
  describe: 'Run an experiment at many points of its configuration',
  builder: (yargs) => sweepOptions(yargs),
  handler: async (args) => {
    const jobs = args.jobs === undefined ? undefined : parseJobs(once('jobs', args.jobs));
    const group = parseGroup(once('group', args.group));
    const backend = once('backend', args.backend);
    const shard = parseShard(once('shard', args.shard));
    const { loadSweep } = await import('../experiment/sweep/load.js');
    const { withMeasurements } = await import('../experiment/measured-tables.js');
    const sweep = await withMeasurements(() => loadSweep(args.file, { backend }), fetchingOptions(args.offline));
    const out = path.resolve(once('out', args.out) ?? path.join('sweeps', sweep.config.name));
    const { linesAbout, printPlan } = await import('./sweep-plan.js');
    if (args['dry-run']) {
      process.exitCode = printPlan(sweep, shard, args.json);
      return;
    }
    if (!args.quiet) for (const line of linesAbout(sweep)) console.error(line);
    if (args.emit !== undefined) await emit(sweep, out, { ...args, backend, group });
    else process.exitCode = await run(sweep, { out, shard, jobs, group }, args);
  },
};

async function run(
  sweep: LoadedSweep,
  { out, ...how }: Pick<StartRequest, 'out' | 'shard' | 'jobs' | 'group'>,
  { resume, offline, json, quiet }: SweepArguments,
): Promise<number> {
  const { startSweep } = await import('../experiment/sweep/start.js');
  const { displayPath } = await import('../experiment/place.js');
  const progress = new SweepProgress(quiet);
  const shown = displayPath(out);
  const interrupts = listenForInterrupts((message) => {
    progress.tell(message.startsWith('stopping') ? stopping : 'interrupted; finished trials are kept');
  });
  const started = performance.now();
  try {
    const finished = await startSweep({
      ...{ sweep, out, ...how, offline, resume },
      commandLine: ['mho', ...process.argv.slice(2)],
      signal: interrupts.signal,
      warn: (message) => {
        progress.tell(message);
      },
      observe: (event) => {
        if (event.type === 'start') interrupts.hold();
        progress.observe(event);
      },
    });
    progress.stop();
    const seconds = (performance.now() - started) / 1000;
    if (json)
      console.log(
        JSON.stringify({
          sweep: sweep.config.name,
          folder: out,
          ...finished,
          leftOut: sweep.points.leftOut(),
          seconds,
        }),
      );
    else console.log(describe(sweep, finished, seconds, shown));
    return exitCodeOf(finished);
  } finally {
    progress.stop();
    interrupts.dispose();
  }
}

/** Prints a submit script. */
async function emit(
  { config, file, points }: LoadedSweep,
  out: string,
  args: Omit<SweepArguments, 'backend' | 'group'> & Pick<SlurmScript, 'backend' | 'group'>,
): Promise<void> {
  const { idleCores, slurmScript } = await import('../experiment/sweep/slurm.js');
  const matching = (
    name: 'emit' | 'shards' | 'time' | 'memory',
    pattern: RegExp,
    example: string,
    otherwise?: string,
  ) => {
    const given = once(name, args[name]) ?? otherwise;
    if (given !== undefined && pattern.test(given)) return given;
    throw new UsageError({ where: `--${name}`, what: `got ${JSON.stringify(given ?? '')}, expected ${example}` });
  };
  matching('emit', /^slurm$/, 'slurm');
  const shards = Number(matching('shards', /^[1-9]\d{0,5}$/, 'a whole number of tasks', '4'));
  const jobs = args.jobs === undefined ? 1 : parseJobs(once('jobs', args.jobs));
  const script = slurmScript({
    ...{ name: config.name, file, out, cwd: process.cwd(), backend: args.backend, group: args.group },
    offline: args.offline,
    command: [process.execPath, path.resolve(process.argv[1]!)],
    ...{ shards, jobs },
    time: matching('time', /^\d+(?:-\d+)?(?::\d\d){0,2}$/, 'a time as Slurm reads it, such as 04:00:00', '04:00:00'),
    memory: matching('memory', /^\d+[KMGT]$/, 'a size with its unit (K, M, G or T), such as 4G', '2G'),
  });
  const idle = idleCores(points.count(), shards, jobs);
  if (idle !== undefined) console.error(idle);
  process.stdout.write(script);
}

const stopping = 'stopping; finished trials are kept, and how far the others came: go on with --resume';

/** 0 where every trial is finished, 1 where one failed or is with another host, 130 where they were interrupted. */
function exitCodeOf({ status, failed }: FinishedSweep): number {
  if (status === 'interrupted') return interruptedCode;
  return failed > 0 || status === 'elsewhere' ? 1 : 0;
}

function describe(sweep: LoadedSweep, finished: FinishedSweep, seconds: number, shown: string): string {
  const { status, trials, finished: done, failed, known } = finished;
  const left = trials - done - failed;
  const parts = [
    `${done} of ${trials} trials finished`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(known > 0 ? [`${known} of these known before`] : []),
    ...(left > 0 ? [status === 'elsewhere' ? `${left} are with other hosts` : `${left} are left`] : []),
  ];
  return [
    `${sweep.config.name}: ${status === 'interrupted' ? 'interrupted, ' : ''}${parts.join(', ')}; ${formatDuration(seconds)}`,
    ...(finished.best ? [describeBest(finished.best)] : []),
    `folder: ${shown}; its table: ${calledAs()} results ${shown}`,
  ].join('\n');
}

/** @throws UsageError where it is not `i/n` with i from 1 to n */
function parseShard(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, part, of] = /^(\d{1,7})\/(\d{1,7})$/.exec(text) ?? [];
  const shard = { part: Number(part), of: Number(of) };
  if (shard.part >= 1 && shard.part <= shard.of) return shard;
  const what = `got ${JSON.stringify(text)}, expected a part and how many there are, such as 1/4 to 4/4`;
  throw new UsageError({ where: '--shard', what });
}

/** @throws UsageError where it is no whole number from 1 to 4096 */
function parseGroup(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const group = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (group >= 1 && group <= mostReplicas) return group;
  const what = `got ${JSON.stringify(text)}, expected a whole number from 1 to ${mostReplicas}`;
  throw new UsageError({ where: '--group', what });
}

function sweepOptions(yargs: Argv) {
  return yargs
    .positional('file', {
      ...({ type: 'string', demandOption: true } as const),
      describe: 'Sweep file (YAML), or a name of configs/sweeps',
    })
    .option('out', { ...text, alias: 'o', describe: 'Folder of the sweep; sweeps/<name> unless told' })
    .option('resume', { ...flag, describe: 'Go on with the sweep in the folder, where there is one' })
    .option('backend', { ...text, describe: 'auto, wasm, webgpu, tensorflow or cpu, in every trial' })
    .option('jobs', {
      ...text,
      describe: 'Processes at a time, a trial each; as many as there are cores unless told, one on a GPU',
    })
    .option('group', { ...text, describe: 'Trials at once in a process, on webgpu; 64 at most unless told' })
    .option('shard', { ...text, describe: 'Run one part of several, such as 2/4, in a folder that all share' })
    .option('emit', { ...text, describe: 'Print a submit script instead: slurm' })
    .option('shards', { ...text, describe: 'Of the submit script: tasks of the array; 4 unless told' })
    .option('time', { ...text, describe: 'Of the submit script: time of a task; 04:00:00 unless told' })
    .option('memory', { ...text, describe: 'Of the submit script: memory of a task; 2G unless told' })
    .option('dry-run', {
      ...flag,
      describe: 'Print the axes and how many trials there are, check their points, and run nothing',
    })
    .option('offline', { ...flag, describe: 'Use no network' })
    .option('json', { ...flag, describe: 'Print one JSON object on stdout' })
    .option('quiet', { ...flag, describe: 'Show no progress' })
    .example('$0 sweep nonlinearity-noise-orhd --dry-run', 'What a shipped sweep would run')
    .example('$0 sweep my.yaml --emit slurm --shards 16 --jobs 8 > map.sbatch', 'A submit script for sbatch')
    .example('$0 sweep my.yaml --out map --resume', 'Go on with a sweep that was cut short');
}

/** A text that is checked here, so that the parser makes no NaN of it. */
const text = { type: 'string', requiresArg: true } as const;
const flag = { type: 'boolean', default: false } as const;
