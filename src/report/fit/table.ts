/** A table of the report: a title, and rows of cells. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What its figures mean, below it. */
  readonly note?: string | undefined;
}

/** A table as lines of text. */
export function textTable({ title, head, rows, note }: Table): string {
  const all = [head, ...rows];
  const width = (i: number): number => Math.max(...all.map((row) => row[i]?.length ?? 0));
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, i) => cell.padEnd(width(i))).join('  ')}`.trimEnd();
  return [title, ...all.map(line), ...(note === undefined ? [] : wrapped(note))].join('\n');
}

/** A text in indented lines of at most a hundred characters. */
function wrapped(text: string): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > 100) return [...lines, `  ${word}`];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}
