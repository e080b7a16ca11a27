import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
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
  /** How far the run came, where it did not come to its end. */
  readonly unfinished: string | undefined;
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
  const unfinished = unfinishedRun(path.join(path.dirname(file), 'run.json'));
  return { file, unfinished, ...decodeSafetensors(readFileSync(file), displayPath(file)) };
}

/** A file of weights may stand without the record of its run, which then says nothing. */
function unfinishedRun(file: string): string | undefined {
  if (kindOf(file) !== 'file') return undefined;
  const { data } = runSchema.safeParse(parsedJson(readFileSync(file, 'utf8')));
  if (!data || data.status === 'complete') return undefined;
  const { status, epochs, samples } = data;
  const reached = `${epochs} whole epoch${epochs === 1 ? '' : 's'}, ${samples} samples`;
  return `${displayPath(path.dirname(file))}: the run ${status === 'failed' ? status : `was ${status}`} after ${reached}: its weights are those of then`;
}

const runSchema = z.object({ status: z.string(), epochs: z.number(), samples: z.number() });

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
