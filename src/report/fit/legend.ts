/** How something is drawn in a chart. */
export type Mark = 'points' | 'line' | 'dashes' | 'band';

/** One thing that a chart shows, as its legend names it. */
export interface Entry {
  readonly name: string;
  readonly colour: string;
  readonly mark: Mark;
}

/** Of dashed lines, in charts and legends [px]. */
export const dashes = [4, 3] as const;

/** Of bands, in charts and legends. */
export const bandOpacity = 0.3;

/** As Vega draws it, within a square of a legend's size from −1 to 1. */
const shapes: Readonly<Record<Mark, string>> = {
  points: 'M0.4,0A0.4,0.4,0,1,1,-0.4,0A0.4,0.4,0,1,1,0.4,0Z',
  line: 'stroke',
  dashes: 'stroke',
  band: 'M-1,-0.55H1V0.55H-1Z',
};

/**
 * The colours of a chart's entries, by the column `series`, and its legend, whose symbols are what is drawn: Vega draws
 * one shape for all, that of the layer it meets first.
 * @param shown - without it no legend, for panels that stand beside others in a page
 */
export function colours(entries: readonly Entry[], shown: boolean) {
  const byName = (of: (mark: Mark) => unknown) => {
    const values = Object.fromEntries(entries.map(({ name, mark }) => [name, of(mark)]));
    return { value: { expr: `(${JSON.stringify(values)})[datum.value]` } };
  };
  const update = {
    shape: byName((mark) => shapes[mark]),
    strokeOpacity: byName((mark) => (shapes[mark] === 'stroke' ? 1 : 0)),
    strokeDash: byName((mark) => (mark === 'dashes' ? dashes : [])),
    ...{ fillOpacity: byName((mark) => (mark === 'band' ? bandOpacity : 1)), opacity: { value: 1 } },
  };
  return {
    ...{ field: 'series', type: 'nominal', title: null },
    scale: { domain: entries.map(({ name }) => name), range: entries.map(({ colour }) => colour) },
    // Not by name: Vega makes room for labels by one width and one size.
    legend: shown ? { symbolSize: 400, symbolStrokeWidth: 2, encoding: { symbols: update } } : null,
  } as const;
}

/** The same legend for a page, once for all panels of a chart. */
export function htmlLegend(entries: readonly Entry[]): string {
  const items = entries.map(({ name, colour, mark }) => `<li>${swatch(colour, mark)}${name}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function swatch(colour: string, mark: Mark): string {
  const stroke = `stroke="${colour}" stroke-width="2"`;
  const drawn: Readonly<Record<Mark, string>> = {
    points: `<circle cx="11" cy="6" r="3.8" fill="${colour}"/>`,
    line: `<path d="M1 6h20" ${stroke}/>`,
    dashes: `<path d="M1 6h20" ${stroke} stroke-dasharray="${dashes.join(' ')}"/>`,
    band: `<path d="M1 1h20v10h-20z" fill="${colour}" fill-opacity="${bandOpacity}"/>`,
  };
  return `<svg class="swatch" viewBox="0 0 22 12" width="22" height="12" aria-hidden="true">${drawn[mark]}</svg>`;
}
