import { mean } from '../verify/statistics.js';
import { rungSizes } from './halving.js';
import type { RunLine } from './journal.js';
import type { LoadedCalibration } from './load.js';
import type { Rung } from './schema.js';

/** The runs of one target at one rung, over all families. */
export interface PlanRow {
  readonly target: string;
  /** From 0, the cheapest. */
  readonly rung: number;
  readonly candidates: number;
  /** At most: runs that two stages share are counted twice. */
  readonly runs: number;
  /** Of one run, as the file says or as it was measured [s]; null where neither does. */
  readonly seconds: number | null;
}

export interface Plan {
  readonly families: number;
  readonly rows: readonly PlanRow[];
  readonly confirmations: readonly {
    readonly target: string;
    readonly runs: number;
    readonly seconds: number | null;
  }[];
  readonly runs: number;
  /** Of all runs, one after the other [s]; null where a rung's is not known. */
  readonly seconds: number | null;
}

/**
 * How many runs a calibration makes, and how long they take.
 * @param lines - runs that there are already, whose times are better than the file's
 */
export function planOf({ config, families }: LoadedCalibration, lines: readonly RunLine[] = []): Plan {
  const { candidates, pilots, keep, refine, confirm } = config.search;
  const rungs = config.targets[0]!.rungs.length;
  const starts = rungSizes(candidates, keep, rungs);
  const rounds = rungSizes(refine.candidates, keep, rungs);
  const secondsOf = (target: string, rung: number, { seconds }: Rung): number | null => {
    const measured = lines.filter((line) => 'seconds' in line && line.target === target && line.rung === rung);
    return measured.length > 0
      ? mean(measured.map((line) => ('seconds' in line ? line.seconds : 0)))
      : (seconds ?? null);
  };
  const rows = config.targets.flatMap(({ name, rungs: own }) =>
    own.map((rung, r) => {
      const extra = r === 0 ? 0 : Math.min(pilots, candidates - starts[r]!);
      const count = families.length * (starts[r]! + extra + refine.rounds * rounds[r]!);
      return { target: name, rung: r, candidates: count, runs: count * rung.seeds, seconds: secondsOf(name, r, rung) };
    }),
  );
  const confirmations = config.targets.map(({ name, rungs: own }) => {
    const last = own.at(-1)!;
    return { target: name, runs: families.length * (confirm ?? last.seeds), seconds: secondsOf(name, rungs - 1, last) };
  });
  const all = [...rows, ...confirmations];
  const known = all.every(({ seconds }) => seconds !== null);
  return {
    families: families.length,
    rows,
    confirmations,
    runs: all.reduce((sum, { runs }) => sum + runs, 0),
    seconds: known ? all.reduce((sum, { runs, seconds }) => sum + runs * seconds!, 0) : null,
  };
}
