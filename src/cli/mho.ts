import yargs, { type Argv } from 'yargs';
import { MhoError, UsageError, nearestName } from '../errors.js';
import { mhoVersion } from '../experiment/environment.js';
import { ablateCommand } from './ablate.js';
import { calibrateCommand } from './calibrate.js';
import { characterizeCommand } from './characterize.js';
import { claimsCommand } from './claims.js';
import { dataCommand } from './data.js';
import { deviceCommand } from './device.js';
import { doctorCommand } from './doctor.js';
import { exportCommand } from './export.js';
import { fitCommand } from './fit.js';
import { outliveTerminals } from './interrupt.js';
import { watchOutputs } from './outputs.js';
import { positionalMistake } from './positionals.js';
import { reportCommand } from './report.js';
import { resultsCommand } from './results.js';
import { runCommand } from './run.js';
import { sweepCommand } from './sweep.js';
import { tensorBoardCommand } from './tensorboard.js';
import { verifyCommand } from './verify.js';
import { watchCommand } from './watch.js';

/**
 * The command `mho`.
 * @param argv - arguments after the command's name
 * @returns the exit code: 0 done, 1 run-time failure, 2 usage or configuration, 3 an accuracy outside its
 * interval or a claim that is not met, 130 interrupted
 */
export async function main(argv: readonly string[]): Promise<number> {
  watchOutputs();
  outliveTerminals();
  try {
    const parser = commandLine(argv);
    if (argv.length === 0) {
      console.error(await parser.getHelp());
      return 2;
    }
    await parser.parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return report(error, argv.includes('--json'));
  }
}

function commandLine(argv: readonly string[]): Argv {
  return yargs([...argv])
    .scriptName('mho')
    .usage('$0 <command>\n\nTrains neural networks on memristor crossbars.')
    .command(runCommand)
    .command(deviceCommand)
    .command(dataCommand)
    .command(fitCommand)
    .command(verifyCommand)
    .command(calibrateCommand)
    .command(ablateCommand)
    .command(sweepCommand)
    .command(resultsCommand)
    .command(characterizeCommand)
    .command(claimsCommand)
    .command(exportCommand)
    .command(reportCommand)
    .command(tensorBoardCommand)
    .command(watchCommand)
    .command(doctorCommand)
    .demandCommand(1, 'no command was given')
    .strict()
    .strictCommands()
    .version(mhoVersion())
    .help()
    .parserConfiguration({ 'dot-notation': false, 'camel-case-expansion': false, 'boolean-negation': false })
    .epilogue('Documentation: docs/cli.md and docs/configuration.md')
    .wrap(Math.min(120, process.stdout.columns || 100))
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined, parser: Argv) => {
      throw error instanceof MhoError || message === null ? error! : usageError(message, parser, argv);
    });
}

/** What the parser refuses, with the nearest name that it knows. */
function usageError(message: string, parser: Argv, argv: readonly string[]): UsageError {
  const extra = positionalMistake(message, argv);
  if (extra) return extra;
  const [, bare] = /^Not enough arguments following: (\S+)$/.exec(message) ?? [];
  if (bare !== undefined) {
    const option = `${bare.length === 1 ? '-' : '--'}${bare}`;
    return new UsageError({ where: option, what: 'stands without a value', remedy: `write it behind ${option}` });
  }
  const [, kind, name] = /^Unknown (argument|command)s?: ([^,]+)/.exec(message) ?? [];
  if (kind === undefined || name === undefined) {
    const what = message.charAt(0).toLowerCase() + message.slice(1);
    return new UsageError({ where: 'mho', what, remedy: 'see mho --help' });
  }
  const option = argv.some((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`));
  const near = nearestName(name, namesIn(helpOf(parser), option));
  const remedy = near === undefined ? 'see mho --help' : `did you mean ${option ? '--' : ''}${near}?`;
  return new UsageError({ where: 'mho', what: `unknown ${option ? 'option --' : `${kind} `}${name}`, remedy });
}

function helpOf(parser: Argv): string {
  let help = '';
  parser.showHelp((text) => {
    help = text;
  });
  return help;
}

/** The options, or the commands, that a help text lists. */
function namesIn(help: string, options: boolean): string[] {
  const pattern = options ? /--([a-z][a-z-]*)/g : /^ {2}mho (?:(?:data|device) )?([a-z]+)/gm;
  return [...new Set([...help.matchAll(pattern)].flatMap(([, name]) => name ?? []))];
}

function report(error: unknown, json: boolean): number {
  const message = error instanceof MhoError ? error.message : unexpected(error);
  const exitCode = error instanceof MhoError ? error.exitCode : 1;
  console.error(process.env.MHO_DEBUG === '1' ? error : message);
  if (json) console.log(JSON.stringify({ error: message, exitCode }));
  return exitCode;
}

function unexpected(error: unknown): string {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `mho: unexpected error: ${what.split('\n', 1)[0]}; this is a bug, set MHO_DEBUG=1 to see where it happened`;
}
