// Builds @tensorflow/tfjs-node for the tests where its own libtensorflow cannot be downloaded: the addon's sources are in
// the npm package, the library and its headers are in TensorFlow's Python wheel.
//   node scripts/tfjs-node.mjs                 into .cache/tfjs-node, where the tests look for it
//   node scripts/tfjs-node.mjs --out folder    elsewhere; set MHO_TFJS_NODE to it
// Needs npm, python3 with pip, g++ and Node's headers, on Linux x64; about 0.95 GB of disk, and the wheel's 0.2 GB while it runs. Users do not need it: they
// run `npm install @tensorflow/tfjs-node`.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const told = options();
const out = path.resolve(told.out ?? path.join(root, '.cache/tfjs-node'));
const npmPackage = '@tensorflow/tfjs-node@4.22.0';
/** tfjs-node 4.22 was made for 2.9; the part of the C API that it calls is the same in 2.15. */
const wheel = { name: 'tensorflow-cpu', version: '2.15.1', python: '3.11', platform: 'manylinux2014_x86_64' };

if (process.platform !== 'linux' || process.arch !== 'x64') {
  fail(`this is ${process.platform} ${process.arch}, expected linux x64, for which there is such a wheel`);
}
const headers = path.resolve(process.execPath, '../../include/node');
if (!existsSync(path.join(headers, 'node_api.h'))) fail(`Node's headers are not in ${headers}`);

mkdirSync(out, { recursive: true });
installPackage();
const library = extractLibrary();
buildAddon(library);
tryAddon();
console.log(`built: ${out}\nset MHO_TFJS_NODE=${out} for mho to take it; the tests find it in .cache/tfjs-node`);

function options() {
  try {
    return parseArgs({ options: { out: { type: 'string' } } }).values;
  } catch (error) {
    return fail(`${error.message.split('. ')[0]}; the only option is --out <folder>`);
  }
}

function installPackage() {
  writeFileSync(path.join(out, 'package.json'), '{ "private": true }\n');
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', npmPackage], out);
}

/** Folder that holds the libraries and include/. */
function extractLibrary() {
  const folder = path.join(out, 'libtensorflow');
  const target = path.join(folder, 'tensorflow');
  if (existsSync(path.join(target, 'libtensorflow_cc.so.2'))) return target;
  const { name, version, python, platform } = wheel;
  const choice = ['--no-deps', '--only-binary=:all:', '--python-version', python, '--platform', platform];
  run('python3', ['-m', 'pip', 'download', '--quiet', ...choice, '--dest', folder, `${name}==${version}`]);
  const unpack = `
import glob, sys, zipfile
[file] = glob.glob(sys.argv[1] + '/*.whl')
wanted = ('tensorflow/libtensorflow_', 'tensorflow/include/tensorflow/', 'tensorflow/include/tsl/')
with zipfile.ZipFile(file) as wheel:
    wheel.extractall(sys.argv[1], [name for name in wheel.namelist() if name.startswith(wanted)])
print(file)`;
  const file = execFileSync('python3', ['-c', unpack, folder], { encoding: 'utf8' }).trim();
  rmSync(file);
  return target;
}

function buildAddon(library) {
  const package_ = path.join(out, 'node_modules/@tensorflow/tfjs-node');
  const addon = path.join(package_, 'lib/napi-v8/tfjs_binding.node');
  mkdirSync(path.dirname(addon), { recursive: true });
  const sources = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'].map((file) => path.join(package_, file));
  const includes = [headers, path.join(library, 'include'), package_].map((folder) => `-I${folder}`);
  const libraries = [`-L${library}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'];
  const options = ['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8', `-Wl,-rpath,${library}`];
  run('g++', [...options, ...includes, ...sources, '-o', addon, ...libraries]);
}

/** 2 × 2 matrices are multiplied. */
function tryAddon() {
  const main = pathToFileURL(path.join(out, 'node_modules/@tensorflow/tfjs-node/dist/index.js')).href;
  const program = `
    const util = process.getBuiltinModule?.('node:util');
    if (util) { util.isNullOrUndefined ??= (x) => x == null; util.isArray ??= Array.isArray; }
    const { default: tf } = await import(${JSON.stringify(main)});
    const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const got = [tf.getBackend(), ...a.matMul(a).dataSync()].join(' ');
    if (got !== 'tensorflow 7 10 15 22') throw new Error(got);`;
  run(process.execPath, ['--input-type=module', '-e', program]);
}

function run(command, args, cwd) {
  try {
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '1' };
    execFileSync(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    fail(`${command} failed: ${error.message.split('\n')[0]}`);
  }
}

function fail(reason) {
  console.error(`tfjs-node: ${reason}`);
  process.exit(1);
}
