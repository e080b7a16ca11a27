import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { smallExperiment } from '../experiment/scratch.js';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

/** Names of the devices that come with mho, as its lists have them. */
const devices = readdirSync('configs/devices')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''))
  .sort();

useCommand();

describe('help and version', () => {
  it('prints help and exits with 2 where no command is given', async () => {
    const { code, stdout, stderr } = await mho.run([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/mho run <file>.*\n.*mho device.*\n.*mho data/);
  });

  it.each([
    ['--help', 'mho run <file>'],
    ['run --help', 'mho run wse2-orhd'],
    ['run --help', 'Shipped experiments: enode-mnist, '],
    ['device --help', 'mho device show <device>'],
    ['device show --help', 'mho device show ag-wse2-qd'],
    ['device import --help', '--format neurosim'],
    ['device export --help', '--format crosssim'],
    ['export --help', '--npz'],
    ['data --help', 'mho data fetch'],
  ])('%s', async (args, shown) => {
    const { code, stdout, stderr } = await mho.run(args.split(' '));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(shown);
  });

  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await mho.run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('shows help without loading a kernel or a tensor library', async () => {
    const { stderr } = await finished(mho.start(['--help'], undefined, { NODE_DEBUG: 'esm' }));
    expect(stderr).toContain('yargs');
    expect(stderr).not.toMatch(/node_modules\/@tensorflow|kernels\/register/);
  });
});

describe('usage', () => {
  it.each([
    ['rum x.yaml', 'mho: unknown command rum; did you mean run?\n'],
    ['run x.yaml --seeds 3', 'mho: unknown option --seeds; did you mean --seed?\n'],
    [
      'run',
      'mho run: no experiment was named, expected a file or the name of a shipped one; write for example wse2-orhd\n',
    ],
    ['export', 'mho export: no run was named, expected a run folder; name the folder that mho run left\n'],
    ['export a b', 'mho export: got "b" beside another, expected one run folder; start the command once for each\n'],
    [
      'export a',
      'mho export: no format was asked for, expected --npz or --safetensors with a file; see mho export --help\n',
    ],
    [
      'device import --format neurosim',
      'mho device import: no file was named, expected the file to import; see mho device import --help\n',
    ],
    ['device import x', '--format: no format was named, expected neurosim or crosssim\n'],
    [
      'device export ag-wse2-qd --format crosssim',
      'mho device export: no folder was named, expected --out with a folder for the two tables; add --out tables\n',
    ],
    ['device show', 'mho device show: no device was named, expected a name or a file; see mho device list\n'],
    ['run a.yaml b.yaml', 'mho run: got "b.yaml" beside another, expected one file; start the command once for each\n'],
    ['run a.yaml --set seed=1 name=b', 'mho run: got name=b without --set; repeat --set: --set name=b\n'],
    [
      'device show ag-wse2',
      `device: got "ag-wse2", expected a file or one of ${devices.join(', ')}; did you mean ag-wse2-qd?\n`,
    ],
    ['device', 'mho: no command was given, expected list, show, plot, import or export; see mho --help\n'],
    ['device lst', 'mho: unknown command lst; did you mean list?\n'],
    ['run x.yaml --seed', '--seed: stands without a value; write it behind --seed\n'],
    [
      'run taox',
      'experiment: no such file taox, and no shipped experiment taox; ' +
        'it is a device: train an experiment with it, by --set device=taox\n',
    ],
    [
      'run wse2-orhd --set dataset.trainSubset=10',
      '--set dataset.trainSubset: got 10, expected a mapping; its keys are count\n',
    ],
    [
      'run wse2-orhd --backend gpu',
      '--backend: got "gpu", expected one of auto, wasm, webgpu, tensorflow, cpu; did you mean webgpu?\n',
    ],
    ['device plot taox -o x.pdf', '--out: got x.pdf, expected a name that ends with .svg, .png or .html; say x.svg\n'],
    ['run nowhere.yaml', 'experiment: no such file nowhere.yaml; check the path\n'],
    [
      'device show ag-wse-qd',
      `device: got "ag-wse-qd", expected a file or one of ${devices.join(', ')}; did you mean ag-wse2-qd?\n`,
    ],
  ])('refuses `mho %s`', async (args, stderr) => {
    expect(await mho.run(args.split(' '), scratch.folder)).toEqual({ code: 2, stdout: '', stderr });
  });

  it.each([
    ['--seed abc', '--seed: got "abc", expected a whole number from 0 to 2^53 - 1'],
    ['--seed 1.5', '--seed: got 1.5, expected a whole number from 0 to 2^53 - 1'],
    ['--seed=-1', '--seed: got -1, expected a whole number from 0 to 2^53 - 1'],
    ['--seed 9007199254740992', '--seed: got 9007199254740992, expected a whole number from 0 to 2^53 - 1'],
    ['--seed 1 --seed 2', '--seed: got 2 values, expected one'],
    ['--seed 1 --set seed=2', '--seed: stands beside --set seed, expected one of them; leave one out'],
    ['--epochs 0', '--epochs: training.epochs: got 0, expected a whole number from 1 to 1000000'],
    ['--backend wsm', '--backend: got "wsm", expected one of auto, wasm, webgpu, tensorflow, cpu; did you mean wasm?'],
    ['--threads 0', '--threads: got "0", expected auto or a whole number from 1 to 64'],
    ['--threads two', '--threads: got "two", expected auto or a whole number from 1 to 64'],
    ['--set seed=x --set nme=y', '--set nme: is not a known key; did you mean name?'],
  ])('refuses `mho run small.yaml %s`, and leaves nothing', async (options, mistake) => {
    scratch.write('small.yaml', smallExperiment);
    const { code, stdout, stderr } = await mho.run(['run', 'small.yaml', ...options.split(' ')], scratch.folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')).toContain(mistake);
    expect(scratch.names()).toEqual(['small.yaml']);
  });

  it('names the shipped experiments where none is near', async () => {
    const { code, stderr } = await mho.run(['run', 'something-else'], scratch.folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/; check the path, or name one of enode-mnist, .*, wse2-orhd, wse2-orhd-ideal, /);
  });

  it('tells files of sweeps and of experiments from one another', async () => {
    scratch.write('small.yaml', smallExperiment);
    scratch.write('map.yaml', 'name: map\nexperiment: small.yaml\naxes: { device.cycleToCycle: [0, 0.1] }\n');
    expect((await mho.run(['run', 'map.yaml'], scratch.folder)).stderr).toBe(
      'map.yaml: is a sweep file, expected an experiment; run it with mho sweep map.yaml\n',
    );
    expect((await mho.run(['sweep', 'small.yaml'], scratch.folder)).stderr).toBe(
      'small.yaml: is an experiment file, expected a sweep; ' +
        'write experiment: small.yaml in a sweep file, or train it with mho run\n',
    );
  });

  it('tells every mistake of a file, one a line', async () => {
    scratch.write('bad.yaml', smallExperiment.replace('epochs: 1', 'epochs: 0').replace('units: 4', 'units: x'));
    const { code, stderr } = await mho.run(['run', 'bad.yaml'], scratch.folder);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'bad.yaml:5:14: network.layers[0].units: got "x", expected a whole number from 1 to 65536',
      'bad.yaml:10:11: training.epochs: got 0, expected a whole number from 1 to 1000000',
    ]);
  });
});

