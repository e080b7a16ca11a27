import os from 'node:os';
import { describeEnvironment, type Environment } from '../../src/experiment/environment.js';
import { formatTable } from '../command.js';
import { digits } from '../digits.js';
import { measureWindows, type Measuring, type Window } from './windows.js';

/** `npm run bench -- --threads`: two threads beside one, from the start of training on, and what the cores allow. */

const full: Measuring = { experiment: 'wse2-mnist', samples: 40 * 60_000, perWindow: 6000 };
const quick: Measuring = { experiment: 'wse2-mnist', samples: 2000, perWindow: 200 };

/** What two cores at once gain over one; 2 would be a machine whose cores share nothing. */
const gains = ['two', 'always', 'copies'] as const;
type Gain = (typeof gains)[number];

export interface ThreadsRow {
  /** Samples that were trained before, and at the row's end. */
  readonly from: number;
  readonly to: number;
  /** One thread's rate, by all the row's windows together. */
  readonly samplesPerSecond: number;
  /** By all windows together. */
  readonly gain: Readonly<Record<Gain, number>>;
  /** Of the windows' own gains: a quarter of them is below the first, half below the second. */
  readonly quartiles: Readonly<Record<Gain, readonly [number, number, number]>>;
}

export interface ThreadsReport extends Environment {
  readonly benchmark: 'threads';
  readonly quick: boolean;
  readonly startedAt: string;
  readonly seconds: number;
  readonly load: readonly [before: number, after: number];
  readonly measuring: Measuring;
  readonly rows: readonly ThreadsRow[];
  readonly whole: ThreadsRow;
}

export async function reportThreads(isQuick: boolean): Promise<ThreadsReport> {
  const startedAt = new Date();
  const before = os.loadavg()[0]!;
  const measuring = isQuick ? quick : full;
  const windows = await measureWindows(measuring);
  return {
    ...{ benchmark: 'threads', quick: isQuick, startedAt: startedAt.toISOString(), ...describeEnvironment() },
    ...{ seconds: (Date.now() - startedAt.getTime()) / 1000, load: [before, os.loadavg()[0]!], measuring },
    ...{ rows: partsOf(windows).map((part) => rowOf(part, measuring)), whole: rowOf(windows, measuring) },
  };
}

/** The first part is where pulses are most, and each is as long as all before it. */
export function partsOf(windows: readonly Window[]): Window[][] {
  const parts: Window[][] = [];
  const first = Math.ceil(windows.length / 32);
  for (let from = 0; from < windows.length;) {
    const end = from === 0 ? first : Math.min(2 * from, windows.length);
    parts.push(windows.slice(from, end));
    from = end;
  }
  return parts;
}

export function rowOf(windows: readonly Window[], { perWindow }: Pick<Measuring, 'perWindow'>): ThreadsRow {
  const sum = (of: (window: Window) => number): number => windows.reduce((total, window) => total + of(window), 0);
  const one = sum((window) => window.one);
  // Of copies, twice the samples were trained.
  const work = (gain: Gain): number => (gain === 'copies' ? 2 : 1);
  const each = <T>(of: (gain: Gain) => T) => Object.fromEntries(gains.map((g) => [g, of(g)])) as Record<Gain, T>;
  return {
    ...{ from: windows[0]!.step, to: windows.at(-1)!.step + perWindow },
    samplesPerSecond: (windows.length * perWindow * 1000) / one,
    gain: each((g) => (work(g) * one) / sum((window) => window[g])),
    quartiles: each((g) => quartilesOf(windows.map((window) => (work(g) * window.one) / window[g]))),
  };
}

function quartilesOf(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))]!;
  return [at(0.25), at(0.5), at(0.75)];
}

export function describeThreads({ rows, whole, measuring, quick: isQuick, ...rest }: ThreadsReport): string {
  const { versions, platform, commit, load, seconds, startedAt } = rest;
  const header = ['samples', 'one thread', 'two threads', 'always together', 'two copies at once'];
  const cells = (row: ThreadsRow): string[] => [
    `${row.from.toLocaleString('en-US')}–${row.to.toLocaleString('en-US')}`,
    `${digits(row.samplesPerSecond)}/s`,
    ...gains.map((g) => `${row.gain[g].toFixed(2)}x (${row.quartiles[g].map((x) => x.toFixed(2)).join(', ')})`),
  ];
  const loads = load.map((l) => l.toFixed(2)).join(' → ');
  return [
    formatTable([header, ...rows.map(cells), ['all', ...cells(whole).slice(1)]], 1),
    '',
    `${measuring.experiment}, ${measuring.perWindow} samples a window, all columns in turn${isQuick ? '; quick: not worth quoting' : ''}`,
    'gain over one thread by the sum of all windows (quartiles of the windows’ own); two copies: the most that these cores give',
    `node ${versions.node}, ${platform.cpu}, ${platform.cores} cores, load ${loads}, ${seconds.toFixed(1)} s, ${startedAt}`,
    `mho ${versions.mho}, commit ${commit ?? 'unknown'}`,
  ].join('\n');
}
