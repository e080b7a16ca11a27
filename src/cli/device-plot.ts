import type { CommandModule } from 'yargs';
import { UsageError } from '../errors.js';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface PlotArguments {
  readonly device: string;
  readonly out: Text;
  readonly pulses: Text;
  readonly csv: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

const text = { type: 'string', requiresArg: true } as const;
const flag = { type: 'boolean', default: false } as const;

/** `mho device plot`: a device's LTP and LTD, and its steps against conductance. */
export const plotCommand: CommandModule<object, PlotArguments> = {
  command: 'plot <device>',
  describe: "Draw a device's LTP and LTD and its steps against conductance, with their noise",
  builder: (yargs) =>
    yargs
      .positional('device', {
        type: 'string',
        demandOption: true,
        describe: 'A device file, or a device of `list` where no file has its name',
      })
      .option('out', { ...text, alias: 'o', describe: 'Picture: *.svg, *.png or *.html; <device>.svg unless told' })
      .option('pulses', { ...text, describe: 'Pulses in each direction; as many as show the whole range unless told' })
      .option('csv', { ...flag, describe: 'Write the curves as CSV beside the picture' })
      .option('force', { ...flag, describe: 'Write over what is there' })
      .option('json', { ...flag, describe: 'Print one JSON object on stdout, with the curves' })
      .example('$0 device plot epiram -o epiram.png', 'LTP, LTD and ΔG(G) of a shipped device')
      .example('$0 device plot mine.yaml --pulses 100 --csv', 'mine.svg, mine.train.csv and mine.steps.csv'),
  handler: async (args) => {
    const { device, csv, force } = args;
    const request = { device, pulses: pulsesOf(args.pulses), out: once('out', args.out), csv, force };
    const { plotDevice } = await import('../report/device/plot-device.js');
    const { displayPath } = await import('../experiment/place.js');
    const outcome = await plotDevice(request);
    console.log(args.json ? JSON.stringify(outcome) : outcome.written.map(displayPath).join('\n'));
  },
};

function pulsesOf(given: Text): number | undefined {
  const told = once('pulses', given);
  if (told === undefined) return undefined;
  const pulses = /^\d+$/.test(told) ? Number(told) : 0;
  if (pulses >= 1 && pulses <= 65_536) return pulses;
  const what = `got ${JSON.stringify(told)}, expected a whole number from 1 to 65536`;
  throw new UsageError({ where: '--pulses', what });
}
