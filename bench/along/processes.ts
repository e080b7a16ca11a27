import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RunError } from '../../src/errors.js';
import { projectRoot } from '../../datasets/places.js';

/** Replicas as processes: one run of `mho run --replicas`, with all that a user waits for. */
export interface ProcessesMeasured {
  readonly replicas: number;
  readonly jobs: number;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** The most that all its processes were resident with at once; 0 where there is no /proc. */
  readonly memoryBytes: number;
}

const counts = [1, 4, 16, 64, 256];
const samples = 3823;

export async function processesOf(quick: boolean): Promise<ProcessesMeasured[]> {
  const measured: ProcessesMeasured[] = [];
  for (const replicas of quick ? counts.slice(1, 2) : counts) measured.push(await run(replicas));
  return measured;
}

/** What Node is given to train replicas; of one there is nothing to be said of processes at a time. */
export function commandOf(replicas: number, jobs: number, out: string): string[] {
  const [program, experiment] = ['bin/mho.js', 'configs/experiments/wse2-orhd.yaml'].map((file) =>
    path.join(projectRoot(), file),
  );
  const atATime = replicas > 1 ? ['--jobs', String(jobs)] : [];
  const how = ['--replicas', String(replicas), ...atATime, '--backend', 'wasm', '--quiet', '--json', '-o', out];
  return [program!, 'run', experiment!, '--epochs', '1', ...how];
}

async function run(replicas: number): Promise<ProcessesMeasured> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mho-bench-'));
  const jobs = Math.min(os.availableParallelism(), replicas);
  const started = performance.now();
  const child = spawn(process.execPath, commandOf(replicas, jobs, path.join(folder, 'run')), { stdio: 'ignore' });
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, residentOf(child.pid!))), 50);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('exit', resolve);
    });
    if (code !== 0) {
      throw new RunError({ where: 'bench: mho run --replicas', what: `${replicas} replicas ended with code ${code}` });
    }
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = (performance.now() - started) / 1000;
  return { replicas, jobs, seconds, samplesPerSecond: (replicas * samples) / seconds, memoryBytes: most };
}

/** Resident bytes of a process and of all that it started. */
function residentOf(root: number): number {
  const parents = new Map<number, { readonly parent: number; readonly bytes: number }>();
  for (const name of processNames()) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      parents.set(Number(name), { parent: Number(fields[1]), bytes: 4096 * Number(fields[21]) });
    } catch {
      // It has ended meanwhile.
    }
  }
  const belongs = (id: number): boolean => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)?.parent) if (at === root) return true;
    return false;
  };
  return [...parents].reduce((sum, [id, { bytes }]) => sum + (belongs(id) ? bytes : 0), 0);
}

function processNames(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
