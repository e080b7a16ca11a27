import os from 'node:os';
import { describeEnvironment, type Environment } from '../src/experiment/environment.js';
import { axisOf, describeAlong, reportAlong } from './along/along.js';
import { axes } from './along/axes.js';
import { formatTable, parseOptions, requireTogether, runCommand } from './command.js';
import { digits } from './digits.js';
import { describeGpuTargets, reportGpuTargets } from './gpu-targets.js';
import { compare, measureInTurn, type Measurement } from './measurement.js';
import { loadWorkload, type WorkloadSize } from './models.js';
import { AihwkitPeer, defaultPython } from './peers/aihwkit.js';
import { subjectsOf, type PeerSizes } from './subjects.js';
import { describeThreads, reportThreads } from './threads/threads.js';

/** `npm run bench`: the fused kernel beside its reference, kernels of tfjs's ops and peers, on the MNIST experiments. */

interface Plan extends WorkloadSize {
  readonly warmups: number;
  readonly rounds: number;
  readonly sizes: PeerSizes;
}

/** One epoch settles the pulses; on a quiet machine windows last from a tenth of a second to a second. */
const full: Plan = {
  settling: 60_000,
  shrink: 1,
  warmups: 2,
  rounds: 7,
  sizes: { wasm: 6, cpu: 2, tensorflow: 6, webgpu: 20, aihwkit: 100 },
};

/** Shows that every row can be measured; its rates are not worth quoting. */
const quick: Plan = {
  settling: 200,
  shrink: 20,
  warmups: 0,
  rounds: 2,
  sizes: { wasm: 1, cpu: 1, tensorflow: 1, webgpu: 2, aihwkit: 5 },
};

interface Report extends Environment {
  readonly benchmark: 'online-sgd';
  readonly quick: boolean;
  readonly startedAt: string;
  readonly seconds: number;
  /** Load of the machine over the last minute, before and after. */
  readonly load: readonly [before: number, after: number];
  readonly peakMemoryBytes: number;
  /** Samples trained before the settled phase. */
  readonly settledAfter: number;
  readonly rows: readonly Measurement[];
}

async function report(plan: Plan, aihwkit: AihwkitPeer | undefined, only: string | undefined): Promise<Report> {
  const startedAt = new Date();
  const before = os.loadavg()[0]!;
  const workload = await loadWorkload(plan, only);
  const subjects = await subjectsOf(workload, plan.sizes, aihwkit);
  const rows = compare(subjects, await measureInTurn(subjects, plan));
  return {
    ...{ benchmark: 'online-sgd', quick: plan === quick, startedAt: startedAt.toISOString() },
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    ...{ ...describeEnvironment(), load: [before, os.loadavg()[0]!], settledAfter: plan.settling, rows },
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

function describe({ versions, platform, commit, load, peakMemoryBytes, settledAfter, rows, ...rest }: Report): string {
  const header = ['shape', 'model', 'implementation', 'phase', 'samples/s', 'min–max', 'wasm kernel is faster by'];
  return [
    formatTable([header, ...rows.map(cells)], 4),
    '',
    `start: the first samples of training; settled: after ${settledAfter} samples; any: the same work in both`,
    `median of ${rows[0]!.windows} windows, all rows in turn${rest.quick ? '; quick: rates are not worth quoting' : ''}`,
    `node ${versions.node}, ${platform.cpu}, ${platform.cores} cores, load ${load.map((l) => l.toFixed(2)).join(' → ')}`,
    `peak memory ${Math.round(peakMemoryBytes / 2 ** 20)} MiB, ${rest.seconds.toFixed(1)} s, ${rest.startedAt}`,
    `mho ${versions.mho}, tfjs ${versions.tfjs}, commit ${commit ?? 'unknown'}`,
  ].join('\n');
}

function cells({ shape, model, implementation, phase, samplesPerSecond: rate, kernelSpeedup }: Measurement): string[] {
  const speedups = Object.entries(kernelSpeedup).map(([p, times]) => `${digits(times)}x ${phase === 'any' ? p : ''}`);
  const range = `${digits(rate.min)}–${digits(rate.max)}`;
  return [shape, model, implementation, phase, digits(rate.median), range, speedups.map((s) => s.trim()).join(', ')];
}

await runCommand(async () => {
  const options = parseOptions('bench', {
    model: { type: 'string', about: 'only the rows of one model, such as noisy' },
    peers: { type: 'boolean', about: "aihwkit too, of .cache/aihwkit's Python" },
    aihwkit: { type: 'string', about: 'aihwkit too, of the Python in this file' },
    along: { type: 'string', about: `rate and memory against one of ${axes.join(', ')}, instead` },
    threads: { type: 'boolean', about: 'two threads beside one over a whole training, instead' },
    'gpu-targets': { type: 'boolean', about: 'the three targets of a GPU, instead; exit code 1 where one is missed' },
    quick: { type: 'boolean', about: 'shows that every row can be measured; its rates are not worth quoting' },
    json: { type: 'boolean', about: 'one JSON object on stdout' },
    help: { type: 'boolean', about: 'this list' },
  });
  if (!options) return 0;
  const own = ['quick', 'json'];
  requireTogether('bench', options, { 'gpu-targets': ['json'], threads: own, along: own });
  if (options['gpu-targets']) {
    await runCommand(async () => {
      const targets = await reportGpuTargets();
      console.log(options.json ? JSON.stringify(targets) : describeGpuTargets(targets));
      return targets.targets.some(({ met }) => met === false) ? 1 : 0;
    });
    // Dawn keeps a process alive that has a device.
    process.exit();
  }
  if (options.threads) {
    const threads = await reportThreads(options.quick === true);
    console.log(options.json ? JSON.stringify(threads) : describeThreads(threads));
    return 0;
  }
  if (options.along !== undefined) {
    const along = await reportAlong(axisOf(options.along), options.quick === true);
    console.log(options.json ? JSON.stringify(along) : describeAlong(along));
    return 0;
  }
  const wanted = options.peers === true || options.aihwkit !== undefined;
  const peer = wanted ? await AihwkitPeer.start(options.aihwkit ?? defaultPython) : undefined;
  try {
    const result = await report(options.quick ? quick : full, peer, options.model);
    console.log(options.json ? JSON.stringify(result) : describe(result));
    return 0;
  } finally {
    peer?.stop();
  }
});
