import { UsageError } from '../errors.js';

/** What the parser says of a positional argument too many or too few, in words of the command; undefined otherwise. */
export function positionalMistake(message: string, argv: readonly string[]): UsageError | undefined {
  const command = argv.slice(0, takesFile(argv[0]) ? 1 : 2).join(' ');
  if (message.startsWith('Not enough non-option arguments')) return missing(command);
  const name = /^Unknown (?:argument|command)s?: ([^,]+)/.exec(message)?.[1];
  if (name === undefined || !argv.includes(name)) return undefined;
  return extra(command, name, argv.includes('--set'));
}

const noExperiment = named('experiment', 'wse2-orhd');

function named(kind: string, example: string) {
  return {
    what: `no ${kind} was named, expected a file or the name of a shipped one`,
    remedy: `write for example ${example}`,
  };
}

/** Commands of one word whose argument is a path. */
const wordsWithPath = 'run ablate calibrate characterize export fit report results sweep tensorboard watch'.split(' ');

function takesFile(command: string | undefined): boolean {
  return command !== undefined && wordsWithPath.includes(command);
}

function missing(command: string): UsageError | undefined {
  const mistake = new Map([
    ['run', noExperiment],
    ['ablate', noExperiment],
    ['calibrate', named('calibration', 'ws2')],
    ['characterize', named('characterization', 'an2022-letter-h')],
    ['results', { what: 'no folder was named, expected folders with runs', remedy: 'name a run folder or a sweep' }],
    ['sweep', named('sweep', 'states-orhd')],
    ['export', { what: 'no run was named, expected a run folder', remedy: 'name the folder that mho run left' }],
    [
      'watch',
      { what: 'no folder was named, expected a run folder or a sweep', remedy: 'name runs, or --out of a run' },
    ],
    ['tensorboard', { what: 'no runs were named, expected a run folder', remedy: 'name what mho run left' }],
    ['report', { what: 'no results were named, expected a run folder', remedy: 'name what mho run left' }],
    [
      'device import',
      { what: 'no file was named, expected the file to import', remedy: 'see mho device import --help' },
    ],
    ['device export', { what: 'no device was named, expected a name or a file', remedy: 'see mho device list' }],
    ['fit', { what: 'no table of ramps was named, expected a file', remedy: 'see mho fit --help' }],
    ['device show', { what: 'no device was named, expected a name or a file', remedy: 'see mho device list' }],
    ['device plot', { what: 'no device was named, expected a name or a file', remedy: 'see mho device list' }],
  ]).get(command);
  return mistake && new UsageError({ where: `mho ${command}`, ...mistake });
}

function extra(command: string, name: string, set: boolean): UsageError | undefined {
  const nouns = new Map([
    ...(['run', 'ablate', 'calibrate', 'characterize', 'sweep'] as const).map((name) => [name, 'file'] as const),
    ['device show', 'device'],
    ['device plot', 'device'],
    ['device export', 'device'],
    ['export', 'run folder'],
  ]);
  const noun = nouns.get(command);
  if (noun === undefined || name.startsWith('-')) return undefined;
  const where = `mho ${command}`;
  if (set && /^[\w.[\]-]+=/.test(name)) {
    return new UsageError({ where, what: `got ${name} without --set`, remedy: `repeat --set: --set ${name}` });
  }
  const what = `got ${JSON.stringify(name)} beside another, expected one ${noun}`;
  return new UsageError({ where, what, remedy: 'start the command once for each' });
}
