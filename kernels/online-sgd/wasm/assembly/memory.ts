// What OnlineSgd keeps in memory beside the crossbars.

/** One layer's working memory. */
@unmanaged
export class Layer {
  crossbar: usize;
  activation: i32;
  /** Activations, errors and errors behind the two converters; stride floats each. */
  z: usize;
  delta: usize;
  updateErrors: usize;
  backwardErrors: usize;
  scratch: usize;
  /** Inputs behind the read's and the update's converter; rows floats each. */
  read: usize;
  written: usize;
  readBackground: f32;
  writtenBackground: f32;
  /** Foreground rows ascending: index, byte offset in a matrix, read input less the background's, written input. */
  foreground: usize;
  foregroundOffsets: usize;
  foregroundRead: usize;
  foregroundWritten: usize;
  foregroundCount: i32;
  foregroundReach: f32;
  /** Where an update notes, a byte a row, which are foreground. */
  isForeground: usize;
  polarity: usize;
  /** Where an update lays out columns. */
  fractional: usize;
  /** Where an update of ideal weights lays out the foreground's inputs less the background's. */
  foregroundSteps: usize;
  /** Whether `read` and `written` must hold every row: read noise and cell-by-cell updates want them. */
  needsDense: bool;
  gapsBackgroundPlus: u64;
  gapsForegroundPlus: u64;
  gapsBackgroundMinus: u64;
  gapsForegroundMinus: u64;
  thinningBackgroundPlus: u64;
  thinningForegroundPlus: u64;
  thinningBackgroundMinus: u64;
  thinningForegroundMinus: u64;
}

/** Makes one layer's input another's: what {@link Layer} has from `read` to `isForeground`. */
// @ts-ignore: decorator
@inline
export function shareInput(listed: Layer, to: Layer): void {
  const first = offsetof<Layer>('read');
  memory.copy(changetype<usize>(to) + first, changetype<usize>(listed) + first, offsetof<Layer>('polarity') - first);
}

/** Samples: lists of coded inputs with tables of what the first layer's converters make of a code, or float values. */
@unmanaged
export class Samples {
  features: i32;
  /** By sample, the address of its list (see foreground.ts); 0 for float values. */
  lists: usize;
  /** Float values, or those of the codes. */
  values: usize;
  labels: usize;
  /** By code, behind the converters: what is read and what is written. */
  codeRead: usize;
  codeWritten: usize;
  /** By code, side by side: what is read more than the background, and what is written. */
  codeInputs: usize;
  background: f32;
}

export function layerSize(): usize {
  return (offsetof<Layer>() + 15) & ~15;
}

export function samplesSize(): usize {
  return (offsetof<Samples>() + 15) & ~15;
}

export function setLayer(
  at: usize,
  crossbar: usize,
  activation: i32,
  z: usize,
  delta: usize,
  updateErrors: usize,
  backwardErrors: usize,
  scratch: usize,
  read: usize,
  written: usize,
  foreground: usize,
  foregroundOffsets: usize,
  foregroundRead: usize,
  foregroundWritten: usize,
  isForeground: usize,
  polarity: usize,
  fractional: usize,
  needsDense: bool,
): void {
  const l = changetype<Layer>(at);
  l.crossbar = crossbar;
  l.activation = activation;
  l.z = z;
  l.delta = delta;
  l.updateErrors = updateErrors;
  l.backwardErrors = backwardErrors;
  l.scratch = scratch;
  l.read = read;
  l.written = written;
  l.foreground = foreground;
  l.foregroundOffsets = foregroundOffsets;
  l.foregroundRead = foregroundRead;
  l.foregroundWritten = foregroundWritten;
  // The read's are not needed any more then.
  l.foregroundSteps = foregroundRead;
  l.isForeground = isForeground;
  l.polarity = polarity;
  l.fractional = fractional;
  l.needsDense = needsDense;
}

/** Keys in the order of the fields, each as its two words. */
export function setLayerKey(at: usize, which: i32, a: u32, b: u32): void {
  store<u64>(at + offsetof<Layer>('gapsBackgroundPlus') + ((<usize>which) << 3), <u64>a | ((<u64>b) << 32));
}

export function setSamples(
  at: usize,
  features: i32,
  lists: usize,
  values: usize,
  labels: usize,
  codeRead: usize,
  codeWritten: usize,
  codeInputs: usize,
  background: f32,
): void {
  const s = changetype<Samples>(at);
  s.features = features;
  s.lists = lists;
  s.values = values;
  s.labels = labels;
  s.codeRead = codeRead;
  s.codeWritten = codeWritten;
  s.codeInputs = codeInputs;
  s.background = background;
}
