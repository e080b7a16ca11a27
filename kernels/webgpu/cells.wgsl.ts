/**
 * Cells of a crossbar and what pulses do to them: kernels/cells.ts, one cell after the other within a thread. `X` is the
 * place of the crossbar's descriptor. The column sum of the column that a thread works on lies in `sum`.
 */
export const cellsWgsl = /* wgsl */ `
struct StepKeys { cycle: vec2u, programming: vec2u, write: vec2u, }

fn step_keys(X: u32, device: u32, step: u32) -> StepKeys {
  return StepKeys(
    fold(key_at(X + CYCLE_TO_CYCLE_KEYS + 2u * device), step),
    fold(key_at(X + PROGRAMMING_KEYS + 2u * device), step),
    fold(key_at(X + WRITE_KEY), step),
  );
}

fn parameters_of(X: u32, device: u32, cell: u32) -> u32 {
  return data[X + PARAMETERS + device] + cell * data[X + PARAMETER_STRIDE];
}

fn bounds_of(X: u32, device: u32, cell: u32) -> vec2f {
  if (data[X + KIND] == TABLE) { return vec2f(0.0, 1.0); }
  let at = parameters_of(X, device, cell);
  return vec2f(real(at + 4u), real(at + 5u));
}

fn seen(X: u32, g: f32) -> f32 {
  let k = real(X + CURVATURE);
  if (k == 0.0) { return g; }
  return divide(mul(g, 1.0 + k), 1.0 + mul(k, g));
}

fn read_difference(X: u32, cell: u32) -> f32 {
  let plus = seen(X, load(data[X + CELLS] + cell));
  var minus = real(X + REFERENCE);
  if (data[X + DEVICES] == 2u) { minus = seen(X, load(data[X + CELLS + 1u] + cell)); }
  return plus - minus;
}

fn sum_column(X: u32, j: u32) {
  let cols = data[X + COLS];
  let difference = data[X + DIFFERENCE];
  var total = 0.0;
  for (var i = 0u; i < data[X + ROWS]; i++) { total = total + load(difference + i * cols + j); }
  store(data[X + SUMS] + j, total);
}

/// Linear between two neighbours of a table.
fn along(at: u32, t: f32) -> f32 {
  let a = real(at);
  return a + mul(t, real(at + 1u) - a);
}

/// The same along a column of a table's blocks.
fn along_blocks(at: u32, size: u32, t: f32) -> f32 {
  let a = real(at);
  return a + mul(t, real(at + size) - a);
}

struct Step { mean: f32, deviation: f32, }

fn table_step(X: u32, device: u32, cell: u32, g: f32, up: bool, q: f32) -> Step {
  let way = select(1u, 0u, up);
  let bins = data[X + BINS];
  let place = mul(g, f32(bins - 1u));
  let bin = min(u32(max(floor(place), 0.0)), bins - 2u);
  let t = place - f32(bin);
  let nodes = data[X + NODES];
  var row = data[data[X + FIRST_ROW] + u32(q * 256.0)] & 0x7fffffffu;
  while (row < data[X + LAST_ROW] && real(nodes + 2u * (row + 1u)) <= q) { row++; }
  let u = mul(q - real(nodes + 2u * row), real(nodes + 2u * row + 1u));
  let size = data[X + BLOCK_SIZE];
  let block = data[X + BLOCKS + way] + data[parameters_of(X, device, cell)] + bin * size;
  let below = along_blocks(block + BLOCK_HEAD + row, size, t);
  let above = along_blocks(block + BLOCK_HEAD + row + 1u, size, t);
  return Step(real(block) + mul(t, real(block + 1u)), below + mul(u, above - below));
}

fn curve_step(X: u32, scale: f32, shape: f32, origin: f32, rate: f32, up: bool, g: f32) -> f32 {
  let bins = data[X + BINS];
  let row = u32(floor(shape));
  let part = shape - f32(row);
  let coordinate = clip(origin + mul(rate, g), 0.0, 1.0);
  let place = mul(coordinate, f32(bins - 1u));
  let bin = min(u32(floor(place)), bins - 2u);
  let t = place - f32(bin);
  let at = data[X + CURVES + select(1u, 0u, up)] + row * bins + bin;
  let near = along(at, t);
  if (part == 0.0) { return mul(scale, near); }
  return mul(scale, near + mul(part, along(at + bins, t) - near));
}

/// One pulse's mean step at g, of one cell in one direction.
fn mean_step(X: u32, device: u32, cell: u32, up: bool, g: f32) -> f32 {
  if (data[X + KIND] == TABLE) { return table_step(X, device, cell, g, up, 0.0).mean; }
  let at = parameters_of(X, device, cell);
  let way = select(2u, 0u, up);
  let first = real(at + way);
  let second = real(at + way + 1u);
  if (data[X + KIND] == AFFINE) { return first - mul(second, g); }
  return curve_step(X, first, second, real(at + 6u), real(at + 7u), up, g);
}

struct Climb { moved: f32, squares: f32, }

fn climb(X: u32, device: u32, cell: u32, start: f32, up: bool, pulses: f32) -> Climb {
  let bounds = bounds_of(X, device, cell);
  var g = start;
  var squares = 0.0;
  var left = pulses;
  while (left > 0.0) {
    let by = mean_step(X, device, cell, up, g);
    if (left < 1.0) { return Climb(g + mul(left, by), squares + mul(left, mul(by, by))); }
    let next = g + by;
    squares = squares + mul(by, by);
    if (next == g || select(next <= bounds.x, next >= bounds.y, up)) { return Climb(next, squares); }
    g = next;
    left = left - 1.0;
  }
  return Climb(g, squares);
}

fn moved_cell(X: u32, device: u32, cell: u32, g: f32, up: bool, pulses: f32, key: vec2u) -> f32 {
  if (data[X + KIND] == TABLE) {
    let step = table_step(X, device, cell, g, up, uniform_of(key, cell));
    return g + (mul(pulses, step.mean) + mul(square_root(pulses), step.deviation));
  }
  let path = climb(X, device, cell, g, up, pulses);
  let sigma = real(X + CYCLE_TO_CYCLE);
  let relative = real(X + STEP_NOISE);
  if (data[X + KIND] == AFFINE && relative == 0.0) {
    if (sigma == 0.0) { return path.moved; }
    return path.moved + mul(mul(sigma, square_root(pulses)), normal_of(key, cell));
  }
  let variance = mul(mul(sigma, sigma), pulses) + mul(mul(relative, relative), path.squares);
  if (variance == 0.0) { return path.moved; }
  return path.moved + mul(square_root(variance), normal_of(key, cell));
}

fn snap_to_level(X: u32, g: f32) -> f32 {
  let levels = data[X + LEVELS];
  var low = 0u;
  var high = data[X + LEVEL_COUNT] - 1u;
  while (high - low > 1u) {
    let middle = (low + high) >> 1u;
    if (real(levels + middle) <= g) { low = middle; } else { high = middle; }
  }
  let lower = real(levels + low);
  let upper = real(levels + high);
  return select(lower, upper, upper - g < g - lower);
}

fn settle(X: u32, g: f32, bounds: vec2f) -> f32 {
  let clipped = clip(g, bounds.x, bounds.y);
  if (data[X + LEVEL_COUNT] == 0u) { return clipped; }
  return clip(snap_to_level(X, clipped), bounds.x, bounds.y);
}

/// Puts a cell at g; what reads see of it is off by the noise of this write, and never below zero siemens.
fn write_cell(X: u32, device: u32, cell: u32, g: f32, keys: StepKeys) {
  store(data[X + HIDDEN + device] + cell, g);
  let sigma = real(X + WRITE_SIGMA);
  if (sigma == 0.0) { return; }
  let shown = g + mul(sigma, normal_of(keys.write, 2u * cell + device));
  store(data[X + CELLS + device] + cell, larger(shown, -real(X + FLOOR)));
}

/// Whole potentiating pulses whose mean path from the erased state ends nearest to the target.
fn pulses_to(X: u32, device: u32, cell: u32, goal: f32) -> f32 {
  let high = bounds_of(X, device, cell).y;
  var g = load(data[X + HIDDEN + device] + cell);
  for (var count = 0u; count < 65536u; count++) {
    let next = g + mean_step(X, device, cell, true, g);
    if (next <= g || g >= high || next - goal > goal - g) { return f32(count); }
    g = smaller(next, high);
  }
  return 65536.0;
}

/**
 * Gives pulses to one cell and renews its weight; returns the change of its column's sum. A one-sided pair that ran into
 * saturation is written anew in two more turns: both cells are erased, and the one that holds the larger part is
 * potentiated towards the difference. One loop, since drivers copy a function to wherever it is called.
 */
fn pulse(X: u32, device: u32, cell: u32, up: bool, pulses: f32, keys: StepKeys) -> f32 {
  var turns = 1u;
  var larger_part = 0u;
  var goal = 0.0;
  for (var turn = 0u; turn < turns; turn++) {
    let first = turn == 0u;
    let d = select(turn - 1u, device, first);
    let bounds = bounds_of(X, d, cell);
    let at = data[X + HIDDEN + d] + cell;
    var count = pulses;
    if (!first) {
      store(at, clip(real(X + REFERENCE), bounds.x, bounds.y));
      count = 0.0;
      if (d == larger_part) { count = pulses_to(X, d, cell, goal); }
    }
    var g = load(at);
    let key = select(keys.programming, keys.cycle, first);
    if (count > 0.0) { g = moved_cell(X, d, cell, g, up || !first, count, key); }
    g = settle(X, g, bounds);
    write_cell(X, d, cell, g, keys);
    let saturated = bounds.x + mul(real(X + REFRESH_AT), bounds.y - bounds.x);
    if (first && data[X + CODING] == ONE_SIDED_PAIR && g >= saturated) {
      let difference = load(data[X + CELLS] + cell) - load(data[X + CELLS + 1u] + cell);
      larger_part = select(1u, 0u, difference >= 0.0);
      goal = real(X + REFERENCE) + abs(difference);
      turns = 3u;
    }
  }
  let at = data[X + DIFFERENCE] + cell;
  let before = load(at);
  let now = read_difference(X, cell);
  store(at, now);
  return now - before;
}

/// Whether a wish of this sign pulses this polarity, and upwards.
struct Direction { pulses: bool, up: bool, }

fn direction_of(X: u32, device: u32, positive: bool) -> Direction {
  let toward = positive == (device == 0u);
  if (data[X + CODING] == ONE_SIDED_PAIR) { return Direction(toward, true); }
  return Direction(true, toward);
}

fn rate_of(X: u32, up: bool) -> f32 { return real(X + RATE + select(1u, 0u, up)); }
`;
