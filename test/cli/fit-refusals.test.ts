import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { finished } from './compiled.js';
import { mho, scratch, useCommand } from './command.js';
import { read, writeRamps } from './ramp-files.js';

useCommand();

describe('mho fit refuses, and leaves nothing', () => {
  it.each([
    ['', 'mho fit: no table of ramps was named, expected a file; see mho fit --help'],
    ['nowhere.csv', 'fit: no such file nowhere.csv; check the path'],
    ['/', 'fit: / is a folder, expected a table; name a file of ramps'],
    [
      'set0.csv --read-voltage 0.1V',
      'set0.csv: holds potentiation alone, expected LTD ramps as well; name the file of the RESET ramps with --reset',
    ],
    [
      'reset0.csv --reset set0.csv --read-voltage 0.1V',
      'reset0.csv: ramp1 and all its other ramps go down, and those of set0.csv up: SET and RESET are exchanged; name set0.csv first and reset0.csv with --reset; resistances need --unit ohm instead',
    ],
    ['set0.csv --reset reset0.csv', 'set0.csv: holds currents; say --read-voltage, as in --read-voltage 0.1V'],
    [
      'set0.csv --model sigmoid',
      '--model: got "sigmoid", expected one of auto, linear, soft-bounds, exponential, power, lookup-table',
    ],
    [
      'set0.csv --read-voltage 0.1',
      '--read-voltage: got "0.1", expected a number with a unit of voltage; write for example 0.2 V; units: V with or without a prefix (f p n u m k M G)',
    ],
    ['set0.csv --resamplings 5', '--resamplings: got "5", expected a whole number from 50 to 100000'],
    ['set0.csv --out mine', '--out: got mine, expected the name of a device file; say mine.yaml'],
    [
      'set0.csv --reset reset0.csv --reset reset0.csv',
      '--reset: got 2 for 1 files of SET ramps, expected one for each device; name them in the same order, SET first: mho fit set0.csv … --reset reset0.csv …',
    ],
    ['set0.csv --rest reset0.csv', 'mho: unknown option --rest; did you mean --reset?'],
  ])('mho fit %s', async (args, message) => {
    writeRamps();
    const { code, stdout, stderr } = await mho.run(['fit', ...args.split(' ').filter(Boolean)], scratch.folder);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `${message}\n` });
    expect(scratch.names()).toEqual(['reset0.csv', 'set0.csv']);
  });

  const header = 'a (uS),b (uS)\n';
  it.each([
    ['', 'bad.csv: is empty; give a table of numbers: one column or one row per ramp'],
    [header, 'bad.csv: holds no line of numbers; give a table of numbers: one column or one row per ramp'],
    ['\0\u0001', 'bad.csv: is a binary file, expected text; save it as CSV'],
    [
      `${header}1,2\n2,nan\n3,4\n`,
      'bad.csv:3: column 2 (b (uS)): got "nan", expected a number; mend the value, or leave such ramps out with --skip-bad',
    ],
    [
      `${header}1,2\n2,-3\n3,4\n`,
      'bad.csv:3: column 2 (b (uS)): got -3 uS, expected a conductance above zero; check the sign of the read voltage and the offset of the meter, leave the ramp out with --skip-bad, or pick the columns of values with --values',
    ],
    [
      `pulse,${header}1,1,2\n3,2,3\n2,3,4\n`,
      'bad.csv:4: column 1 (pulse): pulse 2 comes after pulse 3, expected pulses in order; sort the file by pulse, a line each',
    ],
    [
      `${header}1,5\n2,5\n3,5\n4,5\n`,
      'bad.csv:2: column 2 (b (uS)): b (uS) is flat: its 4 values are equal; if it is no ramp, name the columns that are with --values; else take it out, or say --skip-bad',
    ],
    [
      `${header}1,1000\n2,2000\n3,3000\n`,
      'bad.csv:2: column 1 (a (uS)): got a (uS) at 2 uS and b (uS) at 2 mS, expected ramps of one scale; name the unit of each column, or pick columns with --values',
    ],
  ])('a file of %j', async (text, message) => {
    writeRamps();
    scratch.write('bad.csv', text);
    const args = ['fit', 'bad.csv', '--reset', 'reset0.csv', '--unit', 'uS', '--json'];
    const { code, stdout, stderr } = await mho.run(args, scratch.folder);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `${message}\n` });
    expect(JSON.parse(stdout)).toEqual({ error: message, exitCode: 2 });
    expect(scratch.names()).toEqual(['bad.csv', 'reset0.csv', 'set0.csv']);
  });

  it('to keep anything after Ctrl-C', async () => {
    writeRamps();
    const long = ['--read-voltage', '0.1V', '--resamplings', '100000'];
    const child = mho.start(['fit', 'set0.csv', '--reset', 'reset0.csv', ...long], scratch.folder);
    const end = finished(child);
    setTimeout(() => child.kill('SIGINT'), 4000);
    const { code, stdout, stderr } = await end;
    expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: 'interrupted; nothing was kept\n' });
    expect(scratch.names()).toEqual(['reset0.csv', 'set0.csv']);
  });

  it.skipIf(process.platform === 'win32')('a pipe that nobody writes to, instead of waiting for ever', async () => {
    writeRamps();
    execFileSync('mkfifo', [scratch.path('pipe')]);
    const { code, stderr } = await mho.run(['fit', 'pipe', '--reset', 'reset0.csv', ...read], scratch.folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'fit: pipe is a pipe that nobody writes to, expected a table; start what writes to it first, or name a file of ramps\n',
    });
  });

  it('to put its report where a file is, before anything is read', async () => {
    scratch.write('mine.fit', '');
    const { code, stderr } = await mho.run(['fit', 'none.csv', '-o', 'mine.yaml', '--force'], scratch.folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'mine.fit: is a file, expected a free place for the report; move it away, or name another with --out\n',
    });
  });

  it('to write over what is there, unless it is told to', async () => {
    writeRamps();
    scratch.write('device.yaml', 'mine');
    const args = ['fit', 'set0.csv', '--reset', 'reset0.csv', ...read];
    const { code, stderr } = await mho.run(args, scratch.folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'device.yaml: is there already; name another with --out, or say --force\n',
    });
    expect(readFileSync(scratch.path('device.yaml'), 'utf8')).toBe('mine');
    expect((await mho.run([...args, '--force'], scratch.folder)).code).toBe(0);
    expect(readFileSync(scratch.path('device.yaml'), 'utf8')).toContain('model: exponential');
  });
});
