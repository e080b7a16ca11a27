import os from 'node:os';
import { Trainee } from './trainee.js';

/** `node dist/bench/ledger.js`: what the energy ledger costs the WASM kernel, with and without it in turns. */

const cases: readonly { readonly experiment: string; readonly sets: readonly string[] }[] = [
  { experiment: 'wse2-mnist', sets: [] },
  { experiment: 'wse2-mnist', sets: ['crossbar.pulsePolicy=fractional'] },
  { experiment: 'ws2-mnist', sets: [] },
  { experiment: 'enode-mnist', sets: ['crossbar.pulsePolicy=fractional'] },
];

/** Samples trained before anything is measured, and in each window. */
const settling = 20_000;
const window = 1500;
const rounds = 21;

interface Subject {
  readonly trainee: Trainee;
  step: number;
}

async function subjectOf({ experiment, sets }: (typeof cases)[number], ledger: boolean): Promise<Subject> {
  return { trainee: await Trainee.start(experiment, { ledger }, sets), step: 0 };
}

/** Milliseconds of processor that the next samples take: the clock on the wall tells what else the machine does. */
function trainOn(subject: Subject, count: number): number {
  const started = process.cpuUsage();
  subject.trainee.train(subject.step, count);
  subject.step += count;
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

function quantile(values: readonly number[], q: number): number {
  return [...values].sort((a, b) => a - b)[Math.round(q * (values.length - 1))]!;
}

for (const one of cases) {
  const [plain, recorded] = [await subjectOf(one, false), await subjectOf(one, true)];
  const few = one.experiment.startsWith('enode') || one.sets.length > 0 ? 10 : 1;
  for (const subject of [plain, recorded]) trainOn(subject, settling / few);
  const pairs = Array.from({ length: rounds }, (_, i) => {
    // Whoever comes second finds the other's memory in the caches: they take turns in that too.
    const order = i % 2 === 0 ? [plain, recorded] : [recorded, plain];
    const times = new Map(order.map((subject) => [subject, trainOn(subject, window / few)]));
    return { plain: times.get(plain)!, recorded: times.get(recorded)! };
  });
  const ratios = pairs.map((pair) => pair.recorded / pair.plain - 1);
  const rate = (window / few / Math.min(...pairs.map((pair) => pair.plain))) * 1000;
  const percent = (q: number): string => `${(100 * quantile(ratios, q)).toFixed(1)} %`;
  const name = [one.experiment, ...one.sets].join(' ');
  console.log(
    `${name}: +${percent(0.5)} time (quartiles ${percent(0.25)}, ${percent(0.75)}); ${Math.round(rate)} samples/s without`,
  );
}
console.log(
  `median of ${rounds} pairs of windows in turn; ${os.cpus()[0]!.model}, load ${os.loadavg()[0]!.toFixed(2)}`,
);
