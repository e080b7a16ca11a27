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
  /** A byte a row, not 0 for foreground. */
  isForeground: usize;
  polarity: usize;
  /** Columns' arrays of fractional.ts: seven of stride floats. */
  fractional: usize;
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

/** Samples: codes with tables of their values behind each of the first layer's converters, or float values. */
@unmanaged
export class Samples {
  features: i32;
  /** 0 for float values. */
  codes: usize;
  values: usize;
  labels: usize;
  /** Value of each code: as it is, for the read, for the update. */
  codeRead: usize;
  codeWritten: usize;
  background: f32;
  backgroundCode: u32;
}
