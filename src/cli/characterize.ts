import path from 'node:path';
import type { CommandModule } from 'yargs';
import { listenForInterrupts } from './interrupt.js';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface CharacterizeArguments {
  readonly file: string;
  readonly set: readonly string[];
  readonly out: Text;
  readonly json: boolean;
}

const text = { type: 'string', requiresArg: true } as const;

/** `mho characterize`: a measurement of one cell, simulated, estimated and held against what its paper states. */
export const characterizeCommand: CommandModule<object, CharacterizeArguments> = {
  command: 'characterize <file>',
  describe: 'Simulate a measurement of a cell and estimate from its traces',
  builder: (yargs) =>
    yargs
      .positional('file', {
        ...({ type: 'string', demandOption: true } as const),
        describe: 'Characterization file (YAML), or a name of configs/characterization',
      })
      .option('set', {
        ...({ type: 'string', array: true, nargs: 1, default: [] as readonly string[] } as const),
        describe: 'Change a value of the file: seed=7; may be given more than once',
      })
      .option('out', { ...text, alias: 'o', describe: 'Folder; runs/<name>-<time>-<seed> unless told' })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object on stdout' })
      .example('$0 characterize wang2022-relaxation', 'τ of the tails after pulses, as figure 4 has them')
      .example('$0 characterize an2022-iv-slopes --set readNoise=0.05 -o slopes', 'Traces and figures in ./slopes'),
  handler: async (args) => {
    const out = once('out', args.out);
    const { loadCharacterization } = await import('../characterization/load.js');
    const { characterize, exitCodeOf } = await import('../characterization/characterize.js');
    const { assertFree, defaultRunFolder } = await import('../experiment/run-folder.js');
    const loaded = loadCharacterization(args.file, args.set);
    const { name, seed } = loaded.common;
    const target = out === undefined ? defaultRunFolder(name, new Date(), seed) : path.resolve(out);
    assertFree(target);
    const interrupts = listenForInterrupts((message) => {
      console.error(message);
    });
    try {
      const result = characterize(loaded);
      const { jsonCharacterization, writeCharacterization } = await import('../report/characterization/files.js');
      const { describeCharacterization } = await import('./claim-lines.js');
      const folder = await writeCharacterization(target, loaded, result);
      const print = args.json
        ? JSON.stringify({ ...jsonCharacterization(result), folder })
        : describeCharacterization(result, folder);
      console.log(print);
      process.exitCode = exitCodeOf(result.judgements);
    } finally {
      interrupts.dispose();
    }
  },
};
