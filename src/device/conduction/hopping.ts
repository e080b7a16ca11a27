/**
 * Hopping between sites whose barriers a field lowers: I ∝ V·exp(b·√V), a straight line of ln(I/V) against √V.
 * @param voltage - above 0 [V]
 * @param slope - b [1/√V]
 * @returns ln of the current's shape
 * @see An 2022, figure 3b
 */
export function logHopping(voltage: number, slope: number): number {
  return Math.log(voltage) + slope * Math.sqrt(voltage);
}
