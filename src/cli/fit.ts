import path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface FitArguments {
  readonly ramps: readonly string[];
  readonly reset: readonly string[];
  readonly out: Text;
  readonly model: Text;
  readonly range: Text;
  readonly 'read-voltage': Text;
  readonly unit: Text;
  readonly layout: Text;
  readonly values: Text;
  readonly 'pulse-column': Text;
  readonly 'polarity-column': Text;
  readonly 'ramp-column': Text;
  readonly 'skip-bad': boolean;
  readonly bins: Text;
  readonly 'cdf-points': Text;
  readonly resamplings: Text;
  readonly confidence: Text;
  readonly seed: Text;
  readonly json: boolean;
}

/** `mho fit`: from measured pulse ramps to a device file that trains. */
export const fitCommand: CommandModule<object, FitArguments> = {
  command: 'fit <ramps..>',
  describe: 'Fit a device to measured pulse ramps',
  builder: (yargs) => fitOptions(yargs),
  handler: async (args) => {
    const { fitSettings, readSettings } = await import('./fit-settings.js');
    const { assertWritable } = await import('../experiment/verify/whole-file.js');
    const settings = fitSettings(args);
    const target = path.resolve(once('out', args.out) ?? 'device.yaml');
    assertWritable(target, '--out');
    const { loadRamps } = await import('../experiment/fit/ramp-files.js');
    const { fitRamps } = await import('../device/fit/estimate.js');
    const { writeFit } = await import('../report/fit/write-fit.js');
    const { fitSummary, fitObject } = await import('../report/fit/summary.js');
    const ramps = loadRamps(args.ramps, args.reset, readSettings(args));
    for (const note of ramps.notes) console.error(note);
    const fit = fitRamps(ramps.set, settings);
    const files = await writeFit(fit, target, ramps);
    console.log(args.json ? JSON.stringify(fitObject(fit, files, ramps.notes)) : fitSummary(fit, files));
  },
};

function fitOptions(yargs: Argv) {
  return yargs
    .positional('ramps', {
      ...({ type: 'string', array: true, demandOption: true } as const),
      describe: 'Files of ramps (CSV); of potentiation alone where --reset is given',
    })
    .option('reset', { ...list, describe: 'File of RESET ramps, one for each SET file' })
    .option('out', { ...text, alias: 'o', describe: 'Device file; report and figure come beside it [device.yaml]' })
    .option('model', {
      ...text,
      describe:
        'linear, soft-bounds, exponential, power or lookup-table; else by cross-validation among the first four',
    })
    .option('range', { ...text, describe: "Where LTP's and LTD's ends differ: overlap [default] or union" })
    .option('read-voltage', { ...text, describe: 'Voltage that currents were read at, as 0.1V' })
    .option('unit', { ...text, describe: 'Unit of the values, instead of what the file says: S, uS, kohm, uA' })
    .option('layout', { ...text, describe: 'Whether ramps are columns or rows; found out unless told' })
    .option('values', { ...text, describe: 'Columns that hold values: names or numbers, as 2-40 or Iread' })
    .option('pulse-column', { ...text, describe: 'Column that counts pulses' })
    .option('polarity-column', { ...text, describe: "Column of the pulse's voltage or sign" })
    .option('ramp-column', { ...text, describe: 'Column that numbers the ramps' })
    .option('skip-bad', { ...flag, describe: 'Leave out ramps with mistakes instead of refusing the file' })
    .option('bins', { ...text, describe: 'Conductance bins of a lookup table [50]' })
    .option('cdf-points', { ...text, describe: 'CDF points of a lookup table [51]' })
    .option('resamplings', { ...text, describe: 'Resamplings of the ramps for the intervals [200]' })
    .option('confidence', { ...text, describe: 'Probability of the intervals [0.95]' })
    .option('seed', { ...text, describe: 'Seed of the resampling [1]' })
    .option('json', { ...flag, describe: 'Print one JSON object on stdout' })
    .example('$0 fit set.csv --reset reset.csv --read-voltage 0.1V', 'Currents at 0.1 V; writes device.yaml')
    .example('$0 fit trace.csv --model lookup-table -o mine.yaml', 'Tables of the measured steps');
}

/** A text that is checked here, so that the parser makes no NaN of it. */
const text = { type: 'string', requiresArg: true } as const;
const list = { ...text, array: true, nargs: 1, default: [] as string[] } as const;
const flag = { type: 'boolean', default: false } as const;
