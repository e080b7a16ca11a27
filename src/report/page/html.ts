/** Text as it stands in HTML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export interface Column {
  readonly name: string;
  readonly kind?: 'number' | 'code' | undefined;
  /** Left out on a telephone. */
  readonly optional?: boolean;
}

/**
 * @param css - class of the table: `stacked` puts cells below one another where there is no room beside, `labelled` with the
 * names of their columns in front
 */
export function htmlTable(columns: readonly Column[], rows: readonly (readonly string[])[], css = ''): string {
  const classes = columns.map(({ kind, optional }) =>
    [...(kind ? [kind] : []), ...(optional ? ['optional'] : [])].join(' '),
  );
  const attribute = (i: number): string => (classes[i] === '' ? '' : ` class="${classes[i]}"`);
  const labelled = (i: number): string =>
    css.includes('labelled') ? ` data-label="${escaped(columns[i]!.name)}"` : '';
  // Paths break behind their dots.
  const written = (cell: string, i: number): string =>
    columns[i]!.kind === 'code' ? escaped(cell).replaceAll('.', '.<wbr>') : escaped(cell);
  const head = columns.map(({ name }, i) => `<th${attribute(i)}>${escaped(name)}</th>`).join('');
  const body = rows.map(
    (cells) =>
      `<tr>${cells.map((cell, i) => `<td${attribute(i)}${labelled(i)}>${written(cell, i)}</td>`).join('')}</tr>`,
  );
  return `<table class="${css}"><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}

export function htmlList(items: readonly string[], css: string): string {
  return items.length === 0
    ? ''
    : `<ul class="${css}">${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
}

/** A fraction as a percentage: `92.45 %`; a dash of none. */
export function percent(fraction: number | null | undefined, digits = 2): string {
  return fraction === null || fraction === undefined ? '–' : `${(100 * fraction).toFixed(digits)} %`;
}
