import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TrialRecord } from '../../src/experiment/sweep/trial.js';
import { mho, scratch, useCommand } from './command.js';

useCommand();
beforeEach(() => {
  writeFolders();
});

const results = (...args: string[]) => mho.run(['results', ...args], scratch.folder);

function trial(index: number, more: Partial<TrialRecord>): void {
  const hash = `${9 - index}`.repeat(16);
  const result = {
    ...{ accuracy: 0.8 + index / 100, accuracyBeforeHold: null, retained: null, bestAccuracy: 0.9, bestEpoch: 3 },
    ...{ initialAccuracy: 0.1, epochs: 4, samples: 800, backend: 'wasm', idealAccuracy: null, warnings: 0 },
  };
  const record: TrialRecord = {
    ...{ hash, index, point: { 'device.gMax': `${index} uS`, 'crossbar.converters': index === 1 ? 'none' : { a: 1 } } },
    ...{ seed: 1, status: 'finished', exitCode: 0, signal: null, error: null, result, code: 'c' },
    ...{ host: 'h', started: '2026-01-01T00:00:00.000Z', seconds: 1.5, together: 1, ...more },
  };
  scratch.write(`map/trials/${hash}/trial.json`, JSON.stringify(record));
}

/** A sweep of three trials and two runs, as they are left. */
function writeFolders(): void {
  scratch.write('map/sweep.json', JSON.stringify({ name: 'map', experiment: 'digits', digest: 'd' }));
  trial(1, {});
  trial(2, {});
  trial(10, { hash: 'a'.repeat(16), status: 'failed', exitCode: 2, error: 'got "x",\nwhere', result: null });
  scratch.write('map/trials/9999999999999999/trial.json', '{"torn');
  const run = (name: string, seed: number, otherDevice: string | null): void => {
    const record = {
      ...{ experiment: 'other', otherDevice, status: 'complete', error: null, seed, backend: 'cpu', warnings: ['w'] },
      ...{ accuracy: 0.5, accuracyBeforeHold: null, retained: null, bestAccuracy: 0.5, bestEpoch: 1, ideal: null },
      ...{ initialAccuracy: 0.1, epochs: 1, samples: 10, seconds: 2, startedAt: 's', commit: 'd' },
    };
    scratch.write(`runs/${name}/run.json`, JSON.stringify(record));
    scratch.write(`runs/${name}/config.yaml`, `training: { epochs: ${seed} }\n`);
  };
  run('b', 2, null);
  run('a', 3, 'taox');
}

