import { loadDataset } from '../../datasets/registry.js';
import { transformDataset } from '../../datasets/transform.js';
import { kernels } from '../../kernels/register.js';
import type { OnlineSgdSession, Replica, Samples } from '../../kernels/online-sgd/contract.js';
import { useBackend } from '../../src/ops/backend.js';
import { median } from '../../src/experiment/verify/statistics.js';
import { inputTable, samplesOf } from '../../src/training/inputs.js';
import { createReplica } from '../../src/training/network.js';
import { experimentOf, firstOf } from '../models.js';
import type { Point } from './axes.js';
import { probeMachine, type Limits } from './probe.js';
import { foregroundOf, pulsesIn, workOf, type Work } from './work.js';

/** `node measure-point.js <point as JSON>`: one point of an axis in a process of its own, whose memory is then its own. */

export interface PointMeasured {
  /** Samples, times replicas, a second. */
  readonly samplesPerSecond: { readonly median: number; readonly min: number; readonly max: number };
  readonly windows: number;
  /** Resident bytes with the session and after training, and before it was opened: Node, the kernels and the data. */
  readonly memory: { readonly trained: number; readonly before: number };
  readonly work: Work;
  readonly limits: Limits;
}

const rounds = 5;
/** A window repeats its images until it lasts as long, from the same cells each time. */
const shortest = 0.15;

interface Subject {
  readonly open: () => Promise<OnlineSgdSession>;
  readonly samples: Samples;
  readonly replicas: readonly Replica[];
}

async function subjectOf({ experiment, set, replicas, backend, images }: Point): Promise<Subject> {
  const { config } = experimentOf(experiment, set);
  const dataset = transformDataset(await loadDataset(config.dataset.name), config.dataset);
  const samples = samplesOf(firstOf(dataset, images), dataset, inputTable(dataset, config.dataset.inputs));
  const spec = { ...config, inputs: dataset.features };
  const each = Array.from({ length: replicas }, (_, r) => createReplica(spec, config.seed + r));
  return { samples, replicas: each, open: () => kernels[backend].OnlineSgd.open(each) };
}

const orderOf = ({ count }: Samples): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

/** Resident bytes without what is only waiting to be collected. */
function resident(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().rss;
}

/** Seconds of training alone: opening and loading are left out. */
async function windowOf({ open, samples }: Subject): Promise<{ seconds: number; session: OnlineSgdSession }> {
  const session = await open();
  const handle = await session.load(samples);
  const order = orderOf(samples);
  const started = performance.now();
  await session.train(handle, order, 0);
  return { seconds: (performance.now() - started) / 1000, session };
}

async function rateOf(subject: Subject): Promise<number> {
  let [seconds, trained] = [0, 0];
  do {
    const window = await windowOf(subject);
    window.session.dispose();
    seconds += window.seconds;
    trained += subject.samples.count * subject.replicas.length;
  } while (seconds < shortest);
  return trained / seconds;
}

/** Pulses a sample at the start; undefined for weights without cells. */
async function pulsesOf({ samples, replicas: [first] }: Subject): Promise<number | undefined> {
  if (first!.program.layers.some(({ crossbar }) => crossbar.coding === 'ideal')) return undefined;
  const session = await kernels.wasm.OnlineSgd.open([first!], { ledger: true });
  await session.train(await session.load(samples), orderOf(samples), 0);
  const pulses = pulsesIn(await session.ledger!(0));
  session.dispose();
  return pulses / samples.count;
}

async function measured(point: Point): Promise<PointMeasured> {
  await useBackend(point.backend);
  const subject = await subjectOf(point);
  const before = resident();
  const { session } = await windowOf(subject);
  const trained = resident();
  session.dispose();
  // The first windows only warm the engine up.
  await rateOf(subject);
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) rates.push(await rateOf(subject));
  const foreground = foregroundOf(subject.samples);
  const work = workOf(subject.replicas[0]!.program, foreground, await pulsesOf(subject));
  await useBackend('wasm');
  return {
    samplesPerSecond: { median: median(rates), min: Math.min(...rates), max: Math.max(...rates) },
    windows: rates.length,
    memory: { trained, before },
    work: { ...work, workingSet: work.workingSet * point.replicas },
    limits: probeMachine(),
  };
}

console.log(JSON.stringify(await measured(JSON.parse(process.argv[2]!) as Point)));
// Dawn keeps a process alive that has a device.
process.exit(0);
