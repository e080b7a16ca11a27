import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** What a finished command left. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The command, compiled from the sources as they are now, so that tests can start real processes of it. It lies below
 * dist/, where it finds the project's packages, configs and data as an installed one does.
 */
export class CompiledCommand {
  private readonly folder = path.resolve('dist', `test-cli-${process.pid}`);
  /** What Node starts. */
  readonly main = path.join(this.folder, 'src/cli/main.js');

  constructor() {
    const sources = ['src', 'kernels', 'datasets'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)),
    );
    for (const source of sources.filter(isSource)) this.compile(source);
  }

  private compile(source: string): void {
    const compilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    };
    const { outputText } = ts.transpileModule(readFileSync(source, 'utf8'), { compilerOptions });
    const target = path.join(this.folder, source.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }

  start(args: readonly string[], cwd?: string, env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
    const fixed = { NO_COLOR: '1', MHO_DEBUG: '' };
    return spawn(process.execPath, [this.main, ...args], { cwd, env: { ...process.env, ...fixed, ...env } });
  }

  /** Runs the command with its stdout going to a file. */
  runInto(file: string, args: readonly string[]): Promise<Finished> {
    return finished(spawn('sh', ['-c', 'exec "$0" "$@" > ' + file, process.execPath, this.main, ...args]));
  }

  run(args: readonly string[], cwd?: string): Promise<Finished> {
    return finished(this.start(args, cwd));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** AssemblyScript, which only looks like TypeScript, is compiled apart. */
function isSource(file: string): boolean {
  return file.endsWith('.ts') && !file.includes('assembly');
}

/** Waits for the end of a process, its output collected. */
export function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}
