/**
 * The count of hits below which a rate falls in less than one of so many series: what a test of random draws may ask for,
 * whatever their seed.
 * @param draws - of a series
 * @param rate - of hits that is claimed, as least
 * @param rare - one in so many series
 */
export function leastHits(draws: number, rate = 0.9, rare = 1000): number {
  let [hits, below] = [0, 0];
  let probability = (1 - rate) ** draws;
  while (below + probability < 1 / rare) {
    below += probability;
    hits++;
    probability *= ((draws - hits + 1) / hits) * (rate / (1 - rate));
  }
  return hits;
}
