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

/** Replicas on the driver that computes on the processor stay few: it is there to show the growth, not a rate. */
const mostOnGpu = 16;

/** The points of an axis; a quick run takes the first two values. */
export function pointsOf(axis: Axis, { quick, gpu }: { readonly quick: boolean; readonly gpu: boolean }): Point[] {
  return values[axis].slice(0, quick ? 2 : undefined).flatMap((value) => pointsAt(axis, value, gpu));
}

function pointsAt(axis: Axis, value: number, gpu: boolean): Point[] {
  const common = { axis, value, backend: 'wasm' as const, replicas: 1, images: 200 };
  switch (axis) {
    case 'hidden':
      return both.map((one) => ({ ...common, ...one, set: [layersOf([value])] }));
    case 'layers':
      return both.map((one) => ({ ...common, ...one, set: [layersOf(new Array<number>(value - 1).fill(300))] }));
    case 'states':
      return [{ ...common, ...both[0], set: [`device.states=${value}`] }];
    case 'replicas': {
      const small = {
        ...common,
        model: 'device, 64-36-10',
        experiment: 'wse2-orhd',
        set: [],
        replicas: value,
        images: 2000,
      };
      const onGpu = { ...small, backend: 'webgpu' as const, images: 20 };
      return gpu && value <= mostOnGpu ? [small, onGpu] : [small];
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
