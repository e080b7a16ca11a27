import { UsageError } from '../errors.js';

/** What the parser says of a positional argument too many or too few, in words of the command; undefined otherwise. */
export function positionalMistake(message: string, argv: readonly string[]): UsageError | undefined {
  const command = argv.slice(0, takesFile(argv[0]) ? 1 : 2).join(' ');
  if (message.startsWith('Not enough non-option arguments')) return missing(command);
  const name = /^Unknown (?:argument|command)s?: ([^,]+)/.exec(message)?.[1];
  if (name === undefined || !argv.includes(name)) return undefined;
  return extra(command, name, argv.includes('--set'));
}

const noExperiment = { what: 'no experiment was named, expected a file', remedy: 'see configs/experiments' };

/** Commands whose first argument is one file. */
function takesFile(command: string | undefined): boolean {
  return command !== undefined && ['run', 'ablate', 'calibrate', 'fit'].includes(command);
}

function missing(command: string): UsageError | undefined {
  const named = new Map([
    ['run', noExperiment],
    ['ablate', noExperiment],
    ['calibrate', { what: 'no calibration was named, expected a file', remedy: 'see configs/calibration' }],
    ['fit', { what: 'no ramps were named, expected a file', remedy: 'see docs/fit.md' }],
    ['device show', { what: 'no device was named, expected a name or a file', remedy: 'see mho device list' }],
  ]).get(command);
  return named && new UsageError({ where: `mho ${command}`, ...named });
}

function extra(command: string, name: string, set: boolean): UsageError | undefined {
  if (!(takesFile(command) || command === 'device show') || name.startsWith('-')) return undefined;
  const where = `mho ${command}`;
  if (set && /^[\w.[\]-]+=/.test(name)) {
    return new UsageError({ where, what: `got ${name} without --set`, remedy: `repeat --set: --set ${name}` });
  }
  const what = `got ${JSON.stringify(name)} beside another, expected one ${takesFile(command) ? 'file' : 'device'}`;
  return new UsageError({ where, what, remedy: 'start the command once for each' });
}
