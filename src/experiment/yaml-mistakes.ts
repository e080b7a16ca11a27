import type { YAMLError } from 'yaml';

/** What a mistake in a file's syntax is, and what to do about it. */
interface SyntaxMistake {
  readonly what: string;
  readonly remedy: string;
}

/**
 * A mistake that the parser found, in words of a user who writes `key: value`.
 * @param line - where it is, as written
 * @param before - the lines above it
 */
export function syntaxMistake({ code, message }: YAMLError, line: string, before: string): SyntaxMistake {
  const got = `got ${JSON.stringify(shortened(line.trim()))}`;
  const mistake = (what: string, remedy: string): SyntaxMistake => {
    return { what: `is not valid YAML: ${line.trim() === '' ? '' : `${got}, `}${what}`, remedy };
  };
  const closing = missingEnd(message);
  if (closing !== undefined) return unclosed(closing, mistake);
  switch (code) {
    case 'DUPLICATE_KEY':
      return mistake('a key that stands above already', 'keep one of the two');
    case 'TAB_AS_INDENT':
      return mistake('which begins with a tab, expected blanks', 'indent with blanks');
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return mistake(
        'expected `key: value` in line with the keys beside it',
        'check how far the line and those above it are indented, and quote a text that holds ": "',
      );
    case 'MULTIPLE_DOCS':
      return mistake('the beginning of another document, expected one', 'take out what follows ---');
    case 'TAG_RESOLVE_FAILED':
      return mistake(`a tag that is not known (${message.replace(/^Unresolved tag: /, '')})`, 'take the tag out');
    case 'BAD_SCALAR_START':
      return mistake('which begins with a character that YAML keeps for itself', 'quote the text');
    default:
      return mistake(lowered(message), before.trim() === '' ? 'is this the file that was meant?' : 'check this line');
  }
}

/** The character that the parser misses: `Flow map must end with a }`, `Missing closing "quote`. */
function missingEnd(message: string): string | undefined {
  return /end with a ([\]}])/.exec(message)?.[1] ?? /Missing closing (["'])/.exec(message)?.[1];
}

function unclosed(closing: string, mistake: (what: string, remedy: string) => SyntaxMistake): SyntaxMistake {
  const opening = { '}': '{', ']': '[' }[closing] ?? closing;
  return mistake(`expected ${closing}, which closes the ${opening} above`, `close it with ${closing}`);
}

function lowered(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function shortened(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
