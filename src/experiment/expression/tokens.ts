import { UsageError } from '../../errors.js';

/** A piece of an expression, with the place where it begins (from 0). */
export interface Token {
  readonly kind: 'number' | 'quantity' | 'text' | 'name' | 'word' | 'sign' | 'end';
  /** A text without its quotes; a word in small letters. */
  readonly value: string;
  readonly at: number;
  readonly end: number;
}

/** Words that are no names. */
const words = new Set(['and', 'or', 'not', 'in', 'is', 'null', 'true', 'false']);

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['name', /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+|\[\d+\])*/uy],
  ['name', /"((?:[^"]|"")+)"/y],
  ['text', /'((?:[^']|'')*)'/y],
  ['sign', /<=|>=|<>|!=|==|[<>=()+\-*/,]/y],
];

/** `/s`, unless a longer name begins with that s, by which the number is divided. */
const perSecond = '/s(?![\\p{L}\\p{N}_.[])';

/** A word behind a number that is none of the language's, or `/s`: it can be nothing but a unit. */
const unit = new RegExp(`\\s*(?:(?!(?:${[...words].join('|')})\\b)(?:[\\p{L}°]+|%)|${perSecond})`, 'yiu');

/**
 * Cuts an expression into its pieces.
 * @param where - the option or place that the expression stands in
 * @throws UsageError at a character that begins none
 */
export function tokensOf(text: string, where: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = /\s*/y;
    blank.lastIndex = at;
    at += blank.exec(text)![0].length;
    if (at === text.length) break;
    const token = tokenAt(text, at) ?? refuse(text, at, where);
    tokens.push(token);
    at = token.end;
  }
  return [...tokens, { kind: 'end', value: '', at: text.length, end: text.length }];
}

function tokenAt(text: string, at: number): Token | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) continue;
    const end = at + match[0].length;
    if (kind === 'number') return withUnit(text, { kind, value: match[0], at, end });
    return named({ kind, value: unquoted(match), at, end }, match[1] !== undefined);
  }
  return undefined;
}

function withUnit(text: string, number: Token): Token {
  unit.lastIndex = number.end;
  const match = unit.exec(text);
  return match ? { ...number, kind: 'quantity', value: number.value + match[0], end: unit.lastIndex } : number;
}

function named(token: Token, quoted: boolean): Token {
  const word = token.value.toLowerCase();
  return token.kind === 'name' && !quoted && words.has(word) ? { ...token, kind: 'word', value: word } : token;
}

function unquoted([whole, inner]: RegExpExecArray): string {
  return inner === undefined ? whole : inner.replaceAll(whole[0]!.repeat(2), whole[0]!);
}

function refuse(text: string, at: number, where: string): never {
  const what = `cannot read ${JSON.stringify(text)} at character ${at + 1}`;
  const remedy = "write for example device.cycleToCycle < 0.01 and status = 'finished'";
  throw new UsageError({ where, what, remedy });
}
