import type * as fs from 'node:fs';

/** Where the Vulkan loader looks for a list of drivers. */
export type LoaderEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the Vulkan loader of Linux has a driver to load: Dawn complains on stderr where there is none, so it is asked
 * only where there may be one. The loader's own order: files that are named stand instead of the search, those that are
 * added beside it.
 * @see https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md
 */
export function vulkanDriverListed(env: LoaderEnvironment): boolean {
  const named = setting(env, 'VK_DRIVER_FILES') ?? setting(env, 'VK_ICD_FILENAMES');
  if (named !== undefined) return listed(named).some(holdsManifest);
  return [...listed(env.VK_ADD_DRIVER_FILES), ...searched(env)].some(holdsManifest);
}

/** Folders of the search, by the XDG base directories and the loader's own. */
function searched(env: LoaderEnvironment): string[] {
  const home = setting(env, 'HOME');
  const inHome = (folder: string): string[] => (home === undefined ? [] : [`${home}/${folder}`]);
  const bases = [
    ...listed(setting(env, 'XDG_CONFIG_HOME'), inHome('.config')),
    ...listed(setting(env, 'XDG_CONFIG_DIRS'), ['/etc/xdg']),
    ...['/etc', '/usr/local/etc'],
    ...listed(setting(env, 'XDG_DATA_HOME'), inHome('.local/share')),
    ...listed(setting(env, 'XDG_DATA_DIRS')),
    // Drivers lie there on every system, whatever the variable leaves out.
    ...['/usr/local/share', '/usr/share'],
  ];
  return bases.map((base) => `${base}/vulkan/icd.d`);
}

/** An empty variable is none. */
function setting(env: LoaderEnvironment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

function listed(paths: string | undefined, instead: string[] = []): string[] {
  return paths?.split(':').filter((path) => path !== '') ?? instead;
}

/** Whether a path is a driver's file, or a folder that holds one. */
function holdsManifest(path: string): boolean {
  const { statSync, readdirSync }: typeof fs = process.getBuiltinModule('node:fs');
  try {
    if (!statSync(path).isDirectory()) return true;
    return readdirSync(path).some((name) => name.endsWith('.json'));
  } catch {
    // Absent, or closed to this user, as another's home is: the loader cannot read it either.
    return false;
  }
}
