import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunError, UsageError } from '../../src/errors.js';
import { assertFree, defaultRunFolder, RunFolder } from '../../src/experiment/run-folder.js';
import { Scratch } from './scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

describe('a run folder', () => {
  it('is absent under its name until it is complete', () => {
    const target = scratch.path('runs', 'a');
    const folder = RunFolder.create(target);
    folder.write('run.json', '{}');
    folder.appendLine('metrics.jsonl', { epoch: 0 });
    folder.appendLine('metrics.jsonl', { epoch: 1 });
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(scratch.path('runs'))).toEqual([`.a.partial-${hostname()}-${process.pid}`]);
    expect(folder.complete()).toBe(target);
    expect(readdirSync(scratch.path('runs'))).toEqual(['a']);
    expect(readFileSync(`${target}/metrics.jsonl`, 'utf8')).toBe('{"epoch":0}\n{"epoch":1}\n');
  });

  it('leaves nothing when it is discarded', () => {
    const folder = RunFolder.create(scratch.path('a'));
    folder.write('run.json', '{}');
    folder.discard();
    expect(readdirSync(scratch.folder)).toEqual([]);
  });

  it('removes what is unfinished when the process exits', () => {
    const before = process.listeners('exit');
    RunFolder.create(scratch.path('a')).write('run.json', '{}');
    const [atExit] = process.listeners('exit').filter((listener) => !before.includes(listener));
    atExit!(130);
    expect(readdirSync(scratch.folder)).toEqual([]);
    expect(process.listeners('exit')).toEqual(before);
  });

  it('removes what a killed process left under another name once nothing was written there for an hour', () => {
    const [old, young, living] = ['4194305', '4194306', `${process.ppid}`].map((pid, i) =>
      path.join('runs', `.b${i}.partial-${hostname()}-${pid}`),
    );
    for (const folder of [old!, young!, living!]) {
      const file = scratch.write(path.join(folder, 'replica-1', 'metrics.jsonl'), '');
      const hours = new Date(Date.now() - 2 * 3_600_000);
      // What is deep within counts too.
      if (folder !== young) utimesSync(file, hours, hours);
      for (const place of [path.dirname(file), scratch.path(folder)]) utimesSync(place, hours, hours);
    }
    RunFolder.create(scratch.path('runs', 'a')).discard();
    expect(readdirSync(scratch.path('runs')).sort()).toEqual([path.basename(young!), path.basename(living!)]);
  });

  it('removes what a killed process of this host left at the same place, and nothing else', () => {
    const dead = `.a.partial-${hostname()}-4194305`;
    const kept = [`.a.partial-${hostname()}-1`, `.a.partial-elsewhere-4194305`, `.b.partial-${hostname()}-4194305`];
    for (const name of [dead, ...kept]) scratch.write(`${name}/run.json`, '{}');
    RunFolder.create(scratch.path('a')).discard();
    expect(readdirSync(scratch.folder).sort()).toEqual([...kept].sort());
  });

  it('takes the place of an empty folder', () => {
    mkdirSync(scratch.path('a'));
    const folder = RunFolder.create(scratch.path('a'));
    folder.write('run.json', '{}');
    expect(readdirSync(folder.complete())).toEqual(['run.json']);
  });

  it('keeps a result whose name was taken meanwhile, under the next free name', () => {
    const folder = RunFolder.create(scratch.path('a'));
    folder.write('run.json', '{}');
    scratch.write('a/other', '');
    expect(folder.complete()).toBe(scratch.path('a-2'));
    expect(readdirSync(scratch.path('a'))).toEqual(['other']);
  });

  it('refuses a place that is taken, and leaves it alone', () => {
    scratch.write('a/kept', 'x');
    const file = scratch.write('b', 'x');
    expect(() => RunFolder.create(scratch.path('a'))).toThrow(UsageError);
    expect(() => {
      assertFree(scratch.path('a'));
    }).toThrow(
      `${scratch.path('a')}: exists and is not empty, expected a free place for the run folder; name a new folder with --out, or move this one away`,
    );
    expect(() => RunFolder.create(file)).toThrow(/exists and is not a folder/);
    expect(readdirSync(scratch.folder)).toEqual(['a', 'b']);
  });

  it('says why it cannot be written', () => {
    const file = scratch.write('file', '');
    expect(() => RunFolder.create(`${file}/run`)).toThrow(RunError);
    expect(() => RunFolder.create(`${file}/run`)).toThrow(/cannot be written: .*; check the free space and the rights/);
  });

  it('is named after the experiment, the time and the seed', () => {
    const time = new Date('2026-01-02T03:04:05.678Z');
    expect(defaultRunFolder('orhd', time, 7)).toMatch(/runs[/\\]orhd-2026-01-02T03-04-05Z-7$/);
  });

  it('has a number where a run that began in the same second has its name, whether or not it is over', () => {
    const here = vi.spyOn(process, 'cwd').mockReturnValue(scratch.folder);
    try {
      const time = new Date('2026-01-02T03:04:05.678Z');
      const names = [1, 2, 3].map(() => {
        const folder = RunFolder.create(defaultRunFolder('orhd', time, 7));
        return path.basename(folder.complete());
      });
      const going = RunFolder.create(defaultRunFolder('other', time, '7x2'));
      names.push(path.basename(defaultRunFolder('other', time, '7x2')));
      going.discard();
      const first = 'orhd-2026-01-02T03-04-05Z-7';
      expect(names).toEqual([first, `${first}-2`, `${first}-3`, 'other-2026-01-02T03-04-05Z-7x2-2']);
    } finally {
      here.mockRestore();
    }
  });
});
