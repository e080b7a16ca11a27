import { characterize } from '../characterize.js';
import { loadCharacterization, shippedCharacterizations } from '../load.js';
import { recordedEvidence } from './experiments.js';
import { claimTable, type ClaimTable, type Evidence } from './table.js';

/** Simulates every shipped characterization and holds the papers' claims against what came out. */
export function holdClaims(experiments: readonly Evidence[] = recordedEvidence()): ClaimTable {
  return claimTable([...measuredEvidence(), ...experiments]);
}

function measuredEvidence(): Evidence[] {
  return [...shippedCharacterizations().keys()].flatMap((name) => {
    const { judgements } = characterize(loadCharacterization(name));
    return judgements.map((one) => ({ ...one, from: name }));
  });
}
