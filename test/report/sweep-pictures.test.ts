import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../datasets/places.js';
import { shippedSweeps } from '../../src/experiment/sweep/load.js';
import { documentedSweeps, keptSweep, keptTable } from '../../src/report/documented-sweeps.js';

const folder = path.join(projectRoot(), 'docs/pictures/sweeps');
const tableOf = (name: string): string => readFileSync(path.join(folder, `${name}.csv`), 'utf8');

/** That each is what is drawn of its table is held beside the README's picture: result-pictures.test.ts. */
describe('docs/pictures/sweeps', () => {
  it('has a picture of every shipped sweep, and the tables that these are drawn of', () => {
    const pictures = [...shippedSweeps().keys()].map((name) => `${name}.svg`);
    const tables = documentedSweeps.map(({ name }) => `${name}.csv`);
    expect(readdirSync(folder).sort()).toEqual([...pictures, ...tables].sort());
  });

  it('are shown in the document', () => {
    const text = readFileSync(path.join(projectRoot(), 'docs/sweeps.md'), 'utf8');
    expect(documentedSweeps.filter(({ name }) => !text.includes(`pictures/sweeps/${name}.svg`))).toEqual([]);
  });

  it('have tables that are those of the sweep as its file is now', () => {
    const table = tableOf('states-orhd');
    expect(keptTable(keptSweep('states-orhd', table))).toBe(table);
    const cut = table.trimEnd().split('\n').slice(0, -1).join('\n');
    expect(() => keptSweep('states-orhd', cut)).toThrow(/states-orhd\.csv: row 80 is not .*run the sweep anew/);
    const other = table.replace('\n0,4,', '\n0,5,');
    expect(() => keptSweep('states-orhd', other)).toThrow(/row 1 is not/);
    expect(() => keptSweep('states-orhd', `${table}80,4,0,0,1,0.5\n`)).toThrow(/has 81 rows, expected 80/);
  });
});
