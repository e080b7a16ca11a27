import { describe, expect, it } from 'vitest';
import { commandOf } from '../../bench/along/processes.js';
import { mho, scratch, useCommand } from '../cli/command.js';

useCommand();

describe('replicas as processes', () => {
  it.each([1, 2])('%i of them are a run that the command line takes', async (replicas) => {
    const [, ...args] = commandOf(replicas, 2, scratch.path('run'));
    const { code, stdout } = await mho.run([...args, '--set', 'record.idealLine=false'], scratch.folder);
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as { readonly epochs?: number; readonly replicas?: readonly unknown[] };
    if (replicas === 1) expect(told.epochs).toBe(1);
    else expect(told.replicas).toHaveLength(replicas);
  });
});
