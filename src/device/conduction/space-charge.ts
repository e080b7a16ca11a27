/**
 * Current limited by the charge that it brings: I ∝ V^m, with m = 1 while the film's own charges carry it, 2 where there
 * are no traps (Mott and Gurney) and more while traps fill.
 * @param voltage - above 0 [V]
 * @param slope - m
 * @returns ln of the current's shape
 * @see Lampert, Phys. Rev. 103, 1648 (1956); An 2022, figure 3d
 */
export function logPower(voltage: number, slope: number): number {
  return slope * Math.log(voltage);
}
