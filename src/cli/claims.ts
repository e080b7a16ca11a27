import type { CommandModule } from 'yargs';
import { listenForInterrupts } from './interrupt.js';
import { once, parseJobs } from './options.js';

interface ClaimsArguments {
  readonly 'with-training': boolean;
  readonly jobs: string | readonly string[] | undefined;
  readonly offline: boolean;
  readonly json: boolean;
}

/** `mho claims`: every claim of the two papers, and what of it is met. */
export const claimsCommand: CommandModule<object, ClaimsArguments> = {
  command: 'claims',
  describe: 'Hold the claims of the two papers against simulations',
  builder: (yargs) =>
    yargs
      .option('with-training', {
        ...({ type: 'boolean', default: false } as const),
        describe: 'Train the headline accuracies anew (minutes) instead of taking the recorded ones',
      })
      .option('jobs', {
        ...({ type: 'string', requiresArg: true } as const),
        describe: 'Trainings at a time; as many as there are cores unless told',
      })
      .option('offline', { type: 'boolean', default: false, describe: 'Use no network while training' })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object on stdout' })
      .example('$0 claims', 'The table, in seconds; exit code 3 where a row is not met'),
  handler: async (args) => {
    const jobs = parseJobs(once('jobs', args.jobs));
    const { holdClaims } = await import('../characterization/claims/hold.js');
    const { claimsExitCode } = await import('../characterization/claims/table.js');
    const { describeClaims } = await import('./claim-lines.js');
    const interrupts = listenForInterrupts((message) => {
      console.error(message);
    });
    try {
      const table = holdClaims(args['with-training'] ? await trainedAnew(jobs, args.offline) : undefined);
      console.log(args.json ? JSON.stringify(table) : describeClaims(table));
      process.exitCode = claimsExitCode(table);
    } finally {
      interrupts.dispose();
    }
  },
};

async function trainedAnew(jobs: number, offline: boolean) {
  const { trainedEvidence } = await import('../characterization/claims/experiments.js');
  const { trainInWorkers } = await import('../experiment/batch/worker-pool.js');
  return trainedEvidence({
    train: (list, done) => trainInWorkers(list, jobs, done),
    offline,
    finished: ({ config }, results) => {
      console.error(`${config.name}: ${results.length} runs done`);
    },
  });
}
