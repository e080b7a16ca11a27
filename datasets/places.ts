import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunError, UsageError } from '../src/errors.js';

/**
 * Folder for downloaded files and what was measured once: `$MHO_CACHE_DIR`, `$XDG_CACHE_HOME/mho`, or `~/.cache/mho`.
 * A relative `XDG_CACHE_HOME` is passed over, as the XDG base directory specification asks; a relative `MHO_CACHE_DIR` is
 * below the current folder.
 */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const own = setting(env, 'MHO_CACHE_DIR');
  if (own !== undefined) return path.resolve(own);
  const xdg = env.XDG_CACHE_HOME;
  if (xdg !== undefined && path.isAbsolute(xdg)) return path.join(xdg, 'mho');
  return path.join(setting(env, 'HOME') ?? homedir(), '.cache', 'mho');
}

/**
 * The nearest folder above this file with a package.json: the project, whether run from source or from dist/.
 * @throws RunError where there is none
 */
export function projectRoot(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  for (let folder = here; path.dirname(folder) !== folder; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return folder;
  }
  throw new RunError({ where: here, what: 'no package.json in a folder above', remedy: 'install the package whole' });
}

/** An environment variable, undefined where it is unset or empty. */
export function setting(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

/**
 * Whether the network is off limits: the option, otherwise `MHO_OFFLINE`.
 * @throws UsageError where `MHO_OFFLINE` is something other than 1, 0, true or false
 */
export function isOffline(option: boolean | undefined, env: NodeJS.ProcessEnv): boolean {
  const value = setting(env, 'MHO_OFFLINE') ?? '0';
  if (option === true || value === '1' || value === 'true') return true;
  if (value === '0' || value === 'false') return false;
  const what = `got ${JSON.stringify(value)}, expected 1 or 0`;
  throw new UsageError({ where: 'MHO_OFFLINE', what, remedy: 'set it to 1 to work without network, or unset it' });
}

/**
 * Checks the base URL of a mirror.
 * @returns the URL with exactly one slash at its end
 * @throws UsageError where it is not an http or https URL
 */
export function mirrorUrl(text: string, where: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return `${text.replace(/\/+$/, '')}/`;
  const what = `got ${JSON.stringify(text)}, expected an http or https URL of a folder`;
  throw new UsageError({ where, what, remedy: 'for files on a disk, set MHO_DATA_DIR to their folder' });
}

/** Splits a comma-separated setting into its parts. */
export function listSetting(env: NodeJS.ProcessEnv, name: string): readonly string[] {
  const parts = (setting(env, name) ?? '').split(',');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
