/**
 * P(|T| ≤ t) of Student's t with a whole number of degrees of freedom, which is a finite sum.
 * @see M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4
 */
export function studentWithin(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const odd = degrees % 2 === 1;
  let term = odd ? cos : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum;
}

/** The t that |T| exceeds with a probability of `outside`, by bisection. */
export function studentQuantile(outside: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (1 - studentWithin(high, degrees) > outside) high *= 2;
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (1 - studentWithin(middle, degrees) > outside) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
