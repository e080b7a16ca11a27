/** Whether a cell holds a number, or what is none by IEEE 754. */
export function isNumber(cell: string): boolean {
  return cell !== '' && (Number.isFinite(Number(cell)) || /^[+-]?(nan|inf(inity)?)$/i.test(cell));
}

/** What spreadsheets, databases and meters write in the place of a value that they do not have. */
export function isMissing(cell: string): boolean {
  return missing.test(cell);
}

const missing =
  /^(#(N\/A|NA|NUM!|VALUE!|DIV\/0!|REF!|NULL!|NAME\?)|n\.?\/?a\.?|<na>|null|none|missing|-{2,}|\*+|\?|over(flow|load|range)?|ovld|ovrflw|ovl|ol)$/i;
