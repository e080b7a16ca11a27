import { z } from 'zod';
import { formatQuantity } from '../../units.js';
import type { Group } from '../results/groups.js';
import type { RunRead } from '../results/run.js';
import { ink, series, soft } from '../theme.js';
import { Bitmap, colourOf } from '../../experiment/figures/bitmap.js';
import { bareWidth, type Figure } from './figure.js';

/** Maps of the first layer: shape [maps, height, width]. */
interface Maps {
  readonly title: string;
  readonly maps: readonly Float32Array[];
  readonly largest: number;
}

/** So many at most; of a wide layer the ones with the largest weights. */
const shownMaps = 40;

/** What the first layer's cells hold, pixel by pixel: at the end, and of single layers what training added. */
export function weightMapFigure({ id, label, all }: Group): Figure | undefined {
  const run = all.find((one) => one.sheet('weight-maps') !== undefined);
  const sheet = run?.sheet('weight-maps');
  const tensors = run?.tensors('figures/weight-maps.safetensors')?.tensors;
  const kind = tensors?.difference ? 'difference' : 'weights';
  const tensor = tensors?.[kind];
  if (!run || !sheet || !tensor) return undefined;
  const [stages, count, height, width] = tensor.shape as [number, number, number, number];
  const digits = sheet.mapsOf === 'output class';
  const of = (stage: number, map: number): Float32Array =>
    tensor.data.subarray((stage * count + map) * height * width, (stage * count + map + 1) * height * width);
  const at = (stage: number): Float32Array[] => Array.from({ length: count }, (_, map) => of(stage, map));
  const { trained, held, heldFor } = statesOf(sheet, run, stages);
  const shownLast = at(trained ?? held ?? stages - 1);
  const order = digits ? shownLast.map((_, i) => i) : strongest(shownLast);
  const start = at(0);
  const learnt = digits && trained ? at(trained).map((map, i) => map.map((value, p) => value - start[i]![p]!)) : [];
  const afterHold =
    heldFor === undefined ? 'left alone after training' : `${heldFor.toLocaleString('en')} s after training`;
  const shown = [
    ...(trained === undefined
      ? []
      : [titled(held === undefined ? 'at the end' : 'at the end of training', at(trained), order)]),
    ...(learnt.length > 0 ? [titled('what training added', learnt, order)] : []),
    ...(held === undefined ? [] : [titled(afterHold, at(held), order)]),
  ];
  const unit = (value: number): string =>
    (value === 0
      ? '0'
      : kind === 'difference'
        ? formatQuantity(Number(value.toPrecision(3)), 'conductance')
        : String(Number(value.toPrecision(3)))
    ).replace('-', '−');
  const names = digits ? order.map(String) : undefined;
  const whose = digits
    ? 'from every pixel to each digit'
    : `into ${order.length === count ? `all ${count} hidden units` : `the ${order.length} of ${count} hidden units that have the largest`}`;
  const what = kind === 'difference' ? 'Conductances that stand for the weights' : 'Weights';
  return {
    ...{ name: `${id}-weights`, title: `${label}: weights as images`, columns: 2 },
    caption: `${what} ${whose}, seed ${run.seed}; orange is positive, blue negative. Colours end at the 99.5th percentile.`,
    panels: shown.map((maps) => panel(maps, [height, width], names, unit)),
    table: {
      head: ['state', 'map', 'row', 'column', kind === 'difference' ? 'difference_S' : 'weight'],
      rows: shown.flatMap(({ title, maps }) =>
        maps.flatMap((values, i) =>
          [...values].map((value, p) => [
            ...[title, order[i]!, Math.floor(p / width), p % width],
            Number(value.toPrecision(7)),
          ]),
        ),
      ),
    },
  };
}

const stagesSchema = z.looseObject({ held: z.array(z.number()).optional() });

/** The stage at the end of training, and the one after it was left alone; earlier versions kept only the last of the two. */
function statesOf(
  sheet: Readonly<Record<string, unknown>>,
  run: RunRead,
  stages: number,
): {
  readonly trained?: number | undefined;
  readonly held?: number | undefined;
  readonly heldFor?: number | undefined;
} {
  const last = stages - 1;
  const held = stagesSchema.safeParse(sheet.stages).data?.held;
  const holds = run.retention()?.holds ?? [];
  if (!held) return holds.length === 0 ? { trained: last } : { held: last, heldFor: holds.at(-1)!.elapsed };
  const trained = held.findLastIndex((time) => time === 0);
  return { trained: trained < 0 ? undefined : trained, ...(held[last]! > 0 && { held: last, heldFor: held[last] }) };
}

