import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import type { EpochMetrics } from '../../src/experiment/runner.js';
import { withoutClocks } from '../helpers/event-file.js';
import { writeSweep } from '../experiment/sweep/small-sweep.js';
import { startsIn } from '../experiment/sweep/sweep-folder.js';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

useCommand();

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);

/** What energies are counted by. */
const drive =
  '{ ltp: { voltage: 1 V, width: 1 us, gap: 1 us }, ltd: { voltage: -1 V, width: 1 us, gap: 1 us }, read: { voltage: 0.1 V, time: 1 us } }';

/** One trial of some seconds, with all that a run records. */
const long = `name: long
experiment: cells.yaml
overrides:
  training.epochs: 100
  training.order: shuffle
  device.cycleToCycle: 0.01
  device.readNoise: 0.01
  device.drive: ${drive}
  record: { tensorboard: true, energy: true, histograms: true, weightMaps: [5000, 300000], evaluateEvery: 3000, idealLine: true }
axes: { training.learningRate: [0.2] }
`;

const checkpoints = (): string[] =>
  existsSync(scratch.path('cut', 'checkpoints')) ? readdirSync(scratch.path('cut', 'checkpoints')) : [];
/** How far the trial came that is under way. */
function epochsOf(out: string): number {
  const running = existsSync(scratch.path(out, 'running')) ? readdirSync(scratch.path(out, 'running')) : [];
  return (
    running.flatMap((name) => {
      const file = scratch.path(out, 'running', name, 'metrics.jsonl');
      return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 2 : [];
    })[0] ?? -1
  );
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 120_000) throw new Error('nothing came of it within two minutes');
    await sleep(20);
  }
}

describe.skipIf(!orhdIsHere)('a trial that is told to stop', () => {
  it('goes on where it was, whoever told it, and leaves what it leaves undisturbed, byte for byte', async () => {
    writeSweep(scratch, long);
    const run = ['sweep', 'sweep.yaml', '--jobs', '1', '--resume', '--out', 'cut'];
    for (const [whom, signal, epoch] of [
      ['sweep', 'SIGTERM', 15],
      ['trial', 'SIGTERM', 35],
      ['sweep', 'SIGKILL', 55],
    ] as const) {
      const child = mho.start(run, scratch.folder);
      const end = finished(child);
      await until(() => epochsOf('cut') >= epoch);
      const { pid } = startsIn(scratch, 'cut').at(-1)!;
      process.kill(whom === 'sweep' ? child.pid! : pid, signal);
      if (whom === 'trial') {
        // Its own sweep goes on with it.
        await until(() => startsIn(scratch, 'cut').at(-1)!.pid !== pid && epochsOf('cut') > epoch);
        child.kill('SIGINT');
      }
      const { code } = await end;
      expect(code).toBe(signal === 'SIGKILL' ? null : 130);
      // Of a sweep that is gone the trial ends by itself.
      await until(() => readdirSync(scratch.path('cut', 'claims')).length === 0);
      expect(checkpoints()).toHaveLength(1);
      expect(readdirSync(scratch.path('cut', 'running'))).toEqual([]);
    }
    expect((await mho.run(run, scratch.folder)).code).toBe(0);
    expect(checkpoints()).toEqual([]);
    const from = readFileSync(scratch.path('cut', 'starts.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.split(' ')[3]));
    expect(from).toHaveLength(5);
    expect(from[0]).toBe(0);
    // No start fell behind an epoch that had been reached before it.
    [0, 15, 35, 35, 55].forEach((epoch, i) => {
      expect(from[i]).toBeGreaterThanOrEqual(3823 * epoch);
    });
    expect((await mho.run([...run.slice(0, -1), 'alone'], scratch.folder)).code).toBe(0);
    compareRuns();
  }, 300_000);
});

/** Of the two sweeps' only trials. */
function compareRuns(): void {
  const [name] = readdirSync(scratch.path('cut', 'trials')) as [string];
  const files = (out: string) =>
    readdirSync(scratch.path(out, 'trials', name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(scratch.path(out).length))
      .sort();
  expect(files('cut')).toEqual(files('alone'));
  for (const file of ['energy.json', 'events.out.tfevents.mho'])
    expect(files('alone')).toContain(`/trials/${name}/${file}`);
  const read = (out: string, file: string): Buffer => readFileSync(scratch.path(out) + file);
  const withoutClock = (text: Buffer) =>
    text
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => {
        const { trainSeconds, samplesPerSecond, ...metrics } = JSON.parse(line) as EpochMetrics;
        expect(trainSeconds >= 0 && (samplesPerSecond ?? 1) > 0).toBe(true);
        return JSON.stringify(metrics);
      });
  for (const file of files('alone').filter((one) => !/\/(?:run|trial)\.json$/.test(one))) {
    if (file.endsWith('.tfevents.mho'))
      expect(withoutClocks(read('cut', file)), file).toEqual(withoutClocks(read('alone', file)));
    else if (file.endsWith('metrics.jsonl'))
      expect(withoutClock(read('cut', file)), file).toEqual(withoutClock(read('alone', file)));
    else expect(read('cut', file).equals(read('alone', file)), file).toBe(true);
  }
}
