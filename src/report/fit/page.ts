import { htmlLegend, type Entry } from './legend.js';
import type { Table } from './table.js';

export interface Page {
  readonly title: string;
  /** What was fitted, by what command. */
  readonly lead: readonly string[];
  /** What the files were taken for. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
  readonly tables: readonly Table[];
  /** SVG of the panels of each chart, with one legend for them. */
  readonly charts: readonly {
    readonly caption: string;
    readonly legend: readonly Entry[];
    readonly panels: readonly string[];
  }[];
}

const style = `
  :root { color-scheme: light dark; --ink: #1d2329; --soft: #5b6670; --line: #d9dee3; --paper: #fff; --warn: #9a3412; --warned: #fff7ed; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e3e7eb; --soft: #9aa5b0; --line: #353c44; --paper: #15191d; --warn: #fdba74; --warned: #2a1f14; }
    svg { filter: invert(0.92) hue-rotate(180deg); background: none !important; } svg > rect { fill: none; }
  }
  * { box-sizing: border-box; }
  body { font: 14px/1.5 "DejaVu Sans", "Segoe UI", system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1040px; margin: 0 auto; padding: 28px 20px 48px; overflow-wrap: break-word; }
  h1 { font-size: 22px; line-height: 1.2; margin: 0 0 6px; } h2 { font-size: 14px; margin: 18px 0 4px; }
  p { margin: 2px 0; color: var(--soft); } ul { margin: 12px 0; padding-left: 20px; } li { margin: 3px 0; }
  .warning { color: var(--warn); background: var(--warned); border-left: 3px solid currentColor; padding: 8px 12px 8px 28px; }
  .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 12px 24px; margin: 6px 0 14px; }
  figure { margin: 20px 0 0; } figcaption { color: var(--soft); font-size: 13px; }
  .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 6px 0 0; padding: 0; font-size: 12.5px; } .legend li { display: flex; align-items: center; gap: 6px; margin: 0; }
  svg.swatch { width: 22px; height: 12px; flex: none; }
  .charts svg { width: 100%; height: auto; max-width: 520px; }
  .tables { columns: 2 400px; column-gap: 36px; }
  .table { overflow-x: auto; break-inside: avoid; padding-bottom: 6px; } .table.wide { column-span: all; }
  .note { font-size: 12px; margin-top: 5px; } .notes { color: var(--soft); font-size: 12.5px; }
  table { border-collapse: collapse; font-size: 12.5px; font-variant-numeric: tabular-nums; width: 100%; }
  td, th { text-align: left; vertical-align: top; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); } th { color: var(--soft); font-weight: 600; }
  td + td { white-space: nowrap; } td.text { white-space: normal; }
  @media (max-width: 480px) { body { padding: 18px 12px; } .wide table { min-width: 460px; } .wide td + td { white-space: normal; } td, th { padding-right: 8px; } }
  @media print { @page { size: A4; margin: 10mm; } :root { --ink: #000; --soft: #444; --line: #ccc; --paper: #fff; } 
    body { padding: 0; max-width: none; font-size: 8.5px; line-height: 1.3; } h1 { font-size: 15px; } h2 { font-size: 10px; margin: 6px 0 2px; } ul { margin: 4px 0; } li { margin: 1px 0; }
    figure { margin: 6px 0 0; } figcaption, .note, .notes { font-size: 8.5px; } figure, .charts > div { break-inside: avoid; }
    svg { filter: none; } .charts svg { max-width: 240px; } .legend { font-size: 8.5px; } .charts { grid-template-columns: 1fr 1fr; gap: 2px; margin: 2px 0 4px; }
    table { font-size: 8px; line-height: 1.25; } td, th { padding: 0.5px 6px 0.5px 0; } td + td { white-space: nowrap; } td.text { white-space: normal; } .tables { columns: 3; column-gap: 14px; } }
`;

/** One page that holds everything: charts are inside, so it can be sent and printed. */
export function htmlPage({ title, lead, notes, warnings, remarks, tables, charts }: Page): string {
  const list = (items: readonly string[], css = ''): string =>
    items.length === 0 ? '' : `<ul${css}>${items.map((item) => `<li>${typeset(item)}</li>`).join('')}</ul>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>${escaped(title)}</title><style>${style}</style></head>
<body>
<h1>${escaped(title)}</h1>
${lead.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
${list(warnings, ' class="warning"')}
${charts.map(htmlChart).join('\n')}
${list(remarks)}
${list(notes, ' class="notes"')}
<div class="tables">
${tables.map(htmlTable).join('\n')}
</div>
</body></html>
`;
}

function htmlChart({ caption, legend, panels }: Page['charts'][number]): string {
  const figures = panels.map((svg) => `<div>${svg}</div>`).join('\n');
  return `<figure><figcaption>${escaped(caption)}</figcaption>${htmlLegend(legend)}<div class="charts">${figures}</div></figure>`;
}

/** Cells of more letters are sentences, which may break; a table that has such cells, or a note, takes the whole width. */
const sentence = 32;

function htmlTable({ title, head, rows, note }: Table): string {
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}${cell.length > sentence ? ' class="text"' : ''}>${typeset(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((cells) => row(cells, 'td')).join('');
  const wide =
    note !== undefined ||
    head.length > 4 ||
    rows.some((cells) => cells.slice(1).some(({ length }) => length > sentence));
  const below = note === undefined ? '' : `<p class="note">${escaped(note)}</p>`;
  return `<div class="table${wide ? ' wide' : ''}"><h2>${escaped(title)}</h2><table>${row(head, 'th')}${body}</table>${below}</div>`;
}

/** Signs, powers and micro as printed, and values in one line with their units. */
export function typeset(text: string): string {
  return escaped(text)
    .replace(/(^|[\s(])-(?=\d)/g, '$1\u2212')
    .replace(/(\d) u(?=[SAV]\b)/g, '$1 µ')
    .replace(/(\d) (?=[fpnµmk]?[SAV]\b|%)/g, '$1\u00a0')
    .replace(/(\d) standard errors?\b/g, (words) => words.replaceAll(' ', '\u00a0'))
    .replace(/\bn\^(\d\.?\d*)/g, 'n<sup>$1</sup>');
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
