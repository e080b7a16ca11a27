import { existsSync } from 'node:fs';
import path from 'node:path';
import { RunError } from '../src/errors.js';
import { reasonOf } from './digest.js';
import { download } from './download.js';
import { cacheFolder, isOffline, listSetting, mirrorUrl, setting } from './places.js';
import { type FoundFile, type SearchResult, missingFile, searchFile, statusOf, warnOfRejected } from './search.js';
import type { DataFile, FileStatus, LoadOptions } from './source.js';

/**
 * Files that somebody published under one URL: looked for in `$MHO_DATA_DIR`, in the archive's folder below it, in the
 * cache and beside the project, in this order; then downloaded into the cache.
 */
export interface Archive {
  /** What `mho data` calls it. */
  readonly name: string;
  readonly files: readonly DataFile[];
  /** Base URL. */
  readonly url: string;
  /** Name of its folder in `$MHO_DATA_DIR` and in the cache. */
  readonly folder: string;
  /** A folder that may lie beside the project; undefined for none. */
  readonly beside: string | undefined;
  /** Environment variable of mirrors: base URLs, separated by commas. */
  readonly mirrors: string;
}

/** The command that makes an archive's files present. */
export function fetchCommand({ name }: Pick<Archive, 'name'>): string {
  return `run \`npx mho data fetch ${name}\``;
}

/** Looks for each file and checks its SHA-256, without network. */
export async function locateArchive(archive: Archive, options: LoadOptions = {}): Promise<readonly FileStatus[]> {
  return Promise.all(archive.files.map(async (file) => statusOf(await find(file, archive, options))));
}

/**
 * Makes each file present, and does nothing for those that are.
 * @throws RunError where one is absent, damaged or cannot be downloaded
 */
export async function fetchArchive(archive: Archive, options: LoadOptions): Promise<readonly FileStatus[]> {
  const statuses: FileStatus[] = [];
  for (const file of archive.files) statuses.push(statusOf(await obtain(file, archive, options)));
  return statuses;
}

/**
 * A checked copy from the first place that has one, downloaded where none has and the network is allowed.
 * @throws RunError where the file is absent, damaged or cannot be downloaded
 */
export async function obtain(file: DataFile, archive: Archive, options: LoadOptions): Promise<FoundFile> {
  const env = options.env ?? process.env;
  const offline = isOffline(options.offline, env);
  const mirrors = urlsOf(file, archive, options);
  let found = await find(file, archive, options);
  if (found.place === undefined && !offline) {
    await downloadInto(archive, found, mirrors, options);
    found = await find(file, archive, options);
  }
  if (found.place === undefined) throw await missing(found, archive, options);
  warnOfRejected(found, options.warn);
  return found;
}

/** The error of a file that is absent, which names those that are absent with it, so that one look mends them all. */
async function missing(found: SearchResult, archive: Archive, options: LoadOptions): Promise<RunError> {
  const all = await locateArchive(archive, options);
  const absent = all.filter(({ place, rejected }) => place === undefined && rejected.length === 0);
  return missingFile(
    found,
    missingRemedy(archive),
    absent.map(({ file }) => file.name),
  );
}

/** What to do about files that are not at hand. */
export function missingRemedy(archive: Archive): string {
  return `${fetchCommand(archive)} with a network, or set MHO_DATA_DIR`;
}

/** Warns of a `MHO_DATA_DIR` that is no folder. */
export function warnOfFolder({ env = process.env, warn }: LoadOptions): void {
  const chosen = setting(env, 'MHO_DATA_DIR');
  // Only a folder has a `.` in it.
  if (chosen === undefined || existsSync(`${chosen}/.`)) return;
  warn?.(`MHO_DATA_DIR: got ${JSON.stringify(chosen)}, expected a folder; it is passed over`);
}

function find(file: DataFile, archive: Archive, options: LoadOptions): Promise<SearchResult> {
  return searchFile(file, foldersOf(archive, options.env ?? process.env));
}

/** Folders that may hold an archive's files, in the order in which they are looked through. */
export function foldersOf({ folder, beside }: Archive, env: NodeJS.ProcessEnv): readonly string[] {
  const chosen = setting(env, 'MHO_DATA_DIR');
  return [
    ...(chosen === undefined ? [] : [path.resolve(chosen), path.resolve(chosen, folder)]),
    path.join(cacheFolder(env), folder),
    ...(beside === undefined ? [] : [beside]),
  ];
}

/** URLs of a file: the caller's mirrors, those of the environment, then the archive. */
function urlsOf(file: DataFile, { url, mirrors }: Archive, options: LoadOptions): readonly string[] {
  const ofCaller = (options.mirrors ?? []).map((mirror) => mirrorUrl(mirror, 'mirrors'));
  const named = listSetting(options.env ?? process.env, mirrors);
  const ofEnvironment = named.map((mirror) => mirrorUrl(mirror, mirrors));
  const bases = new Set([...ofCaller, ...ofEnvironment, url]);
  return [...bases].map((base) => `${base}${file.name}`);
}

async function downloadInto(archive: Archive, found: SearchResult, urls: readonly string[], options: LoadOptions) {
  const { file, rejected } = found;
  const folder = path.join(cacheFolder(options.env ?? process.env), archive.folder);
  const remedy = `check the network, name a mirror in ${archive.mirrors}, or set MHO_DATA_DIR to a folder that has it`;
  const request = { file, urls, target: path.join(folder, file.name), remedy };
  try {
    await download({ ...request, progress: options.progress, tuning: options.download });
  } catch (error) {
    const damaged = rejected.at(0);
    if (damaged === undefined) throw error;
    const what = `${damaged.reason}, and no good copy could be had: ${reasonOf(error)}`;
    throw new RunError({ where: damaged.place, what }, { cause: error });
  }
}
