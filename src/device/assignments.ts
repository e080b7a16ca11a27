import { UsageError } from '../errors.js';

export interface Assignments {
  readonly values: ReadonlyMap<string, number>;
  /** Where each of them was last set. */
  readonly lines: ReadonlyMap<string, number>;
  /** Names that are assigned to and were not asked for. */
  readonly unread: readonly string[];
}

/**
 * Reads assignments `name = expression;` of C++ or Python, one a line, with comments, types, `cell.` or `param->` in
 * front of a name, and arithmetic on numbers and earlier names. Anything else is passed over.
 * @param wanted - names that must be readable where they stand
 * @throws UsageError naming file and line
 */
export function readAssignments(text: string, file: string, wanted: readonly string[]): Assignments {
  const values = new Map<string, number>();
  const lines = new Map<string, number>();
  const unread: string[] = [];
  const bare = text.replace(/\/\*.*?\*\//gs, (comment) => comment.replace(/[^\n]/g, ' '));
  bare.split(/\r?\n/).forEach((line, i) => {
    const code = line.replace(/(\/\/|#).*$/, '');
    for (const statement of code.split(';')) {
      const match =
        /^\s*(?:(?:const|static|double|float|int|bool)\s+)*(?:\w+(?:->|\.))?([A-Za-z_]\w*)\s*=([^=].*)$/.exec(
          statement,
        );
      if (!match) continue;
      const [, name, expression] = match as unknown as [string, string, string];
      const value = evaluate(expression, values);
      if (value !== undefined) {
        values.set(name, value);
        lines.set(name, i + 1);
      }
      if (!wanted.includes(name)) unread.push(name);
      else if (value === undefined) throw unreadableValue(`${file}:${i + 1}`, name, expression.trim());
    }
  });
  return { values, lines, unread: [...new Set(unread)] };
}

function unreadableValue(where: string, name: string, expression: string): UsageError {
  const what = `${name} is ${JSON.stringify(expression)}, expected a number, or arithmetic on numbers and names set above`;
  return new UsageError({ where, what, remedy: 'write its value as a number' });
}

/** The value of an arithmetic expression; undefined where it is none. */
function evaluate(expression: string, names: ReadonlyMap<string, number>): number | undefined {
  const bare = expression.replace(/\(\s*(?:double|float|int)\s*\)/g, ' ');
  const tokens = bare.match(/(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|\S/g) ?? [];
  let at = 0;
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-') value += tokens[at++] === '+' ? product() : -product();
    return value;
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === '*' || tokens[at] === '/') value = tokens[at++] === '*' ? value * factor() : value / factor();
    return value;
  };
  const factor = (): number => {
    const token = tokens[at++];
    if (token === '-') return -factor();
    if (token === '+') return factor();
    if (token !== '(') return atom(token, names);
    const value = sum();
    return tokens[at++] === ')' ? value : NaN;
  };
  const value = sum();
  return at === tokens.length && Number.isFinite(value) ? value : undefined;
}

function atom(token: string | undefined, names: ReadonlyMap<string, number>): number {
  if (token === undefined) return NaN;
  if (/^[\d.]/.test(token)) return Number(token);
  const words: Readonly<Record<string, number>> = { true: 1, True: 1, false: 0, False: 0 };
  return names.get(token) ?? words[token] ?? NaN;
}
