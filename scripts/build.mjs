// Compiles everything that `npm ci` must leave ready:
//   1. the AssemblyScript kernels to two WASM SIMD binaries, for one thread and for several, each embedded as a
//      TypeScript module (so it loads alike from source under vitest, from dist/ in Node, and in a browser);
//   2. TypeScript to dist/.
// `--kernels` does only the first; `--prepare` is npm's hook and lets a production install (`--omit=dev`) pass
// when the compilers are absent but dist/ was shipped.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const only = new Set(process.argv.slice(2));
const require = createRequire(import.meta.url);

/** AssemblyScript entry files, one per kernel: their exports make one module with one memory. */
const entries = [
  'kernels/wasm/assembly/exports.ts',
  'kernels/online-sgd/wasm/assembly/index.ts',
  'kernels/pulse-update/wasm/assembly/index.ts',
  'kernels/crossbar-read/wasm/assembly/index.ts',
  'kernels/drift/wasm/assembly/index.ts',
];

/** What several threads need over one memory, which must be shared; one thread keeps the memory that it has for itself. */
const teamEntries = ['kernels/wasm/assembly/team.ts', 'kernels/online-sgd/wasm/assembly/together.ts'];
const sharedMemory = ['--enable', 'threads', '--importMemory', '--sharedMemory', '--maximumMemory', '65536'];

const modules = [
  { file: 'binary', binary: 'kernels.wasm', entries, flags: [], about: 'the compiled kernels export' },
  {
    file: 'shared-binary',
    binary: 'kernels-shared.wasm',
    entries: [...entries, ...teamEntries],
    flags: sharedMemory,
    about: 'the kernels that are compiled for threads export beside those of one thread',
  },
];

const generatedFile = ({ file }) => path.join(root, `kernels/wasm/${file}.generated.ts`);

function sourcesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return sourcesUnder(file);
    return folder.includes('assembly') && entry.name.endsWith('.ts') ? [file] : [];
  });
}

function isFresh(module) {
  if (!existsSync(generatedFile(module))) return false;
  const built = statSync(generatedFile(module)).mtimeMs;
  const inputs = [...sourcesUnder(path.join(root, 'kernels')), fileURLToPath(import.meta.url)];
  return inputs.every((file) => statSync(file).mtimeMs < built);
}

function run(script, args) {
  const result = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function compile({ binary, entries, flags }) {
  const out = path.join(root, 'dist', binary);
  mkdirSync(path.dirname(out), { recursive: true });
  run(path.join(path.dirname(require.resolve('assemblyscript/package.json')), 'bin/asc.js'), [
    ...entries,
    ...['--outFile', out, '--runtime', 'stub', '--enable', 'simd', '--bindings', 'raw'],
    // -O3 with asserts off; no floating-point rewriting happens: asc never reorders f32 arithmetic.
    ...['-O3', '--noAssert', '--converge', ...flags],
  ]);
  const types = readFileSync(out.replace(/\.wasm$/, '.d.ts'), 'utf8');
  const functions = [...types.matchAll(/export function (\w+)\(([^)]*)\): (\w+);/g)].map(
    ([, name, args, result]) => `  ${name}(${args}): ${result};`,
  );
  return { functions, base64: readFileSync(out).toString('base64') };
}

function buildKernels() {
  if (modules.every(isFresh)) return;
  const known = new Set();
  for (const module of modules) {
    const { functions, base64 } = compile(module);
    const name = known.size === 0 ? 'KernelExports' : 'TeamExports';
    const text = [
      '// Written by scripts/build.mjs from kernels/**/wasm/assembly: do not edit, do not commit.',
      `/** Functions that ${module.about}. Pointers are byte offsets in the memory. */`,
      `export interface ${name} {`,
      ...functions.filter((line) => !known.has(line)),
      '}',
      `export const binaryBase64 =\n  '${base64}';`,
      '',
    ].join('\n');
    writeFileSync(generatedFile(module), text);
    for (const line of functions) known.add(line);
  }
}

function resolvable(name) {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}

const compilers = resolvable('assemblyscript/package.json') && resolvable('typescript/package.json');
if (!compilers) {
  if (only.has('--prepare') && existsSync(path.join(root, 'dist/src/cli/main.js'))) process.exit(0);
  const fix = 'run `npm ci` without --omit=dev, or install the packed release, which ships dist/';
  console.error(`mho: cannot compile: assemblyscript or typescript is not installed; ${fix}`);
  // A production install of a source checkout cannot be made whole, but npm must still be able to finish.
  process.exit(only.has('--prepare') ? 0 : 1);
}
// npm's hook starts from nothing, so that what was deleted from the sources cannot live on in dist/.
if (only.has('--prepare')) rmSync(path.join(root, 'dist'), { recursive: true, force: true });
buildKernels();
if (!only.has('--kernels')) {
  run(path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc'), ['-p', 'tsconfig.build.json']);
}
