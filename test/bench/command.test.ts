import { describe, expect, it } from 'vitest';
import { requireTogether } from '../../bench/command.js';
import { messageOf } from '../experiment/scratch.js';

describe('options of a measuring command', () => {
  const alone = { 'gpu-targets': ['json'], along: ['quick', 'json'] };
  const told = (values: Record<string, unknown>) =>
    messageOf(() => {
      requireTogether('bench', values, alone);
    });

  it('that would be passed over are refused, with both names', () => {
    expect(told({ 'gpu-targets': true, model: 'noisy' })).toBe(
      'bench: --gpu-targets and --model do not go together; leave one out; together go --gpu-targets, --json',
    );
    expect(told({ along: 'replicas', 'gpu-targets': true })).toContain('--along and --gpu-targets do not go together');
    expect(told({ 'gpu-targets': true, quick: true })).toContain('--gpu-targets and --quick do not go together');
  });

  it('that go together are taken', () => {
    for (const values of [
      { 'gpu-targets': true, json: true },
      { along: 'replicas', quick: true },
      { model: 'noisy', quick: true },
      {},
    ])
      expect(() => {
        requireTogether('bench', values, alone);
      }).not.toThrow();
  });
});
