import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findAdapter, wasFound } from '../../kernels/webgpu/adapter.js';
import { RunError, UsageError } from '../../src/errors.js';
import { describeEnvironment, type Environment } from '../../src/experiment/environment.js';
import { formatTable } from '../command.js';
import { digits } from '../digits.js';
import { axes, pointsOf, type Axis, type Gpu, type Point } from './axes.js';
import type { PointMeasured } from './measure-point.js';
import { bandwidthAt, type Limits } from './probe.js';
import { processesOf, type ProcessesMeasured } from './processes.js';

/** `npm run bench -- --along <axis>`: how rate and memory grow with one number, and how far they are from the machine's limits. */

export interface AlongRow extends Point, PointMeasured {
  /** Times the first row of the same model and backend. */
  readonly rateRatio: number;
  /** The least seconds a sample that the machine's memory and its arithmetic allow, over those it took: 1 is the limit. */
  readonly ofLimit: number;
  readonly boundBy: 'memory' | 'arithmetic';
}

export interface AlongReport extends Environment {
  readonly benchmark: 'along';
  readonly axis: Axis;
  readonly quick: boolean;
  readonly startedAt: string;
  readonly seconds: number;
  readonly load: readonly [before: number, after: number];
  readonly rows: readonly AlongRow[];
  /** Replicas as `mho run --replicas` trains them on the processor. */
  readonly processes: readonly ProcessesMeasured[];
}

export function axisOf(text: string): Axis {
  const axis = axes.find((name) => name === text);
  if (axis) return axis;
  throw new UsageError({ where: 'bench: --along', what: `got ${text}, expected ${axes.join(', ')}` });
}

export async function reportAlong(axis: Axis, quick: boolean): Promise<AlongReport> {
  const startedAt = new Date();
  const before = os.loadavg()[0]!;
  const gpu = await gpuHere();
  const rows: AlongRow[] = [];
  for (const point of pointsOf(axis, { quick, gpu })) {
    const measured = await inProcess(point);
    const first = rows.find(({ model, backend }) => model === point.model && backend === point.backend);
    const rate = measured.samplesPerSecond.median;
    rows.push({
      ...{ ...point, ...measured, rateRatio: rate / (first?.samplesPerSecond.median ?? rate) },
      ...distance(measured),
    });
  }
  const processes = axis === 'replicas' ? await processesOf(quick) : [];
  return {
    ...{ benchmark: 'along', axis, quick, startedAt: startedAt.toISOString(), ...describeEnvironment() },
    ...{ seconds: (Date.now() - startedAt.getTime()) / 1000, load: [before, os.loadavg()[0]!], rows, processes },
  };
}

async function gpuHere(): Promise<Gpu> {
  const found = await findAdapter();
  if (!wasFound(found)) return 'none';
  return found.facts.software ? 'software' : 'hardware';
}

async function inProcess(point: Point): Promise<PointMeasured> {
  const file = path.join(import.meta.dirname, 'measure-point.js');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file, JSON.stringify(point)]);
    return JSON.parse(stdout) as PointMeasured;
  } catch (error) {
    const told = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(error);
    throw new RunError({ where: `bench: ${point.axis} ${point.value}, ${point.model}`, what: `ended with: ${told}` });
  }
}

/** How far a rate is from what the machine could move and compute. */
function distance({ samplesPerSecond, work, limits }: PointMeasured): Pick<AlongRow, 'ofLimit' | 'boundBy'> {
  const memory = work.bytes / bandwidthAt(limits, work.workingSet);
  const arithmetic = work.operations / limits.operationsPerSecond;
  return {
    ofLimit: Math.max(memory, arithmetic) * samplesPerSecond.median,
    boundBy: memory > arithmetic ? 'memory' : 'arithmetic',
  };
}

const mebibytes = (bytes: number): string => digits(bytes / 2 ** 20);

export function describeAlong(report: AlongReport): string {
  const { axis, rows, processes, versions, platform, commit, load, seconds, startedAt, quick } = report;
  const memory = ['MiB', 'MiB before'];
  const header = [axis, 'model', 'backend', 'samples/s', 'min–max', 'times the first', ...memory];
  const limits = ['KiB a sample', 'kOp a sample', 'of the limit', 'bound by'];
  return [
    formatTable([[...header, ...limits], ...rows.map(cells)], 3),
    ...(processes.length === 0 ? [] : ['', formatTable([processHeader, ...processes.map(processCells)], 2)]),
    '',
    `the start of training; median of ${rows[0]!.windows} windows, a process for each row${quick ? '; quick: rates are not worth quoting' : ''}`,
    `this core: ${describeLimits(rows.at(-1)!.limits)}`,
    `node ${versions.node}, ${platform.cpu}, ${platform.cores} cores, load ${load.map((l) => l.toFixed(2)).join(' → ')}`,
    `${seconds.toFixed(1)} s, ${startedAt}, mho ${versions.mho}, commit ${commit ?? 'unknown'}`,
  ].join('\n');
}

function cells(row: AlongRow): string[] {
  const { value, model, backend, samplesPerSecond: rate, rateRatio, memory, work, ofLimit, boundBy } = row;
  return [
    ...[String(value), model, backend, digits(rate.median), `${digits(rate.min)}–${digits(rate.max)}`],
    ...[`${digits(rateRatio)}x`, mebibytes(memory.trained), mebibytes(memory.before)],
    ...[digits(work.bytes / 1024), digits(work.operations / 1000)],
    // The limits are this processor's.
    ...(backend === 'wasm' ? [`${digits(100 * ofLimit)} %`, boundBy] : ['', '']),
  ];
}

const processHeader = [
  'replicas',
  'processes at a time',
  'samples/s, start-up included',
  's in all',
  'MiB, all processes',
];

function processCells({ replicas, jobs, samplesPerSecond, seconds, memoryBytes }: ProcessesMeasured): string[] {
  return [String(replicas), String(jobs), digits(samplesPerSecond), digits(seconds), mebibytes(memoryBytes)];
}

function describeLimits({ bandwidth, operationsPerSecond }: Limits): string {
  const copies = bandwidth.map(
    ({ bytes, bytesPerSecond }) => `${digits(bytesPerSecond / 1e9)} (${mebibytes(bytes)} MiB)`,
  );
  return `copies ${copies.join(', ')} GB/s, products of matrices ${digits(operationsPerSecond / 1e9)} GFLOP/s`;
}
