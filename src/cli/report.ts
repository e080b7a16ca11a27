import type { CommandModule } from 'yargs';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface ReportArguments {
  readonly folder: readonly string[];
  readonly out: Text;
  readonly title: Text;
  readonly json: boolean;
  readonly untitled: boolean;
  readonly force: boolean;
}

const text = { type: 'string', requiresArg: true } as const;

/** `mho report`: results as one page, and its figures. */
export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report <folder..>',
  describe: 'Put results together in one page, with its figures beside it',
  builder: (yargs) =>
    yargs
      .positional('folder', {
        ...({ type: 'string', array: true, demandOption: true } as const),
        describe: 'Run folders, folders of runs, sweeps, or what mho ablate --json printed (*.json)',
      })
      .option('out', { ...text, alias: 'o', describe: 'Page; report.html unless told. Figures go to <page>.figures/' })
      .option('title', { ...text, describe: 'Title of the page; the experiments unless told' })
      .option('untitled', {
        ...({ type: 'boolean', default: false } as const),
        describe: 'Pictures that are saved have no titles, as journals want them',
      })
      .option('force', {
        ...({ type: 'boolean', default: false } as const),
        describe: 'Write over a page that is no report of Mho',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object on stdout' })
      .example('$0 report runs/first -o first.html', 'first.html, and first.figures/ with SVG, PNG, CSV and Vega-Lite')
      .example('$0 report runs ablation.json', 'All runs of a folder, and an ablation'),
  handler: async ({ folder, out, title, json, untitled, force }) => {
    const { writeReport } = await import('../report/write-report.js');
    const { displayPath } = await import('../experiment/place.js');
    const commandLine = ['mho', ...process.argv.slice(2)];
    const written = await writeReport({
      places: folder,
      out: once('out', out),
      title: once('title', title),
      ...{ titled: !untitled, force },
      commandLine,
    });
    const lines = [
      displayPath(written.page),
      `${written.figures.length} ${written.figures.length === 1 ? 'figure' : 'figures'} in ${displayPath(written.folder)}`,
    ];
    console.log(json ? JSON.stringify(written) : lines.join('\n'));
  },
};
