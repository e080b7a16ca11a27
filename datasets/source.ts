import type { Dataset } from './dataset.js';

/** One file of a data set as its authors published it: what every copy must be, byte for byte. */
export interface DataFile {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the whole file, 64 lower-case hex digits. */
  readonly sha256: string;
}

/** Bytes received so far of a file that is being downloaded. */
export interface DownloadProgress {
  readonly file: string;
  readonly url: string;
  readonly received: number;
  readonly total: number;
}

/** Patience of a download. */
export interface DownloadTuning {
  /** Longest silence of a connection before it counts as cut [ms]; 30 s unless told. */
  readonly stallMs?: number | undefined;
  /** Attempts at one mirror, each going on where the last was cut; 3 unless told. */
  readonly tries?: number | undefined;
  /** Pause before the second attempt [ms], doubled before each further one; 500 ms unless told. */
  readonly retryDelayMs?: number | undefined;
}

export interface LoadOptions {
  /** Use no network. `MHO_OFFLINE=1` does the same. */
  readonly offline?: boolean | undefined;
  /** Base URLs tried before those of the environment and before the data set's own archive. */
  readonly mirrors?: readonly string[] | undefined;
  /** Hears of what was put right without stopping, such as a damaged copy that a good one stood in for. */
  readonly warn?: ((message: string) => void) | undefined;
  readonly progress?: ((progress: DownloadProgress) => void) | undefined;
  /** Environment variables; `process.env` unless told. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly download?: DownloadTuning | undefined;
}

/** A copy that was found but cannot be used. */
export interface RejectedCopy {
  readonly place: string;
  /** What was got and what was expected. */
  readonly reason: string;
}

/** What a search for one file of a data set came to. */
export interface FileStatus {
  readonly file: DataFile;
  /** Path of the first copy whose SHA-256 is right; undefined where there is none. */
  readonly place: string | undefined;
  /** Copies met before it whose bytes are wrong or cannot be read. */
  readonly rejected: readonly RejectedCopy[];
  /** Every path looked at, in order. */
  readonly tried: readonly string[];
}

/** Published files: what they are and where their bytes come from. */
export interface DataSource {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly licence: string;
  readonly citation: string;
  /** The archive's URL or the npm package that brings the files. */
  readonly source: string;
  /** The command that makes the files present. */
  readonly remedy: string;
  readonly files: readonly DataFile[];
  /** Looks for each file and checks its SHA-256, without network. */
  locate(options?: LoadOptions): Promise<readonly FileStatus[]>;
  /**
   * Makes each file present, and does nothing for those that are.
   * @throws RunError where a file is absent, damaged or cannot be downloaded
   */
  fetch(options?: LoadOptions): Promise<readonly FileStatus[]>;
}

/** A data set to train on, and how it is read. */
export interface DatasetSource extends DataSource {
  /** Pixels, classes and training images, known without reading a file. */
  readonly features: number;
  readonly trainImages: number;
  readonly classes: number;
  /**
   * Reads the data set, downloading it first where it comes from an archive and no good copy is at hand.
   * @throws RunError where a file is absent, damaged or cannot be downloaded
   */
  load(options?: LoadOptions): Promise<Dataset>;
}
