import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mho, scratch, useCommand } from './command.js';
import { finished, type Finished } from './compiled.js';

/** What a command says where it may not write or look. */

useCommand();

const nobody = 65_534;
const quick = ['--quiet', '--epochs', '1', '--set', 'record.idealLine=false'];

/** As a user who is not root, to whom no folder is closed, and whose home is another's. */
function runAsNobody(args: readonly string[], cwd: string, home: string): Promise<Finished> {
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const env = { ...process.env, HOME: home, MHO_DEBUG: '' };
  return finished(spawn(process.execPath, [mho.main, ...args], { cwd, env, ...user, stdio: 'pipe' }));
}

function folder(name: string, mode: number): string {
  const made = scratch.path(name);
  mkdirSync(made);
  chmodSync(made, mode);
  return made;
}

describe.skipIf(process.platform === 'win32')('folders that are closed', () => {
  it('a home that is another user’s hides no driver of a GPU and stops no run', async () => {
    chmodSync(scratch.folder, 0o755);
    const [home, cwd] = [folder('home', 0o000), folder('open', 0o777)];
    const { code, stderr } = await runAsNobody(['run', 'wse2-orhd', ...quick], cwd, home);
    expect(stderr).not.toMatch(/unexpected|vulkan/);
    // The data may be looked for there, and be found elsewhere.
    for (const line of stderr.split('\n').slice(0, -1))
      expect(line).toMatch(
        /cannot be read: EACCES.*; used .* instead; delete or replace that copy, or check its rights$/,
      );
    expect(code).toBe(0);
  });

  it.each([
    ['a report', ['report', '../run'], '--out report.html'],
    ['a picture', ['device', 'plot', 'taox'], '--out taox.svg'],
    ['an export', ['export', '../run', '--npz', 'run.npz'], '--npz run.npz'],
  ])('%s is refused before it is made', async (_, args, where) => {
    await mho.run(['run', 'wse2-orhd', ...quick, '--out', 'run'], scratch.folder);
    chmodSync(scratch.folder, 0o755);
    const closed = folder('closed', 0o555);
    const { code, stdout, stderr } = await runAsNobody(args, closed, scratch.folder);
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: `${where}: its folder ${closed} is closed to you; change its rights, or name a file elsewhere\n`,
    });
    expect(readdirSync(closed)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('a folder of figures that cannot be made is no bug', async () => {
    await mho.run(['run', 'wse2-orhd', ...quick, '--out', 'run'], scratch.folder);
    const { code, stderr } = await mho.run(['report', 'run', '-o', '/proc/report.html'], scratch.folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^\/proc\/report\.figures: cannot be written: .*; check the free space and the rights of its/,
    );
  });
});
