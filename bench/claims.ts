import { characterize } from '../src/characterization/characterize.js';
import { loadCharacterization, shippedCharacterizations } from '../src/characterization/load.js';

/**
 * `node dist/bench/claims.js [seeds]`: how many of so many seeds (100) meet every row of each characterization, and which
 * rows the others miss. A claim is held with one seed; with any other it must pass in about 99 of 100.
 */

const seeds = Number(process.argv[2] ?? 100);

for (const [name, file] of shippedCharacterizations()) {
  const missed = new Map<string, number>();
  let met = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { judgements } = characterize(loadCharacterization(file, [`seed=${seed}`]));
    const failed = judgements.filter(({ verdict }) => verdict !== 'met');
    if (failed.length === 0) met++;
    for (const { claim, quantity, at } of failed) {
      const row = [claim, quantity, at].filter((text) => text !== null).join(' ');
      missed.set(row, (missed.get(row) ?? 0) + 1);
    }
  }
  const rows = [...missed].map(([row, count]) => `${row}: ${count}`);
  console.log([`${name.padEnd(30)} ${met} of ${seeds}`, ...rows].join('; '));
}
