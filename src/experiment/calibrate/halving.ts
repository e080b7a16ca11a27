/** How many of `count` go on from each rung to the next, the first rung included: never fewer than one. */
export function rungSizes(count: number, keep: number, rungs: number): number[] {
  const sizes = [count];
  // A third of six is two: what a product of fractions loses in its last bit must not make it three.
  while (sizes.length < rungs) sizes.push(Math.max(1, Math.ceil(sizes.at(-1)! * keep - 1e-9)));
  return sizes;
}

/** The `count` of the lowest costs, in their order; among equals those that come first. */
export function best<T>(items: readonly T[], cost: (item: T) => number, count: number): T[] {
  const costs = new Map(items.map((item) => [item, cost(item)]));
  const ranked = [...items].sort((a, b) => costs.get(a)! - costs.get(b)!);
  const chosen = new Set(ranked.slice(0, count));
  return items.filter((item) => chosen.has(item));
}