describe('mho results', () => {
  it('makes one tidy table of sweeps and runs', async () => {
    const { code, stdout, stderr } = await results('map', 'runs', '--csv');
    expect(code).toBe(0);
    expect(stderr).toBe('left out, since its record cannot be read: map/trials/9999999999999999\n');
    expect(stdout).toBe(
      [
        'sweep,experiment,run,status,device.gMax (S),crossbar.converters,seed,accuracy,bestAccuracy,bestEpoch,initialAccuracy,epochs,samples,backend,warnings,exitCode,error',
        'map,digits,8888888888888888,finished,0.000001,none,1,0.81,0.9,3,0.1,4,800,wasm,0,,',
        'map,digits,7777777777777777,finished,0.000002,"{""a"":1}",1,0.8200000000000001,0.9,3,0.1,4,800,wasm,0,,',
        'map,digits,aaaaaaaaaaaaaaaa,failed,0.00001,"{""a"":1}",1,,,,,,,,,2,"got ""x"","',
        ',other with taox,a,finished,,,3,0.5,0.5,1,0.1,1,10,cpu,1,,',
        ',other,b,finished,,,2,0.5,0.5,1,0.1,1,10,cpu,1,,',
        '',
      ].join('\n'),
    );
  });

  it('counts a run once, however often its folder is named, and a trial that lies in two folders', async () => {
    cpSync(scratch.path('map'), scratch.path('copy'), { recursive: true });
    symlinkSync(scratch.path('runs/b'), scratch.path('link'));
    const once = await results('map', 'runs', '--columns', 'run');
    const often = await results('map', 'copy', './map', 'runs', 'link', 'runs/a', '--columns', 'run');
    expect(often.code).toBe(0);
    expect(often.stdout).toBe(once.stdout);
  });

  it('takes a trial that is finished in one folder and failed in another as finished, whichever is named first', async () => {
    cpSync(scratch.path('map'), scratch.path('part'), { recursive: true });
    trial(1, { status: 'failed', result: null, error: 'no memory' });
    for (const order of [
      ['map', 'part'],
      ['part', 'map'],
    ]) {
      const { stdout } = await results(...order, '--where', 'seed = 1', '--columns', 'run, status, accuracy', '--csv');
      expect(stdout).toContain('8888888888888888,finished,0.81\n');
    }
  });

  it('leaves out what is damaged, and says what', async () => {
    scratch.write('hurt/none/sweep.json', JSON.stringify({ name: 'none', experiment: 'digits', digest: 'd' }));
    scratch.write('hurt/sheet/sweep.json', '{}');
    scratch.write('hurt/run/run.json', '{}');
    scratch.write('hurt/replicas/replicas.json', '{}');
    const { code, stdout, stderr } = await results('hurt', 'runs', '--columns', 'run');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'run\na\nb\n' });
    const left = 'hurt/none, hurt/replicas, hurt/run and 1 more';
    expect(stderr).toBe(`left out, since their records cannot be read: ${left}\n`);
  });

  it('keeps, orders and cuts rows, by quantities too', async () => {
    const { stdout } = await results(
      'map',
      '--where',
      'device.gMax > 1 uS',
      '--sort',
      'device.gMax desc',
      '--columns',
      'run, device.gMax',
    );
    expect(stdout).toBe('run               device.gMax\naaaaaaaaaaaaaaaa  10 uS\n7777777777777777  2 uS\n');
    const absent = await results(
      'map',
      'runs',
      '--sort',
      'sweep, accuracy desc',
      '--limit',
      '3',
      '--columns',
      'run,accuracy',
    );
    expect(absent.stdout).toBe(
      'run               accuracy\n7777777777777777    0.8200\n8888888888888888    0.8100\naaaaaaaaaaaaaaaa         -\n',
    );
  });

  it('gives programs numbers in SI units, of columns that hold quantities alone', async () => {
    const { stdout } = await results(
      'map',
      'runs',
      '--with',
      'training.epochs',
      '--csv',
      '--columns',
      'device.gMax,seed',
    );
    expect(stdout).toBe('device.gMax (S),seed\n0.000001,1\n0.000002,1\n0.00001,1\n,3\n,2\n');
    trial(11, { hash: 'b'.repeat(16), point: { 'device.gMax': 'none' } });
    const mixed = await results('map', '--csv', '--columns', 'device.gMax');
    expect(mixed.stdout).toBe('device.gMax\n1 uS\n2 uS\n10 uS\nnone\n');
    const mistake = await results('map', '--where', 'device.gMax < 1 V');
    expect(mistake.stderr).toBe(
      '--where: in "device.gMax < 1 V" a conductance stands against a voltage; give both sides one dimension\n',
    );
  });

  it('has values of the configuration and times where they are asked for', async () => {
    const args = [
      'runs',
      '--with',
      'training.epochs,device.model',
      '--columns',
      'run,training.epochs,device.model,seconds',
    ];
    const { stdout } = await results(...args, '--json');
    expect(JSON.parse(stdout)).toEqual({
      columns: ['run', 'training.epochs', 'device.model', 'seconds'],
      rows: [
        { run: 'a', 'training.epochs': 3, 'device.model': null, seconds: 2 },
        { run: 'b', 'training.epochs': 2, 'device.model': null, seconds: 2 },
      ],
    });
    expect((await results('runs', '--csv', '--timings', '-o', 'table.csv')).code).toBe(0);
    expect(readFileSync(scratch.path('table.csv'), 'utf8')).toContain('warnings,seconds,started,code,folder\n');
    expect((await results('runs', '--csv', '-o', 'table.csv')).stderr).toContain('is there already');
  });

  it.each([
    [['map', '--where', 'accurcy > 1'], '--where: there is no column accurcy; did you mean accuracy?\n'],
    [['map', '--sort', 'seed up'], '--sort: got "seed up", expected a column'],
    [['nowhere'], 'nowhere: no such folder; name a folder with runs\n'],
    [['map/trials'], 'map/trials: holds no runs; name a run folder, a sweep, or a folder of them\n'],
    [['map', '--csv', '--json'], '--json: stands beside --csv; leave one out\n'],
    [['map', '--parquet'], '--parquet: needs a file; name it with --out table.parquet\n'],
    [['map', '--columns', 'sed'], '--columns: there is no column sed; columns are sweep, experiment'],
    [['map', '--limit', 'few'], '--limit: got "few", expected a whole number\n'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await results(...args);
    expect(code).toBe(2);
    expect(stderr.replaceAll(`${scratch.folder}/`, '')).toContain(message);
  });
});

