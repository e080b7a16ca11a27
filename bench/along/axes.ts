/** What is measured along an axis: networks that differ in one number. */

export const axes = ['hidden', 'layers', 'replicas', 'states'] as const;
export type Axis = (typeof axes)[number];

export interface Point {
  readonly axis: Axis;
  readonly value: number;
  readonly model: string;
  readonly backend: 'wasm' | 'webgpu';
  readonly experiment: string;
  readonly set: readonly string[];
  /** In one session. */
  readonly replicas: number;
  /** Training images of a window, from the start of training. */
  readonly images: number;
}

const both = [
  { model: 'device, stochastic', experiment: 'wse2-mnist' },
  { model: 'ideal', experiment: 'wse2-mnist-ideal' },
] as const;

const values: Readonly<Record<Axis, readonly number[]>> = {
  hidden: [100, 200, 300, 600, 1000, 2000, 3000],
  layers: [1, 2, 3, 4],
  replicas: [1, 4, 16, 64, 256],
  states: [8, 16, 30, 64, 256, 1024, 4096],
};

/** What `webgpu` would run on; a driver that computes on the processor is software. */
export type Gpu = 'none' | 'software' | 'hardware';

/** On a software driver rows show that the measurement runs, and how it grows with few replicas; their rates mean nothing. */
const mostOnSoftware: Readonly<Record<Axis, number>> = { hidden: 100, layers: 1, replicas: 16, states: 8 };

/** Images of a window on `webgpu`: on a card enough that each submission is full. */
const imagesOn: Readonly<Record<Axis, Readonly<Record<'software' | 'hardware', number>>>> = {
  hidden: { software: 2, hardware: 2000 },
  layers: { software: 2, hardware: 2000 },
  replicas: { software: 20, hardware: 2000 },
  states: { software: 2, hardware: 2000 },
};

/** The points of an axis; a quick run takes the first two values. */
export function pointsOf(axis: Axis, { quick, gpu }: { readonly quick: boolean; readonly gpu: Gpu }): Point[] {
  return values[axis].slice(0, quick ? 2 : undefined).flatMap((value) => {
    const points = pointsAt(axis, value);
    if (gpu === 'none' || (gpu === 'software' && value > mostOnSoftware[axis])) return points;
    return [...points, ...points.map((one) => ({ ...one, backend: 'webgpu' as const, images: imagesOn[axis][gpu] }))];
  });
}

function pointsAt(axis: Axis, value: number): Point[] {
  const common = { axis, value, backend: 'wasm' as const, replicas: 1, images: 200 };
  switch (axis) {
    case 'hidden':
      return both.map((one) => ({ ...common, ...one, set: [layersOf([value])] }));
    case 'layers':
      return both.map((one) => ({ ...common, ...one, set: [layersOf(new Array<number>(value - 1).fill(300))] }));
    case 'states':
      return [{ ...common, ...both[0], set: [`device.states=${value}`] }];
    case 'replicas': {
      const small = { model: 'device, 64-36-10', experiment: 'wse2-orhd', set: [] };
      return [{ ...common, ...small, replicas: value, images: 2000 }];
    }
    default:
      return axis satisfies never;
  }
}

/** The network's layers with these hidden ones. */
function layersOf(hidden: readonly number[]): string {
  const below = hidden.map((units) => `{units: ${units}, activation: sigmoid, weightLimit: 0.48}`);
  return `network.layers=[${[...below, '{units: 10, activation: sigmoid, weightLimit: 2.31}'].join(', ')}]`;
}
