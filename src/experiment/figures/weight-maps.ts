import type { LayerSnapshot } from '../../training/snapshot.js';
import { encodeSafetensors, type NamedTensor } from '../safetensors.js';
import type { Stage } from './recorder.js';
import type { FigureSource } from './source.js';

/** What a map is of. With hidden layers no one layer's weights belong to an output class. */
export type MapsOf = 'output class' | 'hidden unit';

export interface TensorSheet {
  readonly name: string;
  readonly shape: readonly number[];
  readonly axes: readonly string[];
  readonly unit: string;
  readonly means: string;
}

export interface WeightMaps {
  readonly mapsOf: MapsOf;
  readonly note: string;
  /** Samples at each stage, along the first axis. */
  readonly stages: readonly number[];
  /** Time since training for which each was left alone [s]; 0 while it trains and at the end of that. */
  readonly held: readonly number[];
  readonly tensors: readonly TensorSheet[];
  readonly file: Uint8Array;
}

const notes: Readonly<Record<MapsOf, string>> = {
  'output class': 'a map holds the weights from every pixel to one output class, without a bias',
  'hidden unit':
    'a map holds the weights from every pixel to one unit of the first hidden layer, without a bias: weights that a ' +
    'crossbar has. A product of the layers would give a map a class, but no cell has it, it has no conductance, and ' +
    'it leaves out the activation between the layers',
};

/** Maps of the first layer's weights at every stage that was kept, each with the geometry of an image. */
export function weightMaps({ config, shape, run }: FigureSource): WeightMaps | undefined {
  const { stages } = run.recorder;
  const [first] = stages;
  if (!first) return undefined;
  const mapsOf: MapsOf = config.network.layers.length === 1 ? 'output class' : 'hidden unit';
  const axes = ['stage', mapsOf, 'row', 'column'];
  const size = [stages.length, first.layer.cols, ...shape];
  const kinds = [
    { name: 'weights', unit: '1', means: 'effective weights, as a read multiplies them', of: weightsOf },
    { name: 'difference', unit: 'S', means: differenceMeans(first.layer), of: differenceOf },
  ];
  const tensors = kinds.flatMap(({ of, ...sheet }) => {
    const data = stacked(stages, shape[0] * shape[1], of);
    return data ? [{ sheet: { ...sheet, shape: size, axes }, tensor: { shape: size, data } }] : [];
  });
  const named = tensors.map(({ sheet, tensor }): [string, NamedTensor] => [sheet.name, tensor]);
  const counts = stages.map(({ samples }) => samples);
  const held = stages.map((stage) => stage.held ?? 0);
  const metadata = {
    format: 'mho',
    axes: axes.join(','),
    stages: counts.join(','),
    held: held.join(','),
    units: 'weights 1, difference S',
  };
  const file = encodeSafetensors({ tensors: Object.fromEntries(named), metadata });
  return { mapsOf, note: notes[mapsOf], stages: counts, held, tensors: tensors.map(({ sheet }) => sheet), file };
}

type CellValues = (layer: LayerSnapshot) => Float32Array | undefined;

const weightsOf: CellValues = ({ weights }) => weights;

/** The conductance that stands for the weight: g⁺ − g⁻ of a pair, g − reference with offset coding. */
const differenceOf: CellValues = ({ conductances: { gPlus, gMinus, g }, reference }) => {
  if (gPlus && gMinus) return gPlus.map((value, i) => value - gMinus[i]!);
  return g && reference !== undefined ? g.map((value) => value - reference) : undefined;
};

function differenceMeans({ conductances }: LayerSnapshot): string {
  return conductances.g ? 'conductance above that of weight 0' : 'conductance of the plus cell less the minus cell';
}

/** Shape [stages, cols, inputs] from layers of [rows, cols]; a bias is the row behind the inputs. */
function stacked(stages: readonly Stage[], inputs: number, of: CellValues): Float32Array | undefined {
  const maps = stages.flatMap(({ layer }) => {
    const values = of(layer);
    return values
      ? [
          Float32Array.from({ length: layer.cols * inputs }, (_, i) => {
            return values[(i % inputs) * layer.cols + Math.floor(i / inputs)]!;
          }),
        ]
      : [];
  });
  if (maps.length === 0) return undefined;
  const all = new Float32Array(maps.length * maps[0]!.length);
  maps.forEach((map, s) => {
    all.set(map, s * map.length);
  });
  return all;
}
