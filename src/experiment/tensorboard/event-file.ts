import { maskedCrc32c } from './crc32c.js';
import { bytes, double, float, message, packedDoubles, text, whole } from './protobuf.js';

/** What TensorBoard shows under one name at one step. */
export type Summary =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  | {
      readonly kind: 'image';
      readonly tag: string;
      readonly png: Uint8Array;
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: 'histogram'; readonly tag: string; readonly buckets: readonly Bucket[] };

export interface Bucket {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export interface Event {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
  readonly summaries: readonly Summary[];
}

/** In a run's folder. TensorBoard knows event files by `tfevents` in their names. */
export const eventFileName = 'events.out.tfevents.mho';

/**
 * An event file of TensorBoard: TFRecords of Event messages, the first of which names the version of the format.
 * @see tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto for the numbers of the fields
 */
export function eventFile(events: readonly Event[]): Uint8Array {
  return Buffer.concat([eventFileStart(events[0]?.time ?? 0), ...events.map(eventRecord)]);
}

/**
 * What a file begins with; records of events can be added to it at any time.
 * @param time - seconds since 1970
 */
export function eventFileStart(time: number): Uint8Array {
  return record(Buffer.concat([double(1, time), text(3, 'brain.Event:2')]));
}

export function eventRecord(event: Event): Uint8Array {
  return record(encoded(event));
}

/** Length and its checksum, the data and theirs. */
function record(data: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(data.length + 16);
  framed.writeBigUInt64LE(BigInt(data.length), 0);
  framed.writeUInt32LE(maskedCrc32c(framed.subarray(0, 8)), 8);
  framed.set(data, 12);
  framed.writeUInt32LE(maskedCrc32c(data), data.length + 12);
  return framed;
}

function encoded({ time, step, summaries }: Event): Uint8Array {
  const values = summaries.map((summary) => message(1, text(1, summary.tag), valueOf(summary)));
  return Buffer.concat([double(1, time), whole(2, step), message(5, ...values)]);
}

function valueOf(summary: Summary): Uint8Array {
  switch (summary.kind) {
    case 'scalar':
      return float(2, summary.value);
    case 'image': {
      const { width, height, png } = summary;
      const rgb = 3;
      return message(4, whole(1, height), whole(2, width), whole(3, rgb), bytes(4, png));
    }
    case 'histogram':
      return histogram(summary.buckets);
    default:
      return summary satisfies never;
  }
}

/** Upper limits of buckets, and how many values lie below each. Sums are of the buckets' middles. */
function histogram(buckets: readonly Bucket[]): Uint8Array {
  const [first, last] = [buckets[0]!, buckets.at(-1)!];
  const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const moment = (power: number): number =>
    buckets.reduce((sum, { low, high, count: n }) => sum + n * ((low + high) / 2) ** power, 0);
  // The bucket below the least value is empty; it says where the first one begins.
  const limits = [first.low, ...buckets.map(({ high }) => high)];
  return message(
    5,
    ...[double(1, first.low), double(2, last.high), double(3, count), double(4, moment(1)), double(5, moment(2))],
    ...[packedDoubles(6, limits), packedDoubles(7, [0, ...buckets.map((bucket) => bucket.count)])],
  );
}