function strongest(maps: readonly Float32Array[]): number[] {
  const norms = maps.map((map) => map.reduce((sum, value) => sum + value * value, 0));
  const order = maps.map((_, i) => i).sort((a, b) => norms[b]! - norms[a]!);
  return order.slice(0, shownMaps);
}

function titled(title: string, maps: readonly Float32Array[], order: readonly number[]): Maps {
  const shown = order.map((i) => maps[i]!);
  const sizes = shown.flatMap((map) => [...map].map(Math.abs)).sort((a, b) => a - b);
  return { title, maps: shown, largest: Math.max(sizes[Math.floor(0.995 * (sizes.length - 1))]!, Number.MIN_VALUE) };
}

/** All maps in one bitmap, each pixel blown up, with a bar of its colours below. */
function panel(
  { title, maps, largest }: Maps,
  [height, width]: readonly [number, number],
  names: readonly string[] | undefined,
  unit: (value: number) => string,
): object {
  const columns = maps.length <= 10 ? 5 : 8;
  const rows = Math.ceil(maps.length / columns);
  const label = names ? 16 : 4;
  const side = bareWidth / columns;
  const place = (i: number) => ({ x: (i % columns) * side, y: Math.floor(i / columns) * (side + label) });
  const values = maps.map((map, i) => ({
    ...{ x: place(i).x + side / 2, y: place(i).y + label + side / 2 - 3, name: names?.[i] ?? '' },
    ...{ top: place(i).y + 7, url: pictureOf(map, height, width, largest) },
  }));
  const total = rows * (side + label);
  const bar = [{ x: bareWidth / 2, y: total + 14, url: colourBar() }];
  const ends = [-largest, 0, largest].map((value, i) => ({
    x: [bareWidth * 0.2, bareWidth / 2, bareWidth * 0.8][i],
    y: total + 32,
    text: unit(value),
  }));
  const x = { field: 'x', type: 'quantitative', axis: null, scale: { domain: [0, bareWidth], nice: false } };
  const y = { field: 'y', type: 'quantitative', axis: null, scale: { domain: [total + 40, 0], nice: false } };
  const shape = Math.min(1, width / height, height / width);
  const size = (side - 6) * (width === height ? 1 : shape);
  return {
    ...{ width: bareWidth, height: total + 40, title, data: { values } },
    layer: [
      {
        mark: { type: 'image', width: size, height: size },
        encoding: { x, y, url: { field: 'url', type: 'nominal' } },
      },
      ...(names
        ? [
            {
              mark: { type: 'text', fontSize: 11, color: ink },
              encoding: { x, y: { ...y, field: 'top' }, text: { field: 'name', type: 'nominal' } },
            },
          ]
        : []),
      {
        data: { values: bar },
        mark: { type: 'image', width: bareWidth * 0.6, height: 10 },
        encoding: { x, y, url: { field: 'url', type: 'nominal' } },
      },
      {
        data: { values: ends },
        mark: { type: 'text', fontSize: 10.5, color: soft },
        encoding: { x, y, text: { field: 'text', type: 'nominal' } },
      },
    ],
  };
}

const [positive, negative] = [colourOf(series[1]), colourOf(series[0])];

/** Zero is see-through, so that a map stands on a light page and on a dark one alike. */
function pictureOf(map: Float32Array, height: number, width: number, largest: number): string {
  const size = Math.max(1, Math.round(112 / Math.max(height, width)));
  const picture = new Bitmap(width * size, height * size);
  map.forEach((value, p) => {
    const opacity = Math.min(1, Math.abs(value) / largest);
    picture.square((p % width) * size, Math.floor(p / width) * size, size, value < 0 ? negative : positive, opacity);
  });
  return picture.dataUrl();
}

function colourBar(): string {
  const [steps, size] = [60, 4];
  const picture = new Bitmap(steps * size, size);
  for (let i = 0; i < steps; i++) {
    const value = (2 * i) / (steps - 1) - 1;
    picture.square(i * size, 0, size, value < 0 ? negative : positive, Math.abs(value));
  }
  return picture.dataUrl();
}
