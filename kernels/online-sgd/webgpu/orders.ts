/** Instead of an order's place: the replica is left as it is. */
export const idle = 0xffff_ffff;

/**
 * Orders as shaders read them: for each replica where its order begins, or {@link idle}; then the orders, each once
 * however many replicas share it.
 */
export function orderWords(orders: readonly (Uint32Array | undefined)[]): Uint32Array {
  const places = new Map<Uint32Array, number>();
  let size = orders.length;
  for (const order of orders) {
    if (!order || places.has(order)) continue;
    places.set(order, size);
    size += order.length;
  }
  const words = new Uint32Array(size);
  orders.forEach((order, r) => (words[r] = order ? places.get(order)! : idle));
  for (const [order, at] of places) words.set(order, at);
  return words;
}
