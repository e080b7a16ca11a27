import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../errors.js';
import { kindOf } from '../experiment/files.js';
import { displayPath } from '../experiment/place.js';
import { assertWritable, makeFolder, writeWhole } from '../experiment/whole-file.js';
import { figureFiles } from './figures/figure.js';
import { generator } from './page/page.js';
import { makeReport } from './make-report.js';
import { readResults } from './results/read.js';

/** What `mho report` is asked for. */
export interface ReportRequest {
  readonly places: readonly string[];
  /** The page; `report.html` unless told. */
  readonly out: string | undefined;
  readonly title: string | undefined;
  /** Whether the pictures that are saved have their titles. */
  readonly titled: boolean;
  /** Whether a page that is not one of Mho's own may be written over. */
  readonly force: boolean;
  readonly commandLine: readonly string[];
}

export interface WrittenReport {
  readonly page: string;
  /** Folder of the figures. */
  readonly folder: string;
  /** Names of the figures; each is there as *.svg, *.png, *.csv and *.vl.json. */
  readonly figures: readonly string[];
  readonly runs: number;
  readonly sweeps: number;
}

/** Lists what an earlier report left, so that the next one takes away no more than that. */
const manifest = 'report-files.json';

/**
 * Writes a report: the page, and beside it a folder with each figure as Vega-Lite, SVG, PNG and CSV. Everything is made
 * before anything is written.
 * @throws UsageError where a place holds no results, or the page cannot come to stand where it is asked for
 */
export async function writeReport({
  places,
  out,
  title,
  titled,
  force,
  commandLine,
}: ReportRequest): Promise<WrittenReport> {
  const page = path.resolve(out ?? 'report.html');
  if (!/\.html?$/i.test(page)) {
    const what = `got ${path.basename(page)}, expected a name that ends with .html`;
    throw new UsageError({ where: '--out', what, remedy: `say ${path.basename(page)}.html` });
  }
  assertWritable(page, '--out');
  const folder = page.replace(/\.html?$/i, '.figures');
  if (!force) assertOwn(page, folder);
  if (kindOf(folder) === 'file') {
    throw new UsageError({ where: displayPath(folder), what: 'is a file, expected a place for a folder of figures' });
  }
  const results = readResults(places);
  const report = await makeReport(results, { title, commandLine, figuresAt: path.basename(folder) });
  const files: [string, string | Uint8Array][] = [];
  for (const figure of report.figures) files.push(...(await figureFiles(figure, titled)));
  removeEarlier(
    folder,
    files.map(([name]) => name),
  );
  makeFolder(folder);
  for (const [name, content] of files) writeWhole(path.join(folder, name), content);
  writeWhole(
    path.join(folder, manifest),
    `${JSON.stringify(
      files.map(([name]) => name),
      undefined,
      1,
    )}\n`,
  );
  writeWhole(page, report.html);
  const figures = report.figures.map(({ name }) => name);
  return { page, folder, figures, runs: results.runs.length, sweeps: results.sweeps.length };
}

/** @throws UsageError where a page of somebody else's is there */
function assertOwn(page: string, folder: string): void {
  // Earlier versions did not name themselves in the page, but left their list of figures beside it.
  if (kindOf(page) !== 'file' || kindOf(path.join(folder, manifest)) === 'file') return;
  if (readFileSync(page, 'utf8').includes(`content="${generator}"`)) return;
  const what = 'is there, and is no report of Mho';
  throw new UsageError({ where: displayPath(page), what, remedy: 'name another page with --out, or say --force' });
}

/** Figures of an earlier report that this one has not. */
function removeEarlier(folder: string, kept: readonly string[]): void {
  const list = path.join(folder, manifest);
  if (kindOf(list) !== 'file') return;
  const names = JSON.parse(readFileSync(list, 'utf8')) as unknown;
  if (!Array.isArray(names)) return;
  const gone = names.filter((name): name is string => typeof name === 'string' && path.basename(name) === name);
  for (const name of gone) if (!kept.includes(name)) rmSync(path.join(folder, name), { force: true });
}
