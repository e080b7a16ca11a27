/**
 * The lowest place of a function near a start, by Hooke and Jeeves' pattern search: no derivative, and the same way
 * every time.
 * @param step - first step in every direction; halved until it is below `least`
 */
export function lowest(
  cost: (at: Float64Array) => number,
  start: ArrayLike<number>,
  { step, least }: { readonly step: number; readonly least: number },
): Float64Array {
  let best: Float64Array = Float64Array.from(start);
  let lowestCost = cost(best);
  for (let size = step; size >= least;) {
    const before = best;
    for (let j = 0; j < best.length; j++) {
      for (const move of [size, -size]) {
        const [moved, movedCost] = tried(cost, best, j, move);
        if (movedCost >= lowestCost) continue;
        [best, lowestCost] = [moved, movedCost];
        break;
      }
    }
    if (best === before) size /= 2;
    else [best, lowestCost] = onward(cost, before, best, lowestCost);
  }
  return best;
}

function tried(cost: (at: Float64Array) => number, at: Float64Array, j: number, move: number): [Float64Array, number] {
  const moved = Float64Array.from(at);
  moved[j]! += move;
  return [moved, cost(moved)];
}

/** As far again in the direction that was good. */
function onward(
  cost: (at: Float64Array) => number,
  from: Float64Array,
  to: Float64Array,
  reached: number,
): [Float64Array, number] {
  const further = to.map((x, j) => 2 * x - from[j]!);
  const furtherCost = cost(further);
  return furtherCost < reached ? [further, furtherCost] : [to, reached];
}
