/**
 * What every data set gives: images as unsigned byte codes. Codes stay bytes all the way into the kernels, which look
 * their values up in a table of 256 entries; so MNIST takes 47 MB and not 188 MB.
 */
export interface Split {
  /** Pixel codes, shape [count, features], row after row in file order. */
  readonly codes: Uint8Array;
  /** Class of each image, shape [count]. */
  readonly labels: Uint8Array;
  readonly count: number;
}

export interface Dataset {
  readonly name: string;
  readonly train: Split;
  readonly test: Split;
  /** Pixels of one image; `shape[0] · shape[1]`. */
  readonly features: number;
  /** Height and width of one image. */
  readonly shape: readonly [height: number, width: number];
  readonly classes: number;
  /** Largest code that the format allows: 255 for MNIST, 16 for ORHD. */
  readonly maxCode: number;
}
