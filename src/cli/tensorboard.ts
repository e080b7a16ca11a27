import type { CommandModule } from 'yargs';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface TensorBoardArguments {
  readonly folder: readonly string[];
  readonly out: Text;
  readonly json: boolean;
}

/** `mho tensorboard`: runs as event files. */
export const tensorBoardCommand: CommandModule<object, TensorBoardArguments> = {
  command: 'tensorboard <folder..>',
  describe: 'Write runs as event files, which TensorBoard reads',
  builder: (yargs) =>
    yargs
      .positional('folder', {
        ...({ type: 'string', array: true, demandOption: true } as const),
        describe: 'Run folders, folders of runs, or sweeps',
      })
      .option('out', {
        ...({ type: 'string', requiresArg: true, alias: 'o' } as const),
        describe: 'Folder for tensorboard --logdir; tensorboard unless told; must be free',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object on stdout' })
      .example('$0 tensorboard runs -o logs && tensorboard --logdir logs', 'Every run of a folder'),
  handler: async ({ folder, out, json }) => {
    const { writeEvents } = await import('../report/tensorboard/write-events.js');
    const { displayPath } = await import('../experiment/place.js');
    const written = writeEvents(folder, once('out', out) ?? 'tensorboard');
    const place = displayPath(written.folder);
    const runs = written.files.length === 1 ? '1 run' : `${written.files.length} runs`;
    console.log(json ? JSON.stringify(written) : `${runs}; tensorboard --logdir ${place}`);
  },
};
