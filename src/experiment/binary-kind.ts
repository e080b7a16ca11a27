/** How files begin that are given for text by mistake. */
const beginnings: readonly (readonly [bytes: readonly number[], kind: string])[] = [
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG picture'],
  [[0xff, 0xd8, 0xff], 'a JPEG picture'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF document'],
  // Workbooks (.xlsx) are such archives.
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive or a workbook'],
  [[0x1f, 0x8b], 'a gzip archive'],
  [[0x89, 0x48, 0x44, 0x46], 'an HDF5 file'],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 'a NumPy array'],
];

/** What a file is that is no text, in words; undefined where it may be text. */
export function binaryKind(bytes: Uint8Array): string | undefined {
  const known = beginnings.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  if (known) return known[1];
  // UTF-16 has zeros too, and is text in another encoding.
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return !utf16 && bytes.subarray(0, 4096).includes(0) ? 'a binary file' : undefined;
}
