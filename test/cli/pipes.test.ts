import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { datasetSource } from '../../datasets/registry.js';
import { mho, scratch, useCommand } from './command.js';

useCommand();

const orhdIsHere = (await datasetSource('orhd').locate()).every(({ place }) => place !== undefined);

const cell = `name: A cell
model: linear
gMin: 1 uS
gMax: 10 uS
states: 20
`;

/** A line of a shell, in which `mho` is the command; what does not end is killed. */
function shell(line: string) {
  const head = `mho() { "${process.execPath}" "${mho.main}" "$@"; }; `;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', head + line], {
    ...{ cwd: scratch.folder, encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' },
  });
  return { code: status, stdout, stderr };
}

describe('a pipe is read once, however often a command looks at it', () => {
  it.each([
    ['device show <(cat cell.yaml)', /A cell/],
    ['device list <(sleep 0.2; cat cell.yaml)', /linear +20/],
    ['device export <(cat cell.yaml) --format crosssim --out tables', /^$/],
    ['device import <(mho device export hzo-fefet --format neurosim) --format neurosim', /model: exponential/],
    ['sweep <(cat sweep.yaml) --dry-run', /device\.cycleToCycle +2 values/],
  ])('mho %s', (line, expected) => {
    scratch.write('cell.yaml', cell);
    const axes = 'axes: { device.cycleToCycle: [0, 0.01] }';
    scratch.write('sweep.yaml', `name: s\nexperiment: wse2-orhd\noverrides: { device: cell.yaml }\n${axes}\n`);
    const { code, stdout } = shell(`mho ${line}`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(expected) as string });
  });

  it('mho device plot draws a cell of stdin as it does one of a file, and of a named pipe', () => {
    scratch.write('cell.yaml', cell);
    execFileSync('mkfifo', [scratch.path('named')]);
    const each = ['cell.yaml', '/dev/stdin', 'named'].map((file) => `mho device plot ${file}`);
    const [whole, stdin, named] = each.map((line, i) => `${line} -o ${i}.svg`);
    expect(shell(`${whole} && cat cell.yaml | ${stdin} && { cat cell.yaml > named & ${named}; }`)).toMatchObject({
      code: 0,
    });
    const [one, ...others] = [0, 1, 2].map((i) => readFileSync(scratch.path(`${i}.svg`), 'utf8'));
    expect(others).toEqual([one, one]);
    expect(shell('cat cell.yaml | mho device plot /dev/stdin')).toMatchObject({ code: 0 });
    expect(scratch.names()).toContain('device.svg');
  });

  it('stdin of a process that Node started, which is a socket', () => {
    const { status, stdout } = spawnSync(process.execPath, [mho.main, 'device', 'show', '/dev/stdin'], {
      ...{ input: cell, encoding: 'utf8', timeout: 30_000 },
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('A cell') as string });
  });

  it.skipIf(!orhdIsHere)('experiments and their devices, in other processes too', () => {
    const small = 'extends: wse2-orhd\ndevice: cell.yaml\ntraining: { epochs: 1 }\nrecord: { idealLine: false }\n';
    scratch.write('cell.yaml', cell);
    scratch.write('small.yaml', small);
    const run = (what: string, out: string) => `mho run ${what} --out ${out} --json --quiet`;
    const accuracyOf = (line: string): unknown => (JSON.parse(shell(line).stdout) as { accuracy: unknown }).accuracy;
    const whole = accuracyOf(run('small.yaml', 'a'));
    expect(whole).toBeGreaterThan(0.1);
    // Paths in a pipe, as `cell.yaml`, are relative to the current folder.
    expect(accuracyOf(`cat small.yaml | ${run('/dev/stdin', 'b')}`)).toBe(whole);
    expect(accuracyOf(run('small.yaml --set device=<(cat cell.yaml)', 'c'))).toBe(whole);
    const ablate =
      'mho ablate <(cat small.yaml) --set device=<(cat cell.yaml) --seeds 2 --effects granularity --jobs 2';
    const { code, stdout } = shell(`${ablate} --json --quiet`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'complete' });
  });
});

describe('a pipe that nobody writes to is refused, not waited for', () => {
  it.each([
    ['run silent', 'experiment: silent'],
    ['run wse2-orhd --set device=./silent', '--set device: silent'],
    ['device show ./silent', 'device: silent'],
    ['device plot ./silent', 'device: silent'],
    ['device list ./silent', './silent: silent'],
    ['device import silent --format neurosim', 'device import: silent'],
    ['sweep silent', 'sweep: silent'],
    ['ablate silent', 'experiment: silent'],
    ['calibrate ./silent', 'calibrate: silent'],
    ['characterize ./silent', 'characterize: silent'],
    ['verify ./silent', 'verify: silent'],
    ['fit silent --read-voltage 0.1V', 'fit: silent'],
  ])('mho %s', (line, where) => {
    execFileSync('mkfifo', [scratch.path('silent')]);
    const { code, stderr } = shell(`mho ${line}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      new RegExp(`^${where.replaceAll('.', '\\.')} is a pipe that nobody writes to, expected .+; start `),
    );
  });
});

it('tables in pipes are not imported, since the device file names their places', () => {
  const { code, stderr } = shell('mho device import <(echo 1) <(echo 2) --format crosssim -o mine.yaml');
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^device import: \/dev\/fd\/\d+ is a pipe, expected a file: .*; write the tables to files first/,
  );
  expect(scratch.names()).toEqual([]);
});
