import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { decodeSafetensors } from '../../src/experiment/safetensors.js';
import { smallExperiment } from '../experiment/scratch.js';
import { mho, scratch, useCommand } from './command.js';
import { CompiledCommand, finished } from './compiled.js';

useCommand();

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);
const deviceExperiment = path.resolve('configs/experiments/wse2-orhd.yaml');

function readJson(...names: string[]): unknown {
  return JSON.parse(readFileSync(scratch.path(...names), 'utf8'));
}

function readMetrics(...names: string[]): { epoch: number; samples: number; accuracy: number }[] {
  const lines = readFileSync(scratch.path(...names, 'metrics.jsonl'), 'utf8').trimEnd();
  return lines.split('\n').map((line) => JSON.parse(line) as { epoch: number; samples: number; accuracy: number });
}

describe.skipIf(!orhdIsHere)('mho run on ORHD', () => {
  it('prints one JSON object, and leaves a whole run folder', async () => {
    const args = ['run', deviceExperiment, '--epochs', '2', '--seed', '7', '--out', 'out', '--json'];
    const { code, stdout, stderr } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^epoch 0\/2: accuracy .*\nepoch 1\/2: .* samples\/s, .* left\nepoch 2\/2: .*\n(ideal twin, epoch [012]\/2: .*\n){3}$/,
    );
    const summary: unknown = JSON.parse(stdout);
    const metrics = readMetrics('out');
    expect(summary).toMatchObject({
      ...{ experiment: 'wse2-orhd', status: 'complete', backend: 'wasm', seed: 7, epochs: 2, samples: 7646 },
      ...{ initialAccuracy: metrics[0]?.accuracy, accuracy: metrics[2]?.accuracy, runFolder: scratch.path('out') },
    });
    expect(metrics.map(({ epoch, samples }) => [epoch, samples])).toEqual([
      [0, 0],
      [1, 3823],
      [2, 7646],
    ]);
    // Chance is a tenth; two epochs of a 30-state cell are far above it.
    expect(metrics[2]?.accuracy).toBeGreaterThan(0.5);
    expect(scratch.names()).toEqual(['out']);
  });

  it('names another device, and then states nothing of the paper', async () => {
    const args = ['run', deviceExperiment, '--epochs', '1', '--quiet', '--set', 'device=taox', '--out'];
    const { stdout } = await mho.run([...args, 'a'], scratch.folder);
    expect(stdout).toMatch(/^wse2-orhd with taox: accuracy /);
    expect(stdout).not.toContain('paper');
    expect(readJson('a', 'run.json')).toMatchObject({ experiment: 'wse2-orhd', otherDevice: 'taox' });
    const again = await mho.run(['run', 'a/config.yaml', '--quiet', '--json', '--out', 'b'], scratch.folder);
    expect(JSON.parse(again.stdout)).toMatchObject({ experiment: 'wse2-orhd', otherDevice: 'taox' });
  });

  it('warns of a network that learns nothing, on stderr and in the result', async () => {
    const sets = ['crossbar.pulsePolicy=round', 'record.idealLine=false'].flatMap((set) => ['--set', set]);
    const args = ['run', deviceExperiment, '--epochs', '1', '--out', 'out', '--json', ...sets];
    const { code, stdout, stderr } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    const { warnings } = JSON.parse(stdout) as { warnings: string[] };
    expect(warnings).toEqual([expect.stringMatching(/^no weight moved .*--set crossbar.pulsePolicy=stochastic/)]);
    expect(stderr).toContain(`warning: ${warnings[0]!}\n`);
    expect(readJson('out', 'run.json')).toMatchObject({ warnings });
  });

  it('tells what each hold left, and keeps it in the run folder', async () => {
    const retention = '{model: arrhenius, activationEnergy: 1.16 eV, spread: 0.05 eV}';
    const set = [`device.retention=${retention}`, 'conditions={hold: [{temperature: 100 degC, time: 5000 s}]}'];
    const args = ['run', deviceExperiment, '--epochs', '3', '--out', 'out', ...set.flatMap((one) => ['--set', one])];
    const { code, stdout, stderr } = await mho.run(args, scratch.folder);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^hold 1\/1, 5 ks at 100 degC: accuracy .* %, .* % of the programmed conductance left$/m);
    expect(stdout).toMatch(
      /^wse2-orhd: accuracy after the last hold .* % \(\d+ of 1797\), .* when training ended; best/,
    );
    const { holds, trained } = readJson('out', 'retention.json') as Record<
      'holds',
      { accuracy: number; retained: number }[]
    > &
      Record<'trained', { accuracy: number }>;
    expect(trained.accuracy).toBe(readMetrics('out').at(-1)!.accuracy);
    expect(readJson('out', 'run.json')).toMatchObject({
      ...{ accuracy: holds[0]!.accuracy, accuracyBeforeHold: trained.accuracy, retained: holds[0]!.retained },
    });
    expect(readJson('out', 'confusion.json')).toMatchObject({ epoch: 3, afterHold: 1 });
    expect(holds[0]!.accuracy).toBeLessThan(trained.accuracy - 0.1);
    // 34 % of the nominal cell; the spread lets slow cells keep more.
    expect(holds[0]!.retained).toBeGreaterThan(0.34);
    expect(holds[0]!.retained).toBeLessThan(0.5);
  });

  it('records what the run was and what it came to', async () => {
    await mho.run(['run', deviceExperiment, '--epochs', '1', '--out', 'out', '--quiet'], scratch.folder);
    expect(readdirSync(scratch.path('out')).sort()).toEqual([
      'config.yaml',
      'confusion.json',
      'events.out.tfevents.mho',
      'figures',
      'final.safetensors',
      'ideal-metrics.jsonl',
      'metrics.jsonl',
      'run.json',
    ]);
    const files = datasetSource('orhd').files.map(({ name, sha256 }) => ({ name, sha256 }));
    expect(readJson('out', 'run.json')).toMatchObject({
      ...{ status: 'complete', seed: 1, backend: 'wasm', dataset: { name: 'orhd', files } },
      versions: { node: process.versions.node },
    });
    const { matrix } = readJson('out', 'confusion.json') as { matrix: number[][] };
    expect(matrix.flat().reduce((sum, n) => sum + n, 0)).toBe(1797);
    const { tensors, metadata } = decodeSafetensors(readFileSync(scratch.path('out', 'final.safetensors')), 'f');
    expect(Object.keys(metadata).sort()).toEqual(['experiment', 'format', 'seed', 'version']);
    expect(tensors['layer0.weights']?.shape).toEqual([64, 36]);
    const conductances = ['layer0.g_plus', 'layer1.g_minus'].flatMap((name) => [...tensors[name]!.data]);
    expect(Math.min(...conductances)).toBeGreaterThanOrEqual(0.19e-9);
    expect(Math.max(...conductances)).toBeLessThanOrEqual(1.01e-6);
  });

  it('tells what the paper prints and what the ideal twin reached, beside the result', async () => {
    const args = ['run', deviceExperiment, '--epochs', '1', '--quiet', '--out'];
    const { stdout } = await mho.run([...args, 'a'], scratch.folder);
    const [, ideal, paper] = stdout.split('\n');
    expect(ideal).toMatch(/^ideal twin: accuracy 9\d\.\d\d %, \d+\.\d\d points above$/);
    expect(paper).toBe('paper 91.59 % after 40 epochs; ideal 96.71 % (Wang et al., Research 2022:9754876, figure 6c)');
    const json = await mho.run([...args, 'b', '--json', '--set', 'record.idealLine=false'], scratch.folder);
    expect(JSON.parse(json.stdout)).toMatchObject({ ideal: null, published: { accuracy: 0.9159, ideal: 0.9671 } });
    expect(readdirSync(scratch.path('b'))).not.toContain('ideal-metrics.jsonl');
  });

  it('ends the ideal twin on Ctrl-C, and keeps the device that was trained to its end', async () => {
    scratch.write('cells.yaml', `extends: ${deviceExperiment}\nrecord: { idealLine: false }\n`);
    const short = ['--set', 'dataset.trainSubset.count=50', '--epochs', '400', '--out', 'out', '--ideal-line'];
    const child = mho.start(['run', 'cells.yaml', ...short], scratch.folder);
    const end = finished(child);
    await toldOf(child, /^ideal twin, epoch +1\//m);
    child.kill('SIGINT');
    const { code, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toMatch(/interrupted, accuracy .*\nideal twin: interrupted, accuracy .* after \d+ epochs?\n/);
    const { status, epochs, ideal } = readJson('out', 'run.json') as Record<string, unknown>;
    expect({ status, epochs }).toEqual({ status: 'interrupted', epochs: 400 });
    expect(ideal).toMatchObject({ status: 'interrupted' });
    const rows = readFileSync(scratch.path('out', 'figures', 'accuracy-per-epoch.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(rows).toHaveLength(402);
    expect(rows.at(1)).not.toContain(',,');
    expect(rows.at(-1)).toContain(',,,');
    expect(scratch.names()).toEqual(['cells.yaml', 'out']);
  });

  it('runs again alike from the configuration that it left', async () => {
    const args = ['--quiet', '--json', '--out'];
    await mho.run(
      ['run', deviceExperiment, '--epochs', '1', '--set', 'training.learningRate=0.05', ...args, 'a'],
      scratch.folder,
    );
    const { code } = await mho.run(['run', path.join('a', 'config.yaml'), ...args, 'b'], scratch.folder);
    expect(code).toBe(0);
    const weights = (name: string) => readFileSync(scratch.path(name, 'final.safetensors'));
    expect(weights('b').equals(weights('a'))).toBe(true);
    expect(readFileSync(scratch.path('b', 'config.yaml'))).toEqual(readFileSync(scratch.path('a', 'config.yaml')));
  });

  it('trains float weights without cells', async () => {
    scratch.write('small.yaml', smallExperiment.replace('units: 4', 'units: 20'));
    const { code, stdout } = await mho.run(['run', 'small.yaml', '--quiet'], scratch.folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^small: accuracy (8|9)\d\.\d\d % \(\d+ of 1797\); best .*\n1 epoch in .*\nrun folder: runs\/small-.*-1\n$/,
    );
    const [run] = readdirSync(scratch.path('runs'));
    const { tensors } = decodeSafetensors(readFileSync(scratch.path('runs', run!, 'final.safetensors')), 'f');
    expect(Object.keys(tensors)).toEqual(['layer0.weights', 'layer1.weights']);
  });

  it('refuses to write over another run', async () => {
    scratch.write('out/kept', 'x');
    const { code, stderr } = await mho.run(['run', deviceExperiment, '--out', 'out'], scratch.folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'out: exists and is not empty, expected a free place for the run folder; name a new folder with --out, or move this one away\n',
    });
    expect(readdirSync(scratch.path('out'))).toEqual(['kept']);
  });

  it('is a run-time failure where the folder cannot be made, and leaves nothing', async () => {
    scratch.write('small.yaml', smallExperiment);
    const { code, stdout, stderr } = await mho.run(['run', 'small.yaml', '--out', 'small.yaml/run'], scratch.folder);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^small\.yaml\/run: cannot be written: E[A-Z]+.*; check the free space and the rights/);
    expect(scratch.names()).toEqual(['small.yaml']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends at the next chunk border on %s, with a readable folder',
    async (signal) => {
      const child = mho.start(
        ['run', deviceExperiment, '--epochs', '100000', '--out', 'out', '--json'],
        scratch.folder,
      );
      const end = finished(child);
      await firstEpochOf(child);
      child.kill(signal);
      const { code, stdout, stderr } = await end;
      expect(code).toBe(130);
      expect(stderr).toContain('stopping; Ctrl-C again quits at once');
      const metrics = readMetrics('out');
      expect(metrics.length).toBeGreaterThanOrEqual(2);
      expect(JSON.parse(stdout)).toMatchObject({
        ...{ status: 'interrupted', epochs: metrics.length - 1 },
        evaluatedAtSamples: metrics.at(-1)!.samples,
      });
      expect(readJson('out', 'run.json')).toMatchObject({ status: 'interrupted', accuracy: metrics.at(-1)!.accuracy });
      const weights = decodeSafetensors(readFileSync(scratch.path('out', 'final.safetensors')), 'f');
      expect(weights.tensors['layer0.weights']?.shape).toEqual([64, 36]);
      expect(scratch.names()).toEqual(['out']);
    },
  );

  it('has the same bits on two threads, which do not outlive it', async () => {
    const wide = [
      '--set',
      'network.layers[0].units=1000',
      '--set',
      'record.idealLine=false',
      '--epochs',
      '1',
      '--quiet',
    ];
    for (const threads of ['1', '2']) {
      const { code, stdout } = await mho.run(
        ['run', deviceExperiment, ...wide, '--threads', threads, '--out', threads, '--json'],
        scratch.folder,
      );
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ threads: Number(threads) });
    }
    const weights = (name: string) => readFileSync(scratch.path(name, 'final.safetensors'));
    expect(weights('2').equals(weights('1'))).toBe(true);
  });

  it('ends on Ctrl-C with several threads too, whose number the environment may tell', async () => {
    const args = ['run', deviceExperiment, '--set', 'network.layers[0].units=1000', '--epochs', '1000', '--out', 'out'];
    const child = mho.start(args, scratch.folder, { MHO_THREADS: '3' });
    const end = finished(child);
    await firstEpochOf(child);
    child.kill('SIGINT');
    const { code, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toMatch(/, 3 threads \(\d+\.\d\d % of the samples together\), seed 1\n/);
    expect(readJson('out', 'run.json')).toMatchObject({ status: 'interrupted', threads: 3 });
  });

  it('quits at once on the second Ctrl-C, and leaves nothing', async () => {
    const child = mho.start(['run', deviceExperiment, '--epochs', '100000', '--out', 'out'], scratch.folder);
    const end = finished(child);
    await firstEpochOf(child);
    expect(scratch.names()).toHaveLength(1);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const { code, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted; nothing was kept\n$/);
    expect(scratch.names()).toEqual([]);
  });
});

/** Waits until a run has told of its first trained epoch. */
function firstEpochOf(child: ReturnType<CompiledCommand['start']>): Promise<void> {
  return toldOf(child, /^epoch +1\//m);
}

/** Waits until a run has told of something on stderr, or has ended. */
function toldOf(child: ReturnType<CompiledCommand['start']>, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let told = '';
    child.stderr.on('data', (data: Buffer) => {
      told += data.toString();
      if (pattern.test(told)) resolve();
    });
    child.on('close', () => {
      resolve();
    });
  });
}