describe('mho device', () => {
  it('lists models and devices', async () => {
    const { code, stdout } = await mho.run(['device', 'list', '--json']);
    const list = JSON.parse(stdout) as Record<'models' | 'devices', { name: string }[]>;
    expect(code).toBe(0);
    expect(list.models.map(({ name }) => name)).toContain('exponential');
    expect(list.devices.map(({ name }) => name)).toEqual(devices);
    expect((await mho.run(['device', 'list'])).stdout).toMatch(/^models\n {2}ideal +float weights/);
  });

  it('plots a device, and prints its curves as one object', async () => {
    const { code, stdout, stderr } = await mho.run(
      ['device', 'plot', 'epiram', '--pulses', '5', '--json'],
      scratch.folder,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { written, curves } = JSON.parse(stdout) as {
      written: string[];
      curves: { trains: { up: { at: number[] } } };
    };
    expect(written).toEqual([scratch.path('epiram.svg')]);
    expect(curves.trains.up.at).toEqual([0, 1, 2, 3, 4, 5]);
    expect(readFileSync(scratch.path('epiram.svg'), 'utf8')).toContain('EpiRAM');
  });

  it.each([
    [['plot', 'epiram', '--pulses', '0'], '--pulses: got "0", expected a whole number from 1 to 65536\n'],
    [
      ['plot', 'epiram', '-o', 'x.bmp'],
      '--out: got x.bmp, expected a name that ends with .svg, .png or .html; say x.svg\n',
    ],
    [
      ['plot', 'epiram', '-o', 'no/x.svg'],
      '--out no/x.svg: its folder no does not exist; make it, or name another file\n',
    ],
    [['plot'], 'mho device plot: no device was named, expected a name or a file; see mho device list\n'],
  ])('leaves nothing behind after %j', async (args, stderr) => {
    expect(await mho.run(['device', ...args], scratch.folder)).toEqual({ code: 2, stdout: '', stderr });
    expect(scratch.names()).toEqual([]);
  });

  it('shows the parameters of a device with their sources, by name and by file', async () => {
    const { code, stdout } = await mho.run(['device', 'show', 'ag-wse2-qd']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}gMax +1 uS +inferred: low-resistance state/m);
    expect(stdout).toMatch(/^ {2}nonlinearity\.ltp\.label +4\.5 +inferred: rises to saturation/m);
    expect(await mho.run(['device', 'show', path.join('configs', 'devices', 'ag-wse2-qd.yaml')])).toMatchObject({
      stdout,
    });
  });

  it('goes on where the reader of its output has gone', async () => {
    const child = mho.start(['device', 'list']);
    child.stdout.destroy();
    const { code, stderr } = await finished(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe.skipIf(!existsSync('/dev/full'))('output that cannot be written', () => {
  it('is one line on stderr and exit code 1', async () => {
    const { code, stderr } = await mho.runInto('/dev/full', ['device', 'list']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^mho: the output cannot be written: ENOSPC.*\n$/);
  });
});

describe('an error of our own', () => {
  /** Starts `mho device list --json` in a process where writing that list fails. */
  function broken(env: NodeJS.ProcessEnv = {}) {
    const preload = scratch.write(
      'broken.mjs',
      `const stringify = JSON.stringify;
       JSON.stringify = (value, ...rest) => {
         if (value?.models) throw new RangeError('broken\\nin two');
         return stringify(value, ...rest);
       };`,
    );
    const options = { NODE_OPTIONS: `--import=${pathToFileURL(preload).href}`, ...env };
    return finished(mho.start(['device', 'list', '--json'], undefined, options));
  }

  it('is one line that says how to see the stack', async () => {
    const error = 'mho: unexpected error: RangeError: broken; this is a bug, set MHO_DEBUG=1 to see where it happened';
    const stdout = `${JSON.stringify({ error, exitCode: 1 })}\n`;
    expect(await broken()).toEqual({ code: 1, stdout, stderr: `${error}\n` });
  });

  it('shows the stack with MHO_DEBUG=1', async () => {
    const { code, stderr } = await broken({ MHO_DEBUG: '1' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/RangeError: broken\nin two\n +at /);
  });
});
