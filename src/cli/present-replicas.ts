import os from 'node:os';
import path from 'node:path';
import type { Experiment } from '../experiment/loader.js';
import { displayPath } from '../experiment/place.js';
import type { PlannedReplica } from '../experiment/replicas/plan.js';
import { exitCodeOf, runReplicas, type FinishedReplicas } from '../experiment/replicas/run-replicas.js';
import type { ReplicaRow, Spread } from '../experiment/replicas/summary.js';
import { labelOf } from '../experiment/schema.js';
import { listenForInterrupts } from './interrupt.js';
import { formatPercent, formatDuration } from './progress.js';
import { ReplicasProgress } from './replicas-progress.js';
import { drawRetention } from './retention-pictures.js';

interface Presentation {
  readonly out: string | undefined;
  /** Processes at a time; as many as the cores are enough for unless told. */
  readonly jobs: number | undefined;
  /** Threads of each process. */
  readonly threads: number;
  /** What the options say of both. */
  readonly told: { readonly jobs: string | undefined; readonly threads: string | undefined };
  readonly offline: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/**
 * Runs an experiment's replicas before the user's eyes: progress on stderr, the result on stdout, Ctrl-C heard.
 * @returns the exit code
 */
export async function presentReplicas(
  experiment: Experiment,
  planned: readonly PlannedReplica[],
  { out, jobs, threads, told, offline, json, quiet }: Presentation,
): Promise<number> {
  const progress = new ReplicasProgress(planned, quiet);
  const tell = (message: string): void => {
    progress.tell(message);
  };
  const interrupts = listenForInterrupts(tell);
  try {
    const finished = await runReplicas({
      ...{ experiment, planned, offline, signal: interrupts.signal, warn: tell },
      apart: {
        module: new URL('./replica-worker.js', import.meta.url),
        workers: jobs ?? Math.max(1, Math.floor(os.availableParallelism() / threads)),
        threads,
      },
      pictures: drawRetention,
      out: out === undefined ? undefined : path.resolve(out),
      commandLine: ['mho', ...process.argv.slice(2)],
      observe: (replica, event) => {
        if (event.type === 'start') interrupts.hold();
        if (event.type === 'start' && replica === 0 && event.of === undefined) sayUnused(event.backend, told, tell);
        progress.observe(replica, event);
      },
      ended: (replica, outcome) => {
        progress.end(replica, outcome);
      },
    });
    progress.stop();
    console.log(json ? JSON.stringify(summaryOf(finished)) : describe(finished));
    return exitCodeOf(finished.record);
  } finally {
    progress.stop();
    interrupts.dispose();
  }
}

/** Options that mean nothing on the backend that was taken. */
function sayUnused(backend: string, { jobs, threads }: Presentation['told'], tell: (message: string) => void): void {
  if (backend === 'webgpu' && jobs !== undefined)
    tell('--jobs changes nothing: on webgpu replicas are trained together, in one process');
  if (backend !== 'wasm' && threads !== undefined)
    tell(`--threads changes nothing: there are threads on wasm alone, and this runs on ${backend}`);
}

/** The object of `--json`. Accuracies are fractions. */
function summaryOf({ record, runFolder }: FinishedReplicas) {
  const { experiment, otherDevice, status, backend, backendReason, trained, seconds, spread, replicas } = record;
  return { experiment, otherDevice, status, backend, backendReason, trained, seconds, spread, replicas, runFolder };
}

function describe({ record, runFolder }: FinishedReplicas): string {
  const { experiment: name, backend, backendReason, trained, seconds, spread, replicas } = record;
  const experiment = labelOf({ name, otherDevice: record.otherDevice ?? undefined });
  const paths = Object.keys(replicas[0]!.values);
  const titles = ['replica', 'seed', ...paths, 'accuracy', 'best', 'epochs', 'status'];
  const how = trained === 'together' ? 'together' : 'each in a process';
  return [
    ...columned([titles, ...replicas.map((row) => cells(row, paths))]),
    ...spread.map(describeSpread),
    `${experiment}: ${countsOf(replicas)}, in ${formatDuration(seconds)}, ${how}; backend ${backend} (${backendReason})`,
    `run folders: ${displayPath(runFolder)}`,
  ].join('\n');
}

/** How many came to what: `3 of 4 replicas complete, 1 failed`. */
function countsOf(rows: readonly ReplicaRow[]): string {
  const others = new Map<ReplicaRow['status'], number>();
  for (const { status } of rows) if (status !== 'complete') others.set(status, (others.get(status) ?? 0) + 1);
  if (others.size === 0) return `${rows.length} replicas, complete`;
  const complete = rows.filter(({ status }) => status === 'complete').length;
  const named = [...others].map(([status, count]) => `${count} ${status}`);
  return [`${complete} of ${rows.length} replicas complete`, ...named].join(', ');
}

function cells(row: ReplicaRow, paths: readonly string[]): string[] {
  const percent = (fraction: number | null): string => (fraction === null ? '-' : formatPercent(fraction));
  const values = paths.map((path) => String(row.values[path]));
  const status = row.error === null ? row.status : `failed: ${row.error.split('\n', 1)[0]!}`;
  return [
    row.name,
    `${row.seed}`,
    ...values,
    percent(row.accuracy),
    percent(row.bestAccuracy),
    `${row.epochs}`,
    status,
  ];
}

function describeSpread({ values, count, median, mean, sd, min, max }: Spread): string {
  const named = Object.entries(values).map(([path, value]) => `${path}=${value}`);
  const of = named.length === 0 ? '' : `${named.join(', ')}: `;
  if (median === null || mean === null || min === null || max === null) return `${of}no replica is complete`;
  const deviation = sd === null ? '' : ` ± ${(100 * sd).toFixed(2)}`;
  const range = `${formatPercent(min)} to ${formatPercent(max)}`;
  return `${of}median ${formatPercent(median)}, mean ${(100 * mean).toFixed(2)}${deviation} %, ${range} (${count} complete)`;
}

function columned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]!))
      .join('  ')
      .trimEnd(),
  );
}
