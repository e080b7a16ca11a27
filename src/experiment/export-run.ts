import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../errors.js';
import { kindOf } from './files.js';
import { encodeNpz } from './npz.js';
import { displayPath } from './place.js';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from './safetensors.js';

export const weightFormats = ['npz', 'safetensors'] as const;
export type WeightFormat = (typeof weightFormats)[number];

/** What a run ended with. */
export interface FinalWeights extends TensorFile {
  readonly file: string;
}

/**
 * Reads the final weights and conductances of a run.
 * @param place - a run folder, or a safetensors file itself
 * @throws UsageError where there is none
 * @throws RunError where the file is damaged
 */
export function finalWeights(place: string): FinalWeights {
  const given = path.resolve(place);
  const kind = kindOf(given);
  const file = kind === 'folder' ? path.join(given, 'final.safetensors') : given;
  if (kindOf(file) !== 'file') {
    const what =
      kind === 'folder' ? 'holds no final.safetensors, expected a run folder' : 'there is no such run folder';
    throw new UsageError({ where: displayPath(given), what, remedy: 'name the folder that mho run left' });
  }
  return { file, ...decodeSafetensors(readFileSync(file), displayPath(file)) };
}

export function encodeWeights({ tensors, metadata }: TensorFile, format: WeightFormat): Uint8Array {
  switch (format) {
    case 'npz':
      return encodeNpz(tensors);
    case 'safetensors':
      return encodeSafetensors({ tensors, metadata });
    default:
      return format satisfies never;
  }
}
