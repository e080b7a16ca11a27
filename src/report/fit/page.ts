import type { Table } from './summary.js';

export interface Page {
  readonly title: string;
  /** What was fitted, by what command. */
  readonly lead: readonly string[];
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
  readonly tables: readonly Table[];
  readonly charts: readonly string[];
}

const style = `
  body { font: 13px/1.45 "DejaVu Sans", "Segoe UI", sans-serif; color: #222; max-width: 1000px; margin: 24px auto; padding: 0 16px; }
  h1 { font-size: 20px; margin: 0 0 4px; } h2 { font-size: 14px; margin: 14px 0 4px; }
  table { border-collapse: collapse; font-size: 12px; } td, th { text-align: left; padding: 2px 14px 2px 0; border-bottom: 1px solid #ddd; }
  .tables { display: flex; flex-wrap: wrap; gap: 0 36px; } .warning { color: #a33; } p { margin: 4px 0; } ul { margin: 4px 0; padding-left: 18px; }
  svg { max-width: 100%; height: auto; }
  @media print { @page { size: A4; margin: 10mm; } body { margin: 0; font-size: 10px; } table { font-size: 9px; } svg { max-width: 86%; } }
`;

/** One page that holds everything: charts are inside, so it can be sent and printed. */
export function htmlPage({ title, lead, warnings, remarks, tables, charts }: Page): string {
  const list = (items: readonly string[], css = ''): string =>
    items.length === 0 ? '' : `<ul${css}>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${style}</style></head>
<body>
<h1>${escaped(title)}</h1>
${lead.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
${list(warnings, ' class="warning"')}
${charts.join('\n')}
${list(remarks)}
<div class="tables">
${tables.map(htmlTable).join('\n')}
</div>
</body></html>
`;
}

function htmlTable({ title, head, rows }: Table): string {
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((cells) => row(cells, 'td')).join('');
  return `<div><h2>${escaped(title)}</h2><table>${row(head, 'th')}${body}</table></div>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
