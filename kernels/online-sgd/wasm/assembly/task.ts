// What the caller's thread hands to the others.

/** One call of training or of prediction, as the caller's thread hands it to the others. */
@unmanaged
export class Task {
  team: usize;
  /** For a prediction, the address of what it has besides; 0 for training. */
  prediction: usize;
  layerCount: i32;
  /** Whole layers, one behind the other. */
  layers: usize;
  /** Thread by thread and layer by layer, the address of what a thread has of a layer: some of its columns, or all of them. */
  parts: usize;
  /** Whether the network's cells are newer than those that threads have of their own. */
  takesCells: bool;
  /** By thread, the address of two layers whose inputs are those of samples in turn. */
  inputs: usize;
  /** By layer, the address of what its inputs are handed over by (see exchange.ts); 0 where each thread makes them all. */
  exchanges: usize;
  samples: usize;
  order: usize;
  count: i32;
  firstStep: u32;
  loss: i32;
  updateFirst: bool;
  columnSumPeriod: u32;
  /** Samples after which this call ends: `count`, unless thread 0 finds that the others keep it waiting. */
  end: i32;
  /** Milliseconds of thread 0's clock after which it ends the call early. */
  deadline: f64;
}

/** What a call of prediction has besides. */
@unmanaged
export class Prediction {
  /** Thread by thread, the address of its layers. */
  layers: usize;
  outputs: usize;
  stream: u32;
  /** Samples that a thread has taken. */
  taken: i32;
}

export function taskSize(): usize {
  return (offsetof<Task>() + offsetof<Prediction>() + 15) & ~15;
}

export function setTask(
  at: usize,
  team: usize,
  layers: usize,
  layerCount: i32,
  parts: usize,
  inputs: usize,
  exchanges: usize,
  takesCells: bool,
  samples: usize,
  order: usize,
  count: i32,
  firstStep: u32,
  loss: i32,
  updateFirst: bool,
  columnSumPeriod: u32,
  deadline: f64,
): void {
  const task = changetype<Task>(at);
  task.team = team;
  task.prediction = 0;
  task.layers = layers;
  task.layerCount = layerCount;
  task.parts = parts;
  task.inputs = inputs;
  task.exchanges = exchanges;
  task.takesCells = takesCells;
  task.samples = samples;
  task.order = order;
  task.count = count;
  task.end = count;
  task.firstStep = firstStep;
  task.loss = loss;
  task.updateFirst = updateFirst;
  task.columnSumPeriod = columnSumPeriod;
  task.deadline = deadline;
}

/** As `predict`, with each thread's own layers at `layers`. */
export function setPrediction(
  at: usize,
  team: usize,
  layers: usize,
  layerCount: i32,
  samples: usize,
  first: u32,
  count: i32,
  outputs: usize,
  stream: u32,
): void {
  const task = changetype<Task>(at);
  task.team = team;
  task.prediction = at + offsetof<Task>();
  task.layerCount = layerCount;
  task.samples = samples;
  task.firstStep = first;
  task.count = count;
  const prediction = changetype<Prediction>(task.prediction);
  prediction.layers = layers;
  prediction.outputs = outputs;
  prediction.stream = stream;
  prediction.taken = 0;
}
