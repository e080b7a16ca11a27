import type { Dimension } from '../../units.js';

/** How figures name a value of the configuration: as the field does, with its symbol and its unit. */
export interface FieldName {
  readonly name: string;
  /** Of plain numbers, in brackets behind the name. */
  readonly unit?: string;
  /** Of quantities, which are drawn in one unit. */
  readonly dimension?: Dimension;
}

/** By the path of the value, as docs/configuration.md, docs/devices.md and docs/crossbar.md describe them. */
const names: readonly (readonly [path: RegExp, name: FieldName])[] = [
  [/^device\.states$/, { name: 'states' }],
  [/^device\.states\.ltp$/, { name: 'states, LTP' }],
  [/^device\.states\.ltd$/, { name: 'states, LTD' }],
  [/^device\.cycleToCycle$/, { name: 'cycle-to-cycle σ', unit: 'fraction of range' }],
  [/^device\.cycleToCycle\.ltp$/, { name: 'cycle-to-cycle σ, LTP', unit: 'fraction of range' }],
  [/^device\.cycleToCycle\.ltd$/, { name: 'cycle-to-cycle σ, LTD', unit: 'fraction of range' }],
  [/^device\.nonlinearity\.ltp\.label$/, { name: 'nonlinearity label, LTP' }],
  [/^device\.nonlinearity\.ltd\.label$/, { name: 'nonlinearity label, LTD' }],
  [/^device\.deviceToDevice\.ltp$/, { name: 'device-to-device σ of the label, LTP', unit: 'relative' }],
  [/^device\.deviceToDevice\.ltd$/, { name: 'device-to-device σ of the label, LTD', unit: 'relative' }],
  [/^device\.readNoise$/, { name: 'read noise σ', unit: 'relative' }],
  [/^device\.gMin$/, { name: 'G_min', dimension: 'conductance' }],
  [/^device\.gMax$/, { name: 'G_max', dimension: 'conductance' }],
  [/^crossbar\.coding$/, { name: 'coding' }],
  [/^crossbar\.pulsePolicy$/, { name: 'policy of pulses' }],
  [/^crossbar\.quantize$/, { name: 'quantisation' }],
  [/^crossbar\.refreshAt$/, { name: 'refresh threshold', unit: 'fraction of range' }],
  [/^crossbar\.accessResistance$/, { name: 'access resistance', dimension: 'resistance' }],
  [/^crossbar\.accessResistance\.ofOn$/, { name: 'access resistance', unit: 'of R_on' }],
  [/^crossbar\.converters\.(\w+)\.bits$/, { name: '$1 converter', unit: 'bit' }],
  [/^training\.learningRate$/, { name: 'learning rate' }],
  [/^training\.epochs$/, { name: 'epochs' }],
  [/^training\.loss$/, { name: 'loss' }],
  [/^network\.layers\[(\d+)\]\.units$/, { name: 'units of layer $1' }],
  [/^network\.layers\[(\d+)\]\.learningRate$/, { name: 'learning rate of layer $1' }],
  [/^network\.layers\[(\d+)\]\.weightLimit$/, { name: 'weight limit of layer $1' }],
  [/^dataset\.trainSubset\.count$/, { name: 'training images' }],
  [/^conditions\.temperature$/, { name: 'temperature while training', dimension: 'temperature' }],
  [/^conditions\.sampleTime$/, { name: 'time of an image', dimension: 'time' }],
  [/^conditions\.hold\[0\]\.temperature$/, { name: 'hold temperature', dimension: 'temperature' }],
  [/^conditions\.hold\[0\]\.time$/, { name: 'hold time', dimension: 'time' }],
  [/^conditions\.hold\[(\d+)\]\.temperature$/, { name: 'temperature of hold $1', dimension: 'temperature' }],
  [/^conditions\.hold\[(\d+)\]\.time$/, { name: 'time of hold $1', dimension: 'time' }],
  [/^device$/, { name: 'device' }],
];

/** The field's name of a path; the path itself where it has none. Layers and holds are counted from 1. */
export function fieldNameOf(path: string): FieldName {
  for (const [pattern, field] of names) {
    const found = pattern.exec(path);
    if (!found) continue;
    const number = found[1] !== undefined && /^\d+$/.test(found[1]) ? String(Number(found[1]) + 1) : found[1];
    return { ...field, name: field.name.replace('$1', number ?? '') };
  }
  return { name: path };
}

/** Of an axis that others step along with: `nonlinearity label` of LTP and LTD alike. */
export function commonName(path: string, others: readonly string[]): FieldName {
  const own = fieldNameOf(path);
  const branch = /, LT[PD]$/;
  const stem = own.name.replace(branch, '');
  const alike = others.length > 0 && others.every((other) => fieldNameOf(other).name.replace(branch, '') === stem);
  return alike && stem !== own.name ? { ...own, name: stem } : own;
}

/** A value that is no number of one unit with others, as figures write it. */
export function valueName(value: string | number | boolean | null): string {
  const text = String(value);
  const [, part] = /^\{"ofOn":([^,}]+)\}$/.exec(text) ?? [];
  return part === undefined ? text : `${part} of R_on`;
}
