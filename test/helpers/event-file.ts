import { maskedCrc32c } from '../../src/experiment/tensorboard/crc32c.js';

/** An event file read without the code that writes it. */

export interface ReadEvent {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
  /** By tag, in order: the bytes of each value, its tag included. */
  readonly values: ReadonlyMap<string, Buffer>;
}

/** Payloads of the records, whose lengths and checksums are checked; throws where the last one is cut short. */
export function recordsOf(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    if (file.readUInt32LE(at + 8) !== maskedCrc32c(file.subarray(at, at + 8))) throw new Error('checksum of a length');
    if (file.readUInt32LE(at + 12 + length) !== maskedCrc32c(data)) throw new Error('checksum of a record');
    records.push(data);
    at += length + 16;
  }
  return records;
}

/** Every event after the one that names the version. */
export function eventsOf(file: Buffer): ReadEvent[] {
  return recordsOf(file)
    .slice(1)
    .map((record) => {
      const fields = fieldsOf(record);
      const [time, step, summary] = [1, 2, 5].map((number) => fields.find((field) => field.number === number)!.value);
      const values = fieldsOf(summary as Buffer).map(({ value }) => {
        const tag = fieldsOf(value as Buffer).find(({ number }) => number === 1)!.value as Buffer;
        return [tag.toString('utf8'), value as Buffer] as const;
      });
      return { time: (time as Buffer).readDoubleLE(0), step: step as number, values: new Map(values) };
    });
}

/** The scalars of a tag, by step. */
export function scalarsOf(events: readonly ReadEvent[], tag: string): [step: number, value: number][] {
  return events.flatMap(({ step, values }): [number, number][] => {
    const value = values.get(tag);
    const simple = value && fieldsOf(value).find(({ number }) => number === 2);
    return simple ? [[step, (simple.value as Buffer).readFloatLE(0)]] : [];
  });
}

/** What two runs of the same bits have in common: everything but clocks. */
export function withoutClocks(file: Buffer): object[] {
  return eventsOf(file).map(({ step, values }) => ({
    step,
    values: [...values].filter(([tag]) => tag !== 'samples_per_second').map(([, value]) => value.toString('base64')),
  }));
}

interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

/** @see protobuf.dev/programming-guides/encoding */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  const bytes = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const tag = varint();
    const [number, type] = [Math.floor(tag / 8), tag % 8];
    if (type === 0) fields.push({ number, value: varint() });
    else fields.push({ number, value: bytes(type === 1 ? 8 : type === 5 ? 4 : varint()) });
  }
  return fields;
}
