import path from 'node:path';
import type { CommandModule } from 'yargs';
import { UsageError } from '../errors.js';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface ExportArguments {
  readonly run: string;
  readonly npz: Text;
  readonly safetensors: Text;
  readonly force: boolean;
  readonly json: boolean;
}

const text = { type: 'string', requiresArg: true } as const;

/** `mho export`: a run's weights and conductances in other tools' formats. */
export const exportCommand: CommandModule<object, ExportArguments> = {
  command: 'export <run>',
  describe: "Write a run's weights and conductances for other tools",
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'Run folder' })
      .option('npz', { ...text, describe: "File in numpy's NPZ format" })
      .option('safetensors', { ...text, describe: 'File in the safetensors format' })
      .option('force', { type: 'boolean', default: false, describe: 'Write over what is there' })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object on stdout' })
      .example('$0 export runs/first --npz first.npz', 'Arrays layer0.weights, layer0.g_plus, ...'),
  handler: async (args) => {
    const { encodeWeights, finalWeights, weightFormats } = await import('../experiment/export-run.js');
    const { assertNewFile, writeWhole } = await import('../experiment/whole-file.js');
    const wanted = weightFormats.flatMap((format) => {
      const given = once(format, args[format]);
      return given === undefined ? [] : [{ format, file: path.resolve(given) }];
    });
    if (wanted.length === 0) {
      const what = 'no format was asked for, expected --npz or --safetensors with a file';
      throw new UsageError({ where: 'mho export', what, remedy: 'see mho export --help' });
    }
    for (const { format, file } of wanted) assertNewFile(file, `--${format}`, args.force);
    if (new Set(wanted.map(({ file }) => file)).size < wanted.length) {
      throw new UsageError({ where: 'mho export', what: 'got the same file for two formats, expected one each' });
    }
    const weights = finalWeights(args.run);
    for (const { format, file } of wanted) writeWhole(file, encodeWeights(weights, format));
    const tensors = Object.entries(weights.tensors).map(([name, { shape }]) => ({ name, shape }));
    const files = Object.fromEntries(wanted.map(({ format, file }) => [format, file]));
    const { unfinished = null } = weights;
    if (unfinished !== null) console.error(unfinished);
    if (args.json) console.log(JSON.stringify({ run: weights.file, unfinished, files, tensors }));
    else console.log(tensors.map(({ name, shape }) => `${name}  ${shape.join(' x ')}`).join('\n'));
  },
};
