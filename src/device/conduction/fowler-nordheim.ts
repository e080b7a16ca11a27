/**
 * Tunnelling through the triangle that a field makes of a barrier: I ∝ V²·exp(−D/V), a straight line of ln(I/V²) against
 * 1/V. The paper calls what it plots so "direct tunnelling"; the form is Fowler and Nordheim's.
 * @param voltage - above 0 [V]
 * @param scale - D [V]
 * @returns ln of the current's shape
 * @see An 2022, inset of figure 3b
 */
export function logFowlerNordheim(voltage: number, scale: number): number {
  return 2 * Math.log(voltage) - scale / voltage;
}
