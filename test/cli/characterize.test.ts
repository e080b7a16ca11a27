import { readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { ClaimTable } from '../../src/characterization/claims/table.js';
import { loadCharacterization, shippedCharacterizations } from '../../src/characterization/load.js';
import { mho, scratch, useCommand } from './command.js';
import { finished } from './compiled.js';

useCommand();

const characterize = (...args: string[]) => mho.run(['characterize', ...args], scratch.folder);

interface Printed {
  readonly name: string;
  readonly folder: string;
  readonly judgements: readonly { readonly claim: string; readonly verdict: string }[];
}

describe('mho characterize', () => {
  it('prints a row a value and leaves the traces, the figures and a file that loads again', async () => {
    const { code, stdout, stderr } = await characterize('wang2022-tunnelling', '-o', 'out');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^A11 +trap depth, low resistance +1\.3\d+ eV +1\.32 eV +1\.32 eV ± 2 % +met$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('out');
    expect(scratch.names()).toEqual(['out']);
    const read = (...names: string[]): string => readFileSync(scratch.path('out', ...names), 'utf8');
    expect(read('traces', 'currents.csv').split('\n').length).toBeGreaterThan(190);
    expect(read('figures', 'currents.svg')).toMatch(/^<svg/);
    expect(
      readFileSync(scratch.path('out', 'figures', 'currents.png'))
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect((JSON.parse(read('findings.json')) as Printed).judgements).toHaveLength(8);
    const again = loadCharacterization(scratch.path('out', 'config.yaml'));
    expect(again.resolved).toEqual(parse(read('config.yaml')));
  });

  it('prints one JSON object, and exits with 3 where a row is not met, which keeps its folder', async () => {
    const { code, stdout } = await characterize(
      ...['wang2022-tunnelling', '--set', 'states[1].distance=0.35 nm', '--json', '--out', 'deep/er'],
    );
    expect(code).toBe(3);
    const { name, folder, judgements } = JSON.parse(stdout) as Printed;
    expect({ name, folder }).toEqual({ name: 'wang2022-tunnelling', folder: scratch.path('deep/er') });
    const failed = judgements.filter(({ verdict }) => verdict === 'not met').map(({ claim }) => claim);
    expect(failed).toContain('A12');
    expect(readFileSync(scratch.path('deep/er', 'findings.json'), 'utf8')).toContain('not met');
  });

  it('names the line of a mistake, what there is instead of a missing file, and leaves nothing', async () => {
    const shipped = readFileSync(shippedCharacterizations().get('wang2022-tunnelling')!, 'utf8');
    scratch.write('mine.yaml', shipped.replace('seed: 1', 'seed: 1\ncolour: red'));
    const line = shipped.split('\n').indexOf('seed: 1') + 2;
    const [unknown, broken, absent] = await Promise.all([
      characterize('mine.yaml'),
      characterize('mine.yaml', '--set', 'readNoise=much', '--set', 'colour=red'),
      characterize('wang2022-tunneling'),
    ]);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(`mine.yaml:${line}:1: colour: is not a known key; known here: measure, name`);
    expect(broken).toMatchObject({ code: 2, stdout: '' });
    expect(broken.stderr).toMatch(/readNoise.*expected a number from 0 to 1/);
    expect(absent).toMatchObject({ code: 2, stdout: '' });
    expect(absent.stderr).toMatch(/got "wang2022-tunneling", expected a file or one of .*wang2022-tunnelling/);
    expect(scratch.names()).toEqual(['mine.yaml']);
  });

  it('touches no folder that is there', async () => {
    scratch.write('full/mine.txt', 'kept');
    const { code, stderr } = await characterize('wang2022-tunnelling', '-o', 'full');
    expect(code).toBe(2);
    expect(stderr).toMatch(/full: exists and is not empty.*name a new folder with --out/);
    expect(scratch.names()).toEqual(['full']);
    expect(readFileSync(scratch.path('full/mine.txt'), 'utf8')).toBe('kept');
  });

  it('leaves nothing at Ctrl-C', async () => {
    const started = mho.start(
      ['characterize', 'wang2022-switching', '--set', 'cycles=20000', '-o', 'out'],
      scratch.folder,
    );
    const ended = finished(started);
    await after(1000);
    started.kill('SIGINT');
    const { code, stdout } = await ended;
    // 130 of its own, or no code where the signal came before it listened.
    expect([130, null]).toContain(code);
    expect(stdout).toBe('');
    expect(scratch.names()).toEqual([]);
  });
});

describe('mho claims', () => {
  it('prints every row with its values and its verdict, and exits with 0 where all are met', async () => {
    const [text, json] = await Promise.all([mho.run(['claims']), mho.run(['claims', '--json'])]);
    expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: '' });
    const { rows, unsimulated } = JSON.parse(json.stdout) as ClaimTable;
    expect(json.code).toBe(0);
    for (const { id, verdict, calibrated, evidence } of rows) {
      const mark = calibrated === undefined ? verdict : `${verdict}, calibrated`;
      expect(text.stdout).toMatch(new RegExp(`^${id} +${mark} `, 'm'));
      expect(evidence.length, id).toBeGreaterThan(0);
    }
    for (const { figure } of unsimulated) expect(text.stdout).toContain(`     ${figure} `);
    expect(text.stdout).toMatch(/^\d+ rows: \d+ met, \d+ directional only, 0 not met, 0 open; \d+ calibrated to /m);
  });

  it('refuses what it does not know', async () => {
    const { code, stderr } = await mho.run(['claims', '--with-trainings']);
    expect(code).toBe(2);
    expect(stderr).toContain('--with-trainings');
  });
});
