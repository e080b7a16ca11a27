import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../datasets/places.js';
import { characterizationPictures } from '../../src/report/characterization/files.js';

const folder = path.join(projectRoot(), 'docs/pictures/physics');

/** `node scripts/physics-pictures.mjs` draws what these tests miss. */
describe('docs/pictures/physics', () => {
  let drawn: ReadonlyMap<string, string>;
  beforeAll(async () => {
    drawn = await characterizationPictures();
  });

  it('has a picture of every figure of the shipped characterizations and no others', () => {
    expect(readdirSync(folder).sort()).toEqual([...drawn.keys()].sort());
  });

  it('is current', () => {
    const stale = [...drawn].filter(([name, svg]) => readFileSync(path.join(folder, name), 'utf8') !== svg);
    expect(stale.map(([name]) => name)).toEqual([]);
  });

  it('is shown in the documents', () => {
    const text = readdirSync(path.join(projectRoot(), 'docs'))
      .filter((file) => file.endsWith('.md'))
      .map((file) => readFileSync(path.join(projectRoot(), 'docs', file), 'utf8'))
      .join('\n');
    expect([...drawn.keys()].filter((name) => !text.includes(`pictures/physics/${name}`))).toEqual([]);
  });
});
