import { loadFile, type LoadedCase } from '../../../src/experiment/verify/case-files.js';

/** The case of a file that has one. */
export function loadCase(file: string): LoadedCase {
  return loadFile(file)[0]!;
}

/** A case of the small experiment; each test changes what it is about. */
export const smallCase = `name: small
title: Small
sets: [quick]
experiment: small.yaml
overrides: [training.epochs=1]
seeds: { from: 1, to: 2 }
statistic: mean
falseAlarmRate: 1e-3
expected: # measured
  value: 0.8
  sd: 0.05
  seeds: { from: 101, to: 110 }
  stalled: 0
  measured: 2026-01-01
  commit: abc # of the day
# As its source says.
accept: [0.1, 0.99]
`;
