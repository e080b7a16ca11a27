import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { datasetSource } from '../datasets/registry.js';
import { mho, scratch, useCommand } from './cli/command.js';
import { finished, type Finished } from './cli/compiled.js';

/** The programs of the documents, as a reader would compile and start them. */

useCommand();

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);

/** The programs of a document, in order. */
function programsIn(document: string): string[] {
  return [...readFileSync(document, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, program]) => program!);
}

const [sweeping, stepping, device, ...others] = programsIn('docs/library.md');
const [tensors] = programsIn('README.md');
const programs = { sweeping, stepping, device, tensors } as Readonly<Record<string, string>>;

/** What the compiler says of programs that import the package by its name. */
function mistakesOf(texts: Readonly<Record<string, string>>): string[] {
  const { config } = ts.readConfigFile('tsconfig.json', (file) => ts.sys.readFile(file)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const files = new Map(Object.entries(texts).map(([name, text]) => [path.resolve(`test/${name}.mts`), text]));
  const base = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...base,
    fileExists: (file) => files.has(path.resolve(file)) || base.fileExists(file),
    getSourceFile: (file, target, ...rest) => {
      const text = files.get(path.resolve(file));
      return text === undefined ? base.getSourceFile(file, target, ...rest) : ts.createSourceFile(file, text, target);
    },
  };
  const paths = { mho: ['./src/index.ts'] };
  const program = ts.createProgram([...files.keys()], { ...options, paths, baseUrl: process.cwd() }, host);
  const told = [...files.keys()].flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)));
  return told.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** Runs a program beside the compiled package, in a folder of its own. */
async function run(name: string): Promise<Finished> {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(programs[name]!, { compilerOptions });
  const file = path.resolve(path.dirname(mho.main), `../${name}.mjs`);
  writeFileSync(file, outputText.replace("from 'mho'", "from './index.js'"));
  try {
    return await finished(spawn(process.execPath, [file], { cwd: scratch.folder, stdio: 'pipe' }));
  } finally {
    rmSync(file);
  }
}

describe('the programs of docs/library.md and of the README', () => {
  it('are those that are tried here, and fit the types', () => {
    expect([others, programsIn('README.md').length]).toEqual([[], 1]);
    expect(mistakesOf(programs)).toEqual([]);
    expect(mistakesOf({ wrong: "import { loadExperiment } from 'mho';\nloadExperiment(1);\n" })).toEqual([
      "Argument of type 'number' is not assignable to parameter of type 'string'.",
    ]);
  });

  it.skipIf(!orhdIsHere)('runs an experiment as the command does', async () => {
    const { code, stdout, stderr } = await run('sweeping');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [first, second] = stdout.trimEnd().split('\n');
    const [noise, accuracy, folder] = second!.split(' ');
    expect([first!.split(' ')[0], noise]).toEqual(['0', '0.02']);
    const sets = ['training.epochs=2', 'device.cycleToCycle=0.02', 'record.idealLine=false'];
    const args = ['run', 'wse2-orhd', ...sets.flatMap((set) => ['--set', set]), '--out', 'alone', '--json', '--quiet'];
    const alone = await mho.run(args, scratch.folder);
    expect(JSON.parse(alone.stdout)).toMatchObject({ accuracy: Number(accuracy), experiment: 'wse2-orhd' });
    const weights = (place: string) => readFileSync(path.join(place, 'final.safetensors'));
    expect(weights(folder!).equals(weights(scratch.path('alone')))).toBe(true);
  });

  it.skipIf(!orhdIsHere)('trains step by step what the command trains at once', async () => {
    const { code, stdout, stderr } = await run('stepping');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const told = stdout.trimEnd().split('\n');
    const args = ['run', 'wse2-orhd', '--set', 'device=taox', '--set', 'record.idealLine=false', '--epochs', '2'];
    const { stdout: alone } = await mho.run([...args, '--quiet', '--json'], scratch.folder);
    const { accuracy } = JSON.parse(alone) as { accuracy: number };
    expect(told[2]).toContain(`2: ${(100 * accuracy).toFixed(2)} %, largest conductance `);
    expect(Number(told[2]!.split(' ').at(-2))).toBeLessThanOrEqual(2.4536e-3);
    expect(Number(told[2]!.split(' ').at(-2))).toBeGreaterThan(1.6447e-3);
  });

  it('sends a cell up its curve, whose end is that of the device', async () => {
    const { code, stdout } = await run('device');
    expect(code).toBe(0);
    expect(Number(stdout.split(' ')[0])).toBeCloseTo(1e-6, 9);
  });

  it('writes a tensor', async () => {
    const { code, stdout } = await run('tensors');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Tensor\n(?: +\[+(?:0\.5\d*, ?)+0\.5\d*\]+,?\n){3}/);
  });
});
