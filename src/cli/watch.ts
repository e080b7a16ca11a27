import path from 'node:path';
import type { CommandModule } from 'yargs';
import { UsageError } from '../errors.js';
import { interruptedCode, stopSignals } from './interrupt.js';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface WatchArguments {
  readonly folder: string;
  readonly port: Text;
}

/** `mho watch`: the report of what goes on, in a browser. */
export const watchCommand: CommandModule<object, WatchArguments> = {
  command: 'watch <folder>',
  describe: 'Serve the report of a running experiment or sweep on this machine, live',
  builder: (yargs) =>
    yargs
      .positional('folder', {
        ...({ type: 'string', demandOption: true } as const),
        describe: 'Run folder (--out of the run), a folder of runs such as runs, or a sweep',
      })
      .option('port', {
        ...({ type: 'string', requiresArg: true } as const),
        describe: 'Port on 127.0.0.1; a free one unless told',
      })
      .example('$0 watch runs', 'All runs of a folder, those that go on too; Ctrl-C ends it'),
  handler: async ({ folder, port }) => {
    const { kindOf } = await import('../experiment/files.js');
    const above = path.dirname(path.resolve(folder));
    if (kindOf(above) !== 'folder' || kindOf(path.resolve(folder)) === 'file') {
      const what = 'is no folder, and none can come to be there';
      throw new UsageError({ where: folder, what, remedy: 'name the folder of a run or of a sweep' });
    }
    const { watch } = await import('../report/watch/server.js');
    const commandLine = ['mho', ...process.argv.slice(2)];
    const watching = await watch({ place: folder, port: portOf(once('port', port)), commandLine });
    console.log(watching.url);
    const absolute = path.resolve(folder);
    if (kindOf(absolute) === 'absent') console.error(`nothing there yet: ${absolute}; it is shown once it is there`);
    console.error('Ctrl-C ends it');
    await interrupted();
    await watching.close();
    process.exitCode = interruptedCode;
  },
};

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of stopSignals()) {
      process.once(name, () => {
        resolve();
      });
    }
  });
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = /^\d+$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new UsageError({
    where: '--port',
    what: `got ${JSON.stringify(text)}, expected a whole number from 0 to 65535`,
  });
}
