/** Mean and population standard deviation of byte codes. */
export function meanAndDeviation(codes: Uint8Array): { readonly mean: number; readonly deviation: number } {
  let [sum, squares] = [0, 0];
  codes.forEach((code) => {
    sum += code;
    squares += code * code;
  });
  const mean = sum / codes.length;
  return { mean, deviation: Math.sqrt(squares / codes.length - mean * mean) };
}
