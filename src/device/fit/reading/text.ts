import { UsageError } from '../../../errors.js';

/**
 * The text of a file of ramps: UTF-8, or UTF-16 with a byte order mark, as spreadsheets save "Unicode text"; what is no
 * UTF-8 is of Windows, whose µ is one byte.
 * @throws UsageError where it is empty, or no text
 */
export function textOf(bytes: Uint8Array, file: string): string {
  if (bytes.length === 0) {
    const remedy = 'give a table of numbers: one column or one row per ramp';
    throw new UsageError({ where: file, what: 'is empty', remedy });
  }
  const encoding = markedAs(bytes);
  const text = decoded(bytes, encoding);
  // Text has no bytes of zero, and a compressed workbook, a picture or a program has them early.
  if (!text.includes('\0')) return text;
  const kind = text.startsWith('PK') ? 'a spreadsheet or another zip archive' : 'a binary file';
  throw new UsageError({ where: file, what: `is ${kind}, expected text`, remedy: 'save it as CSV' });
}

function decoded(bytes: Uint8Array, encoding: ReturnType<typeof markedAs>): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(encoding === 'utf-8' ? 'windows-1252' : encoding).decode(bytes);
  }
}

function markedAs([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
