/** Three digits are what a shared machine can give. */
export function digits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US');
}
