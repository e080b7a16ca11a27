import { describe, expect, it } from 'vitest';
import { AihwkitPeer } from '../../bench/peers/aihwkit.js';
import { formatTable, parseOptions } from '../../bench/command.js';
import { compare, measureInTurn } from '../../bench/measurement.js';
import { fusedKernel, type Phase, type Subject } from '../../bench/subjects.js';

function subject(implementation: string, phase: Phase | undefined, rates: number[], log: string[] = []): Subject {
  const measure = (): Promise<number> => {
    log.push(`${implementation} ${phase ?? 'any'}`);
    return Promise.resolve(rates.shift()!);
  };
  return { shape: '3-2', model: 'ideal', implementation, phase, samplesPerWindow: 10, measure };
}

describe('measuring', () => {
  it('takes the subjects in turn and leaves the warm-up rounds out', async () => {
    const log: string[] = [];
    const subjects = [subject('a', 'start', [1, 100, 200], log), subject('b', 'start', [2, 10, 20], log)];
    const rates = await measureInTurn(subjects, { warmups: 1, rounds: 2 });
    expect(rates).toEqual([
      [100, 200],
      [10, 20],
    ]);
    expect(log).toEqual(['a start', 'b start', 'a start', 'b start', 'a start', 'b start']);
  });

  it('compares within a round, so that a machine that slows down changes no ratio', async () => {
    const subjects = [
      subject(fusedKernel, 'start', [800, 400, 100]),
      subject(fusedKernel, 'settled', [1600, 800, 200]),
      subject('reference', 'settled', [160, 80, 20]),
      subject('composed', undefined, [8, 4, 1]),
    ];
    const rows = compare(subjects, await measureInTurn(subjects, { warmups: 0, rounds: 3 }));
    expect(rows.map(({ kernelSpeedup }) => kernelSpeedup)).toEqual([
      { start: 1 },
      { settled: 1 },
      { settled: 10 },
      { start: 100, settled: 200 },
    ]);
    expect(rows[0]!.samplesPerSecond).toEqual({ median: 400, min: 100, max: 800 });
    expect(rows[3]).toMatchObject({ phase: 'any', windows: 3 });
  });
});

describe('the measuring commands', () => {
  it('parse their options from the command line and refuse others', () => {
    const given = process.argv;
    try {
      const json = { json: { type: 'boolean', about: 'one object' } } as const;
      process.argv = ['node', 'bench', '--json'];
      expect(parseOptions('bench', json)).toEqual({ json: true });
      process.argv = ['node', 'bench', '--fast'];
      expect(() => parseOptions('bench', json)).toThrow("bench: Unknown option '--fast'; the options are --json");
    } finally {
      process.argv = given;
    }
  });

  it('refuse a Python that is not there or cannot be started, before they measure', async () => {
    await expect(AihwkitPeer.start('/nowhere/python')).rejects.toThrow(
      /^bench: aihwkit: no \/nowhere\/python; python3 -m venv/,
    );
    await expect(AihwkitPeer.start(import.meta.dirname)).rejects.toThrow(
      /^bench: aihwkit: \S+ cannot be started: .*EACCES/,
    );
  });

  it('align tables', () => {
    expect(
      formatTable(
        [
          ['name', 'rate'],
          ['a', '10'],
        ],
        1,
      ),
    ).toBe('name  rate\na       10');
  });
});
