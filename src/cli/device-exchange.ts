import path from 'node:path';
import type { CommandModule } from 'yargs';
import { UsageError } from '../errors.js';
import type { ExchangeFormat } from '../experiment/device-exchange.js';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface ExchangeArguments {
  readonly format: Text;
  readonly out: Text;
  readonly force: boolean;
  readonly json: boolean;
}

const text = { type: 'string', requiresArg: true } as const;
const json = { type: 'boolean', default: false, describe: 'Print one JSON object on stdout' } as const;
const force = { type: 'boolean', default: false, describe: 'Write over what is there' } as const;
const format = { ...text, describe: 'neurosim (parameter list) or crosssim (tables)' } as const;

/** `mho device import`: another tool's device as a device file. */
export const importCommand: CommandModule<object, ExchangeArguments & { readonly file: readonly string[] }> = {
  command: 'import <file..>',
  describe: "Make a device file of NeuroSim's parameters or CrossSim's tables",
  builder: (yargs) =>
    yargs
      .positional('file', {
        ...({ type: 'string', array: true, demandOption: true } as const),
        describe: 'Parameter list; or the increasing and the decreasing table',
      })
      .option('format', format)
      .option('out', { ...text, alias: 'o', describe: 'Device file (YAML); stdout unless told' })
      .option('force', force)
      .option('json', json)
      .example('$0 device import Cell.cpp --format neurosim -o mine.yaml', 'A device of the model exponential'),
  handler: async (args) => {
    const { importDevice, stemOf } = await import('../experiment/device-exchange.js');
    const { assertNewFile, writeWhole } = await import('../experiment/whole-file.js');
    const kind = formatOf(args.format);
    const given = once('out', args.out);
    const out = given === undefined ? undefined : path.resolve(given);
    if (out !== undefined) assertNewFile(out, '--out', args.force);
    const folder = out === undefined ? process.cwd() : path.dirname(out);
    const { device, notes, text } = importDevice(args.file, kind, folder, out === undefined ? undefined : stemOf(out));
    if (out !== undefined) writeWhole(out, text);
    for (const note of notes) console.error(note);
    if (args.json) console.log(JSON.stringify({ format: kind, file: out ?? null, device, notes }));
    else if (out === undefined) process.stdout.write(text);
  },
};

/** `mho device export`: a device for another tool. */
export const exportDeviceCommand: CommandModule<object, ExchangeArguments & { readonly device: string }> = {
  command: 'export <device>',
  describe: "Write a device as NeuroSim's parameters or CrossSim's tables",
  builder: (yargs) =>
    yargs
      .positional('device', {
        type: 'string',
        demandOption: true,
        describe: 'A device file, or a device of `list` where no file has its name',
      })
      .option('format', format)
      .option('out', { ...text, alias: 'o', describe: 'neurosim: a file, stdout unless told; crosssim: a folder' })
      .option('force', force)
      .option('json', json)
      .example('$0 device export ag-wse2-qd --format crosssim -o tables', 'dG_increasing.txt and dG_decreasing.txt'),
  handler: async (args) => {
    const { exportDevice } = await import('../experiment/device-exchange.js');
    const kind = formatOf(args.format);
    const out = once('out', args.out);
    if (kind === 'crosssim' && out === undefined) {
      const what = 'no folder was named, expected --out with a folder for the two tables';
      throw new UsageError({ where: 'mho device export', what, remedy: 'add --out tables' });
    }
    const { files, notes } = exportDevice(args.device, kind);
    const written = out === undefined ? [] : await writeFiles(files, path.resolve(out), args.force);
    for (const note of notes) console.error(note);
    if (args.json)
      console.log(JSON.stringify({ format: kind, files: written, text: out === undefined ? files[''] : null, notes }));
    else if (out === undefined) process.stdout.write(files['']!);
  },
};

/** Writes one file at a place, or several into it. */
async function writeFiles(files: Readonly<Record<string, string>>, out: string, force: boolean): Promise<string[]> {
  const { assertNewFile, assertWritable, makeFolder, writeWhole } = await import('../experiment/whole-file.js');
  const { kindOf } = await import('../experiment/files.js');
  if (!('' in files)) {
    if (kindOf(out) === 'file') throw new UsageError({ where: `--out ${out}`, what: 'is a file, expected a folder' });
    if (kindOf(out) === 'absent') assertWritable(out, '--out');
    makeFolder(out);
  }
  const named = Object.entries(files).map(
    ([name, content]) => [name === '' ? out : path.join(out, name), content] as const,
  );
  for (const [file] of named) assertNewFile(file, '--out', force);
  for (const [file, content] of named) writeWhole(file, content);
  return named.map(([file]) => file);
}

function formatOf(given: Text): ExchangeFormat {
  const format = once('format', given);
  if (format === 'neurosim' || format === 'crosssim') return format;
  const what = format === undefined ? 'no format was named' : `got ${JSON.stringify(format)}`;
  throw new UsageError({ where: '--format', what: `${what}, expected neurosim or crosssim` });
}
