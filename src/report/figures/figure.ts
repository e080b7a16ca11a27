import type { TopLevelSpec } from 'vega-lite';
import { extentOf } from '../../statistics/extent.js';
import { renderPng, renderSvg } from '../render.js';
import { reportConfig } from '../theme.js';

/** A table behind a figure, as its CSV file holds it. */
export interface FigureTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** One figure of a report. */
export interface Figure {
  /** Of its files; unique over a report. */
  readonly name: string;
  readonly title: string;
  /** Lines below it: of how many seeds and trials, of which device, how long trained. */
  readonly subtitle?: readonly string[];
  /** What it shows, its bands and lines, in a sentence or two. */
  readonly caption: string;
  /** Vega-Lite units or layers, each as wide as a column of the page. */
  readonly panels: readonly object[];
  /** Panels side by side in the picture that is saved. */
  readonly columns: number;
  readonly table: FigureTable;
}

/** Of a panel's plot, in the picture that is saved [px]. */
export const panelWidth = 300;
export const panelHeight = 210;

/** Of every axis and scale of accuracies. */
export const accuracyTitle = 'test accuracy (%)';

/** Of a panel with its axis and legend, in a page [px]: what a telephone has room for, so that no letter shrinks there. */
const pageWidth = 364;
const pagePadding = 4;
/** Of a panel without axes, to come out as wide as the others. */
export const bareWidth = pageWidth - 2 * pagePadding;

/** Of accuracies [%]: what is drawn with room about it, two points at least, so that values that are alike have plain ticks. */
export function accuracyScale(values: Iterable<number>): object {
  const [low, high] = extentOf(values);
  const more = Math.max(0, 2 - (high - low)) / 2;
  return { domain: [Math.max(0, low - more), Math.min(100, high + more)], zero: false, nice: true };
}

const schema = 'https://vega.github.io/schema/vega-lite/v6.json';

/** Widths of letters in the titles and below them [px]; the renderer has no font to measure with and takes them for wider. */
const [titleLetter, subtitleLetter] = [8.9, 6.8];

const padding = 12;

/** The whole figure as one chart, with its titles in lines that are no wider than `room` [px]; without any of none. */
export function wholeSpec({ title, subtitle = [], panels, columns }: Figure, room?: number): TopLevelSpec {
  const inOne = panels.length === 1 ? panels[0]! : { columns, spacing: 32, concat: panels, resolve: independent };
  const own = panels.length === 1 ? titleOf(panels[0]!) : undefined;
  const below = [...subtitle, ...(own === undefined ? [] : [own])];
  const lines = below.flatMap((line) => wrapped(line, (room ?? 0) / subtitleLetter));
  const head = { text: wrapped(title, (room ?? 0) / titleLetter), ...(lines.length > 0 && { subtitle: lines }) };
  return {
    ...{ $schema: schema, config: reportConfig, padding, ...inOne },
    title: room === undefined ? own : head,
  } as unknown as TopLevelSpec;
}

/** Lines of at most so many letters, broken between words. */
export function wrapped(text: string, letters: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const independent = {
  scale: { color: 'independent', strokeDash: 'independent', x: 'independent', y: 'independent' },
  legend: { color: 'independent', strokeDash: 'independent' },
};

function titleOf(panel: object): string | undefined {
  const { title } = panel as { title?: string | readonly string[] };
  return typeof title === 'object' ? title.join(' ') : title;
}

/** Each panel as a picture of its own, as pages lay them out: all equally wide, whatever their axes take. */
export async function panelPictures({ panels }: Figure): Promise<string[]> {
  const config = { ...reportConfig, background: 'transparent' };
  const render = (panel: object): Promise<string> =>
    renderSvg({ $schema: schema, config, padding: pagePadding, ...panel } as unknown as TopLevelSpec);
  const pictures: string[] = [];
  for (const panel of panels) {
    const { width } = panel as { width: number };
    const first = await render(panel);
    const off = pageWidth - Number(/^<svg[^>]* width="([\d.]+)"/.exec(first)![1]);
    pictures.push(Math.abs(off) < 1 ? first : await render({ ...panel, width: Math.max(width / 2, width + off) }));
  }
  return pictures;
}

/**
 * What lies in the folder beside the page: the specification, both pictures and the numbers.
 * @param titled - whether the pictures have their titles; journals want figures without
 */
export async function figureFiles(
  figure: Figure,
  titled = true,
): Promise<[name: string, content: string | Uint8Array][]> {
  const bare = await renderSvg(wholeSpec(figure));
  const room = widthOf(bare) - 2 * padding;
  const spec = titled ? wholeSpec(figure, room) : wholeSpec(figure);
  const svg = titled ? narrowed(await renderSvg(spec), widthOf(bare)) : bare;
  return [
    [`${figure.name}.vl.json`, `${JSON.stringify(spec, undefined, 1)}\n`],
    [`${figure.name}.svg`, `${svg}\n`],
    [`${figure.name}.png`, await renderPng(svg)],
    [`${figure.name}.csv`, csvOf(figure.table)],
  ];
}

const svgWidth = /^(<svg[^>]*? width=")([\d.]+)("[^>]*? viewBox="0 0 )[\d.]+/;

function widthOf(svg: string): number {
  return Number(/^<svg[^>]*? width="([\d.]+)"/.exec(svg)![1]);
}

/** Titles are in lines that fit, but the renderer leaves room for wider letters than they have. */
function narrowed(svg: string, width: number): string {
  return svg.replace(svgWidth, (whole, before: string, given: string, between: string) =>
    Number(given) <= width ? whole : `${before}${width}${between}${width}`,
  );
}

export function csvOf({ head, rows }: FigureTable): string {
  return [head, ...rows].map((cells) => `${cells.map(cellOf).join(',')}\n`).join('');
}

function cellOf(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The powers of ten from one number to another, as a logarithmic axis marks them. */
export function powersOfTen(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const count = Math.max(0, Math.floor(Math.log10(high) + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, i) => Number(`1e${first + i}`));
}

/** A column of names that a scale and its legend give colours and dashes to. */
export function styled(names: readonly string[], colours: readonly string[], dashes?: readonly (readonly number[])[]) {
  const legend = dashes ? { symbolType: 'stroke' } : { symbolType: 'square' };
  const shared = { field: 'series', type: 'nominal', title: null, legend } as const;
  return {
    color: { ...shared, scale: { domain: names, range: colours } },
    ...(dashes && { strokeDash: { ...shared, scale: { domain: names, range: dashes } } }),
  };
}