/** Where DuckDB is installed: beside the project, or in the folder that .ci/run makes for it. */
const duckDb = [path.resolve('.'), path.resolve('.cache/duckdb')].find((folder) => {
  try {
    createRequire(path.join(folder, 'package.json')).resolve('@duckdb/node-api');
    return true;
  } catch {
    return false;
  }
});

describe.skipIf(duckDb === undefined)('mho results with DuckDB', () => {
  const there = (...args: string[]) => mho.run(['results', ...args], duckDb);

  it('understands all of SQL, and gives the values that there were', async () => {
    const map = scratch.path('map');
    const where = "run like '8%' or device.gMax = '10 uS'";
    const { stdout } = await there(map, '--where', where, '--sort', 'length(device.gMax) desc', '--json');
    const { rows } = JSON.parse(stdout) as { rows: { run: string; accuracy: number | null; epochs: number | null }[] };
    expect(rows.map(({ run, accuracy, epochs }) => [run, accuracy, epochs])).toEqual([
      ['a'.repeat(16), null, null],
      ['8'.repeat(16), 0.81, 4],
    ]);
    const { code, stderr } = await there(map, '--where', 'run like');
    expect(code).toBe(2);
    expect(stderr).toContain('DuckDB: Parser Error');
  });

  it('writes Parquet that it reads back', async () => {
    const file = scratch.path('table.parquet');
    expect((await there(scratch.path('map'), '--parquet', '-o', file)).code).toBe(0);
    const { DuckDBInstance } = createRequire(path.join(duckDb!, 'package.json'))('@duckdb/node-api') as {
      DuckDBInstance: {
        create(
          at: string,
        ): Promise<{ connect(): Promise<{ runAndReadAll(sql: string): Promise<{ getRowsJson(): unknown[][] }> }> }>;
      };
    };
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = await connection.runAndReadAll(`SELECT run, "device.gMax (S)", accuracy, seed FROM '${file}'`);
    expect(read.getRowsJson().slice(0, 2)).toEqual([
      ['8'.repeat(16), 1e-6, 0.81, '1'],
      ['7'.repeat(16), 2e-6, 0.8200000000000001, '1'],
    ]);
    expect(existsSync(file)).toBe(true);
  });
});

describe.skipIf(duckDb !== undefined)('mho results without DuckDB', () => {
  it('says what needs it', async () => {
    const { stderr } = await results('map', '--where', "run like '8%'");
    expect(stderr).toContain('other SQL needs DuckDB; install it: npm install @duckdb/node-api\n');
    expect((await results('map', '--parquet', '-o', 't')).stderr).toContain(
      'written by DuckDB, which is not installed',
    );
  });
});
