import { displayPath } from '../experiment/place.js';
import { judge, type Judgement } from './judge.js';
import type { LoadedCharacterization } from './load.js';
import type { Measured } from './measure.js';

/** What a characterization came to. */
export interface Characterization extends Measured {
  readonly name: string;
  readonly title: string;
  readonly source: string | null;
  readonly file: string;
  readonly judgements: readonly Judgement[];
}

/** Simulates a measurement, estimates from its traces, and holds what was found against what is expected. */
export function characterize(loaded: LoadedCharacterization): Characterization {
  const { common, measure, file } = loaded;
  const measured = loaded.simulate();
  const judgements = judge(common.expected, measured.findings, measure.quantities, displayPath(file));
  const { name, title, source } = common;
  return { ...measured, name, title, source: source ?? null, file, judgements };
}

/** 0 where every expectation is met, else 3. */
export function exitCodeOf(judgements: readonly Pick<Judgement, 'verdict'>[]): 0 | 3 {
  return judgements.every(({ verdict }) => verdict === 'met') ? 0 : 3;
}
