import type { Argv, CommandModule } from 'yargs';
import { firstLines } from '../device/fit/reading/counting-line.js';
import { columnsAre } from '../device/fit/reading/named-devices.js';
import { UsageError } from '../errors.js';
import { parseQuantity } from '../units.js';
import { listenForInterrupts } from './interrupt.js';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface FitArguments {
  readonly file: readonly string[];
  readonly reset: readonly string[];
  readonly 'read-voltage': Text;
  readonly unit: Text;
  readonly ramps: Text;
  readonly values: Text;
  readonly 'pulse-column': Text;
  readonly 'polarity-column': Text;
  readonly 'ramp-column': Text;
  readonly 'device-column': Text;
  readonly 'columns-are': Text;
  readonly 'first-line': Text;
  readonly 'skip-bad': boolean;
  readonly model: Text;
  readonly range: Text;
  readonly bins: Text;
  readonly 'keep-read-noise': boolean;
  readonly resamplings: Text;
  readonly confidence: Text;
  readonly seed: Text;
  readonly name: Text;
  readonly out: Text;
  readonly force: boolean;
  readonly json: boolean;
}

const models = ['auto', 'linear', 'soft-bounds', 'exponential', 'power', 'lookup-table'] as const;

/** `mho fit`: from measured pulse ramps to a device file that trains. */
export const fitCommand: CommandModule<object, FitArguments> = {
  command: 'fit <file..>',
  describe: 'Fit a device file to measured pulse ramps',
  builder: (yargs) => outputOptions(fitOptions(readOptions(yargs))),
  handler: async (args) => {
    const request = requestOf(args);
    const { runFit } = await import('../report/fit/run-fit.js');
    const { describeFit, jsonFit } = await import('./present-fit.js');
    const interrupts = listenForInterrupts((message) => {
      console.error(message);
    });
    try {
      const outcome = await runFit(request);
      for (const note of outcome.notes) console.error(`note: ${note}`);
      for (const warning of outcome.warnings) console.error(`warning: ${warning}`);
      console.log(args.json ? JSON.stringify(jsonFit(outcome)) : describeFit(outcome));
    } finally {
      interrupts.dispose();
    }
  },
};

function requestOf(args: FitArguments) {
  const told = (name: keyof FitArguments) => once(name, args[name] as Text);
  const model = among('model', told('model'), models) ?? 'auto';
  const voltage = told('read-voltage');
  assertOfModel(model, {
    bins: told('bins') !== undefined,
    'keep-read-noise': args['keep-read-noise'],
    range: told('range') !== undefined,
  });
  return {
    files: args.file,
    reset: args.reset,
    read: {
      unit: told('unit'),
      readVoltage: voltage === undefined ? undefined : volts(voltage),
      ramps: among('ramps', told('ramps'), ['columns', 'rows'] as const),
      ...{ values: told('values'), pulseColumn: told('pulse-column') },
      ...{ polarityColumn: told('polarity-column'), rampColumn: told('ramp-column') },
      deviceColumn: told('device-column'),
      columnsAre: among('columns-are', told('columns-are'), columnsAre),
      firstLine: among('first-line', told('first-line'), firstLines),
      skipBad: args['skip-bad'],
    },
    fit: {
      model: model === 'lookup-table' ? ('auto' as const) : model,
      range: among('range', told('range'), ['overlap', 'union'] as const) ?? ('overlap' as const),
      resamplings: whole('resamplings', told('resamplings'), 400, [50, 100_000]),
      seed: whole('seed', told('seed'), 1, [0, Number.MAX_SAFE_INTEGER]),
      confidence: fraction('confidence', told('confidence'), 0.95),
    },
    lookup:
      model === 'lookup-table'
        ? { bins: whole('bins', told('bins'), 40, [2, 1000]), removeReadNoise: !args['keep-read-noise'] }
        : undefined,
    name: told('name'),
    out: told('out') ?? 'device.yaml',
    force: args.force,
  };
}

/** @throws UsageError where an option was given that the model has no use for */
function assertOfModel(
  model: (typeof models)[number],
  given: Readonly<Record<'bins' | 'keep-read-noise' | 'range', boolean>>,
): void {
  const tables = model === 'lookup-table';
  const idle = (['bins', 'keep-read-noise', 'range'] as const).find(
    (name) => given[name] && tables === (name === 'range'),
  );
  if (idle === undefined) return;
  const what = tables ? 'means nothing for a lookup table' : 'is of lookup tables only';
  const remedy = tables
    ? 'leave it out: tables cover what both branches do'
    : 'say --model lookup-table, or leave it out';
  throw new UsageError({ where: `--${idle}`, what, remedy });
}

