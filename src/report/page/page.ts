import { escaped, htmlList } from './html.js';
import { reportStyle } from './style.js';

/** A figure with its panels drawn. */
export interface DrawnFigure {
  readonly name: string;
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly caption: string;
  /** SVG, ready to stand in the page. */
  readonly panels: readonly string[];
  /** Panels side by side, where there is room. */
  readonly columns: number;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  /** HTML in front of the figures. */
  readonly before?: string;
  readonly figures: readonly DrawnFigure[];
  /** HTML behind them. */
  readonly after?: string;
}

export interface ReportPage {
  readonly title: string;
  readonly lead: readonly string[];
  readonly warnings: readonly string[];
  /** HTML. */
  readonly summary: string;
  readonly sections: readonly Section[];
  /** Folder of the figures' files, as a link from the page. */
  readonly figuresAt: string;
  /** A script that keeps the page up to date; none of a page that is a file. */
  readonly live?: string | undefined;
}

/** By which a page is known for one of Mho's own. */
export const generator = 'Mho report';

/** One page that holds everything and asks for nothing from elsewhere. */
export function reportPage({ title, lead, warnings, summary, sections, figuresAt, live }: ReportPage): string {
  const links = sections.map(({ id, title: name }) => `<a href="#${id}">${escaped(name)}</a>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="generator" content="${generator}"><link rel="icon" href="data:,"><title>${escaped(title)}</title><style>${reportStyle}</style></head>
<body>
<main>
<header><h1>${escaped(title)}</h1>${lead.map((line) => `<p>${escaped(line)}</p>`).join('')}</header>
<nav>${links.join(' ')}</nav>
${htmlList(warnings, 'warnings')}
${summary}
${sections.map((section) => htmlSection(section, figuresAt)).join('\n')}
</main>
${live === undefined ? '' : `<script>${live}</script>`}
</body></html>
`;
}

function htmlSection({ id, title, before = '', figures, after = '' }: Section, figuresAt: string): string {
  const drawn = figures.map((figure) => htmlFigure(figure, figuresAt)).join('\n');
  const inside = figures.length === 0 ? '' : `<div class="figures">${drawn}</div>`;
  return `<section id="${id}"><h2>${escaped(title)}</h2>${before}${inside}${after}</section>`;
}

function htmlFigure({ name, title, subtitle, caption, panels, columns }: DrawnFigure, figuresAt: string): string {
  const file = (end: string, what: string): string =>
    `<a href="${escaped(encodeURI(`${figuresAt}/${name}${end}`))}">${what}</a>`;
  const files = [file('.svg', 'SVG'), file('.png', 'PNG'), file('.csv', 'CSV'), file('.vl.json', 'Vega-Lite')].join(
    ' · ',
  );
  const inside = panels.map(
    (svg) => `<div>${svg.replace('<svg ', `<svg role="img" aria-label="${escaped(title)}" `)}</div>`,
  );
  const below = subtitle.map((line) => `<p class="note">${escaped(line)}</p>`).join('');
  const wide = panels.length > 1 ? ' class="wide"' : '';
  return `<figure${wide} id="figure-${name}"><h3>${escaped(title)}</h3>${below}<div class="panels" style="--across:${columns}">${inside.join('\n')}</div><figcaption>${escaped(caption)} <span class="files">${files}</span></figcaption></figure>`;
}
