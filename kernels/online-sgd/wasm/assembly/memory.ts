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
  /** Foreground rows ascending: index, input less the background; addresses are used up by a read. */
  foreground: usize;
  foregroundInputs: usize;
  foregroundAddresses: usize;
  foregroundCount: i32;
  foregroundReach: f32;
  foregroundSum: f32;
  isForeground: usize;
  polarity: usize;
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
}