function among<T extends string>(option: string, text: string | undefined, names: readonly T[]): T | undefined {
  if (text === undefined || names.includes(text as T)) return text as T | undefined;
  const what = `got ${JSON.stringify(text)}, expected one of ${names.join(', ')}`;
  throw new UsageError({ where: `--${option}`, what });
}

function whole(option: string, text: string | undefined, fallback: number, [least, most]: readonly [number, number]) {
  if (text === undefined) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  const what = `got ${JSON.stringify(text)}, expected a whole number from ${least} to ${most}`;
  throw new UsageError({ where: `--${option}`, what });
}

function fraction(option: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (value >= 0.5 && value < 1) return value;
  throw new UsageError({
    where: `--${option}`,
    what: `got ${JSON.stringify(text)}, expected a number from 0.5 to below 1`,
  });
}

function volts(text: string): number {
  const value = parseVoltage(text);
  if (value !== 0) return value;
  throw new UsageError({ where: '--read-voltage', what: 'got 0 V, expected a voltage that drives a current' });
}

function parseVoltage(text: string): number {
  try {
    return parseQuantity(text, 'voltage');
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError({ ...error.parts, where: '--read-voltage' }, { cause: error });
  }
}

function readOptions(yargs: Argv) {
  return yargs
    .positional('file', {
      ...({ type: 'string', array: true, demandOption: true } as const),
      describe: 'Tables of ramps (CSV, TSV), one per device',
    })
    .option('reset', {
      ...list,
      describe: 'Tables of the RESET (LTD) ramps, where the first hold SET alone; one per device, in the same order',
    })
    .option('read-voltage', { ...text, describe: 'Turns currents into conductances: 0.1V' })
    .option('unit', { ...text, describe: 'Unit of the values, as uS, kohm or uA; as the file says unless told' })
    .option('ramps', {
      ...text,
      describe: 'Whether each ramp is one of the columns or of the rows; found out unless told',
    })
    .option('values', { ...text, describe: 'Columns of values by name or number: Iread or 2-40' })
    .option('pulse-column', { ...text, describe: 'Column that counts pulses' })
    .option('polarity-column', { ...text, describe: "Column whose sign is the pulse's polarity" })
    .option('ramp-column', { ...text, describe: 'Column that names the ramp of each row' })
    .option('device-column', { ...text, describe: 'Column that names the device of each row' })
    .option('columns-are', {
      ...text,
      describe: 'Whether columns of values are ramps of one device or devices; as their names say unless told',
    })
    .option('first-line', {
      ...text,
      describe: 'Whether a first line of bare numbers is a header or holds values; found out unless told',
    })
    .option('skip-bad', { ...flag, describe: 'Leave out ramps with mistakes, with a warning' });
}

function fitOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('model', { ...text, describe: `${models.join(', ')}; auto chooses by cross-validation` })
    .option('range', {
      ...text,
      describe: 'Range of the device: overlap or union of what LTP and LTD cover; overlap unless told',
    })
    .option('bins', { ...text, describe: 'Conductance bins of a lookup table; 40 unless told' })
    .option('keep-read-noise', { ...flag, describe: 'Leave read noise in the lookup tables' })
    .option('resamplings', { ...text, describe: 'Resamplings behind the intervals; 400 unless told' })
    .option('confidence', { ...text, describe: 'Probability of the intervals; 0.95 unless told' })
    .option('seed', { ...text, describe: 'Seed of the resampling; 1 unless told' });
}

function outputOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('name', { ...text, describe: 'Name of the device' })
    .option('out', { ...text, alias: 'o', describe: 'Device file; device.yaml unless told. The report goes beside it' })
    .option('force', { ...flag, describe: 'Write over what is there' })
    .option('json', { ...flag, describe: 'Print one JSON object on stdout' })
    .example('$0 fit set.csv --reset reset.csv --read-voltage 0.1V -o mine.yaml', 'Currents of SET and of RESET ramps')
    .example('$0 fit trace.csv --unit uS --model lookup-table', 'One trace of both polarities, as lookup tables');
}

const text = { type: 'string', requiresArg: true } as const;
const flag = { type: 'boolean', default: false } as const;
const list = { type: 'string', array: true, default: [] as readonly string[] } as const;
