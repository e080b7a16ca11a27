/** A field of a message, encoded. */
type Field = Uint8Array;

/** Kinds of encoding on the wire. @see protobuf.dev/programming-guides/encoding */
const [varintType, fixed64Type, lengthType, fixed32Type] = [0, 1, 2, 5] as const;

function tag(number: number, type: number): number[] {
  return varint((number << 3) | type);
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

/** A whole number of 0 or more. */
export function whole(number: number, value: number): Field {
  return Uint8Array.from([...tag(number, varintType), ...varint(value)]);
}

export function double(number: number, value: number): Field {
  const field = Buffer.alloc(9);
  field.set(tag(number, fixed64Type));
  field.writeDoubleLE(value, 1);
  return field;
}

export function float(number: number, value: number): Field {
  const field = Buffer.alloc(5);
  field.set(tag(number, fixed32Type));
  field.writeFloatLE(value, 1);
  return field;
}

/** Doubles one behind the other, without a tag each. */
export function packedDoubles(number: number, values: readonly number[]): Field {
  const data = Buffer.alloc(8 * values.length);
  values.forEach((value, i) => data.writeDoubleLE(value, 8 * i));
  return bytes(number, data);
}

export function bytes(number: number, data: Uint8Array): Field {
  return Buffer.concat([Uint8Array.from([...tag(number, lengthType), ...varint(data.length)]), data]);
}

export function text(number: number, value: string): Field {
  return bytes(number, Buffer.from(value, 'utf8'));
}

export function message(number: number, ...fields: readonly Field[]): Field {
  return bytes(number, Buffer.concat(fields));
}
