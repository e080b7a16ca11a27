import path from 'node:path';
import { formatTableFile } from '../../device/table-file.js';
import type { RampFit } from '../../device/fit/result.js';
import { deviceFile } from '../../experiment/fit/device-file.js';
import { displayPath } from '../../experiment/place.js';
import { writeWhole } from '../../experiment/verify/whole-file.js';
import { fitFigure } from './figure.js';
import { reportPage } from './page.js';

/** What was written, by kind; absolute paths. */
export type FitFiles = Readonly<Record<string, string>>;

/**
 * Writes a fit: the device file last, so that where it stands everything it names stands too.
 * @param target - place of the device file; the others stand beside it under the same name
 * @throws UsageError where no device follows from the fit; RunError where a file cannot be written
 */
export async function writeFit(
  fit: RampFit,
  target: string,
  context: { readonly files: readonly string[]; readonly notes: readonly string[] },
): Promise<FitFiles> {
  const places = placesOf(target);
  const name = (file: string): string => path.basename(file);
  const tables = { increasing: name(places.increasing), decreasing: name(places.decreasing) };
  const device = deviceFile(fit, { files: context.files, tables, report: name(places.report) });
  const { svg, png } = await fitFigure(fit);
  const page = reportPage(fit, { ...context, device: displayPath(target), figure: name(places.svg) });
  const contents: [kind: keyof typeof places, content: string | Uint8Array][] = [
    ...(fit.tables
      ? ([
          ['increasing', formatTableFile(fit.tables.ltp.table)],
          ['decreasing', formatTableFile(fit.tables.ltd.table)],
        ] as const)
      : []
    ).map(([kind, text]): [keyof typeof places, string] => [kind, text]),
    ['svg', svg],
    ['png', png],
    ['report', page],
    ['device', device],
  ];
  for (const [kind, content] of contents) writeWhole(places[kind], content);
  return Object.fromEntries(contents.map(([kind]) => [kind, places[kind]]));
}

function placesOf(device: string) {
  const stem = device.replace(/\.ya?ml$/, '');
  return {
    device,
    report: `${stem}.report.md`,
    svg: `${stem}.fit.svg`,
    png: `${stem}.fit.png`,
    increasing: `${stem}.increasing.txt`,
    decreasing: `${stem}.decreasing.txt`,
  };
}
