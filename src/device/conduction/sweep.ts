/**
 * Voltages of a sweep from turning point to turning point in equal steps, both ends included, no voltage twice in a row.
 * @param turns - [V], at least two
 * @param step - above zero [V]; the last step before a turning point may be shorter
 */
export function sweepVoltages(turns: readonly number[], step: number): number[] {
  const voltages = [turns[0]!];
  for (let i = 1; i < turns.length; i++) {
    const [from, to] = [turns[i - 1]!, turns[i]!];
    const steps = Math.max(1, Math.ceil(Math.abs(to - from) / step - 1e-9));
    // The steps are counted from zero, so that the way back meets the very voltages of the way there.
    for (let k = 1; k < steps; k++) voltages.push(rounded(from + Math.sign(to - from) * step * k));
    voltages.push(to);
  }
  return voltages;
}

function rounded(voltage: number): number {
  return Number(voltage.toFixed(9));
}
