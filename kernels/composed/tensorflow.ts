import type * as nodeModule from 'node:module';
import type * as nodePath from 'node:path';
import type * as nodeUrl from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { RunError } from '../../src/errors.js';

/** TensorFlow's native binding for tfjs: an optional package that is looked for at run time. */

/** The packages that bring the backend, the one for GPUs first: who installed it wants it. */
const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** Where a package was found. */
export interface TensorflowPackage {
  readonly name: (typeof packages)[number];
  readonly version: string;
  /** Its main file. */
  readonly main: string;
}

/** Why there is no backend, and what to do. */
export interface TensorflowMissing {
  readonly what: string;
  readonly remedy: string;
}

const remedy = 'run `npm install @tensorflow/tfjs-node` (or tfjs-node-gpu), or use --backend wasm';

/**
 * Looks for the package in the project that MHO_TFJS_NODE names, and there alone; without it beside Mho, and in the working
 * folder's project. Nothing is loaded.
 */
export function findTensorflow(): TensorflowPackage | TensorflowMissing {
  const { path } = node();
  const inFolder = (folder: string): string => path.join(folder, 'package.json');
  const told = process.env.MHO_TFJS_NODE;
  if (!told) return packageFrom([import.meta.url, inFolder(process.cwd())]) ?? notInstalled;
  const folder = path.resolve(told);
  const what = `MHO_TFJS_NODE names ${folder}, where @tensorflow/tfjs-node is not installed`;
  return packageFrom([inFolder(folder)]) ?? { what, remedy: `${remedy}; or unset MHO_TFJS_NODE` };
}

const notInstalled: TensorflowMissing = {
  what: 'the optional package @tensorflow/tfjs-node is not installed',
  remedy,
};

function packageFrom(places: readonly string[]): TensorflowPackage | TensorflowMissing | undefined {
  for (const place of places) {
    const require = node().createRequire(place);
    for (const name of packages) {
      const found = packageAt(require, name);
      if (found) return found;
    }
  }
  return undefined;
}

/** What a project has of a package: nothing, the whole of it, or a part, such as an installation that was broken off leaves. */
function packageAt(
  require: NodeJS.Require,
  name: TensorflowPackage['name'],
): TensorflowPackage | TensorflowMissing | undefined {
  let version: string;
  try {
    ({ version } = require(`${name}/package.json`) as { version: string });
  } catch {
    return undefined;
  }
  try {
    return { name, version, main: require.resolve(name) };
  } catch (error) {
    const what = `${name} ${version} is installed in part: ${firstLine(error)}`;
    return { what, remedy: `run \`npm install ${name}\` again, or use --backend wasm` };
  }
}

export function tensorflowFound(search: TensorflowPackage | TensorflowMissing): search is TensorflowPackage {
  return 'main' in search;
}

let loading: Promise<TensorflowPackage> | undefined;

/**
 * Loads the package, which registers tfjs's backend `tensorflow`; the backend that was active stays so.
 * @throws RunError where it is missing or its native addon cannot be loaded
 */
export async function loadTensorflow(): Promise<TensorflowPackage> {
  loading ??= load();
  try {
    return await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

async function load(): Promise<TensorflowPackage> {
  const found = findTensorflow();
  if (!tensorflowFound(found)) throw new RunError({ where: 'tensorflow', ...found });
  bringBackUtilities();
  // TensorFlow tells on stderr how it was compiled; warnings and errors stay.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  const before = tf.engine().backendName;
  try {
    await quietly(() => import(node().pathToFileURL(found.main).href));
  } catch (error) {
    const what = `${found.name} ${found.version} could not be loaded: ${firstLine(error)}`;
    const again = `run \`npm rebuild ${found.name} --build-addon-from-source\`, or use --backend wasm`;
    throw new RunError({ where: 'tensorflow', what, remedy: again }, { cause: error });
  }
  if (before) await tf.setBackend(before);
  return found;
}

/** The package brings kernels of tfjs's other backends along; that they are there already is said for each. */
async function quietly(work: () => Promise<unknown>): Promise<void> {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    await work();
  } finally {
    console.warn = warn;
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();
}

/** tfjs-node 4.22 calls functions of `node:util` that Node 23 no longer has. */
function bringBackUtilities(): void {
  const util = node().createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

/** Node's own modules, asked for when they are needed: a browser that loads the other kernels has none. */
function node() {
  const { createRequire }: Pick<typeof nodeModule, 'createRequire'> = process.getBuiltinModule('node:module');
  const path: typeof nodePath = process.getBuiltinModule('node:path');
  const { pathToFileURL }: typeof nodeUrl = process.getBuiltinModule('node:url');
  return { createRequire, path, pathToFileURL };
}
