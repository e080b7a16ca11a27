import path from 'node:path';
import { stringify } from 'yaml';
import { characterize, type Characterization } from '../../characterization/characterize.js';
import {
  loadCharacterization,
  shippedCharacterizations,
  type LoadedCharacterization,
} from '../../characterization/load.js';
import type { Trace } from '../../characterization/measure.js';
import { RunFolder } from '../../experiment/run-folder.js';
import { renderPng, renderSvg } from '../render.js';
import { characterizationChart } from './chart.js';

/**
 * Writes a characterization to a folder: its configuration, findings and judgements, traces as CSV, figures as SVG and
 * PNG. Everything is made before anything is written.
 * @param target - absolute path, a free place
 * @returns the folder's path
 */
export async function writeCharacterization(
  target: string,
  { resolved }: Pick<LoadedCharacterization, 'resolved'>,
  result: Characterization,
): Promise<string> {
  const figures = await figureFiles(result);
  const folder = RunFolder.create(target);
  folder.write('config.yaml', stringify(resolved));
  folder.write('findings.json', `${JSON.stringify(jsonCharacterization(result), undefined, 2)}\n`);
  for (const trace of result.traces) folder.write(path.join('traces', `${trace.name}.csv`), csvOf(trace));
  for (const [name, content] of figures) folder.write(path.join('figures', name), content);
  return folder.complete();
}

async function figureFiles({ title, figures }: Characterization): Promise<[string, string | Uint8Array][]> {
  const files: [string, string | Uint8Array][] = [];
  for (const figure of figures) {
    const svg = await renderSvg(characterizationChart(title, figure));
    files.push([`${figure.name}.svg`, `${svg}\n`], [`${figure.name}.png`, await renderPng(svg)]);
  }
  return files;
}

/** The pictures of every shipped characterization as the documents show them, by file name. */
export async function characterizationPictures(): Promise<ReadonlyMap<string, string>> {
  const drawn = new Map<string, string>();
  for (const name of shippedCharacterizations().keys()) {
    const { title, figures } = characterize(loadCharacterization(name));
    for (const figure of figures) {
      const file = figures.length === 1 ? `${name}.svg` : `${name}-${figure.name}.svg`;
      drawn.set(file, `${await renderSvg(characterizationChart(title, figure))}\n`);
    }
  }
  return drawn;
}

/** A characterization as JSON holds it. */
export function jsonCharacterization({ name, title, source, judgements, findings }: Characterization) {
  return {
    name,
    title,
    source,
    judgements,
    findings: findings.map(({ at, ...rest }) => ({ ...rest, at: at ?? null })),
  };
}

/** A header and a row a point. */
export function csvOf({ columns }: Trace): string {
  const length = Math.max(0, ...columns.map(({ values }) => values.length));
  const rows = Array.from({ length }, (_, i) => columns.map(({ values }) => cellOf(values[i])).join(','));
  return [columns.map(({ name }) => name).join(','), ...rows, ''].join('\n');
}

function cellOf(value: number | string | undefined): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(9)));
  return value === undefined ? '' : value.replaceAll(',', ' ');
}
