import type { CommandModule } from 'yargs';
import { exportDeviceCommand, importCommand } from './device-exchange.js';
import { plotCommand } from './device-plot.js';

interface ListArguments {
  readonly device: readonly string[];
  readonly all: boolean;
  readonly json: boolean;
}

interface ShowArguments {
  readonly json: boolean;
  readonly device: string;
}

const json = { type: 'boolean', default: false, describe: 'Print one JSON object on stdout' } as const;

const listCommand: CommandModule<object, ListArguments> = {
  command: 'list [device..]',
  describe: 'List the device models and the devices that come with mho, or compare devices of your choice',
  builder: (yargs) =>
    yargs
      .positional('device', {
        ...({ type: 'string', array: true, default: [] as readonly string[] } as const),
        describe: 'Device files, and devices by name where no file has it; models and all shipped devices unless told',
      })
      .option('all', {
        type: 'boolean',
        default: false,
        describe: 'The shipped devices too, below those that are named',
      })
      .option('json', json)
      .example('$0 device list', 'Models and devices')
      .example('$0 device list mine.yaml --all', 'A device of your own above the library'),
  handler: async (args) => {
    const { compareDevices, listDevices } = await import('../experiment/device-list.js');
    const { describeList } = await import('./device-tables.js');
    const list = args.device.length === 0 ? listDevices() : compareDevices(args.device, args.all);
    console.log(args.json ? JSON.stringify(list) : describeList(list, process.stdout.columns));
  },
};

const showCommand: CommandModule<object, ShowArguments> = {
  command: 'show <device>',
  describe: "Show a device's parameters and where each comes from",
  builder: (yargs) =>
    yargs
      .positional('device', {
        type: 'string',
        demandOption: true,
        describe: 'A device file, or a device of `list` where no file has its name',
      })
      .option('json', json)
      .example('$0 device show ag-wse2-qd', 'Parameters of the WSe2 device and their sources'),
  handler: async (args) => {
    const { describeShown, showDevice } = await import('./device-tables.js');
    const shown = showDevice(args.device);
    console.log(args.json ? JSON.stringify(shown) : describeShown(shown));
  },
};

/** `mho device`: what device models and devices there are, and what a device is made of. */
export const deviceCommand: CommandModule = {
  command: 'device',
  describe: 'List device models; show, draw, import and export devices',
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(showCommand)
      .command(plotCommand)
      .command(importCommand)
      .command(exportDeviceCommand)
      .demandCommand(1, 'no command was given, expected list, show, plot, import or export')
      .strict()
      .strictCommands(),
  handler: () => undefined,
};
