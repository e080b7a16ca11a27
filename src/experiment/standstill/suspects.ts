import { accessResistanceOf } from '../../crossbar/program.js';
import { deviceSchema } from '../../device/registry.js';
import type { TrainingSpec } from '../../training/training-spec.js';
import { formatQuantity } from '../../units.js';

/** One thing that may keep a network from learning, and the experiment without it. */
export interface Suspect {
  /** What it does, as the cause of a standstill. */
  readonly cause: (spec: TrainingSpec) => string;
  /** Values that are to be set to be rid of it, as `--set` takes them. */
  readonly sets: (spec: TrainingSpec) => readonly string[];
  /** Whether the experiment has it. */
  readonly present: (spec: TrainingSpec) => boolean;
  readonly removed: (spec: TrainingSpec) => TrainingSpec;
}

type Crossbar = TrainingSpec['crossbar'];

function ofCrossbar(
  cause: string | Suspect['cause'],
  set: string,
  present: (crossbar: Crossbar) => boolean,
  change: Partial<Crossbar> | ((crossbar: Crossbar) => Partial<Crossbar>),
): Suspect {
  const changed = (crossbar: Crossbar) => ({
    ...crossbar,
    ...(typeof change === 'function' ? change(crossbar) : change),
  });
  return {
    cause: typeof cause === 'string' ? () => cause : cause,
    sets: () => [set],
    present: ({ crossbar, device }) => device.model !== 'ideal' && present(crossbar),
    removed: (spec) => ({ ...spec, crossbar: changed(spec.crossbar) }),
  };
}

function ofEffects(cause: string, names: readonly string[]): Suspect {
  const both = ({ without = [] }: TrainingSpec): string[] => [...without, ...names];
  return {
    cause: () => cause,
    sets: (spec) => [`without=[${both(spec).join(', ')}]`],
    present: ({ device }) => device.model !== 'ideal',
    removed: (spec) => ({ ...spec, without: both(spec) }),
  };
}

function ofRate(cause: string, factor: number): Suspect {
  const scaled = (rate: number): number => Number((rate * factor).toPrecision(12));
  return {
    cause: () => cause,
    sets: ({ network, training }) => [
      `training.learningRate=${scaled(training.learningRate)}`,
      ...network.layers.flatMap(({ learningRate }, l) =>
        learningRate === undefined ? [] : [`network.layers[${l}].learningRate=${scaled(learningRate)}`],
      ),
    ],
    present: () => true,
    removed: (spec) => {
      const { network, training } = spec;
      const layers = network.layers.map((layer) =>
        layer.learningRate === undefined ? layer : { ...layer, learningRate: scaled(layer.learningRate) },
      );
      const learningRate = scaled(training.learningRate);
      return { ...spec, network: { ...network, layers }, training: { ...training, learningRate } };
    },
  };
}

const clipping = ofEffects('cells run to the ends of their range, where pulses are lost', ['clipping']);

const nonlinearity = ofEffects('steps depend on the conductance, and next to nothing is left of them where cells are', [
  'nonlinearity-ltp',
  'nonlinearity-ltd',
]);

const rounding: Suspect = ofCrossbar(
  'requests below half a pulse are rounded to none',
  'crossbar.pulsePolicy=stochastic',
  ({ pulsePolicy }) => pulsePolicy === 'round',
  { pulsePolicy: 'stochastic' },
);

const granularity = ofEffects('a whole pulse is too coarse for the weights', ['granularity']);

/** Without one of these a pulse that is given moves its cell. */
export const losesSteps: readonly Suspect[] = [clipping, nonlinearity];
/** Without this a request gives a pulse. */
export const losesRequests: Suspect = rounding;

const access: Suspect = ofCrossbar(
  ({ crossbar, device }) =>
    `cells read behind the access resistance${
      'gMax' in device
        ? ` (${inOhms(1 / device.gMax)} when on, behind ${inOhms(accessResistanceOf(crossbar, device.gMax))})`
        : ''
    } do not give 0 for a weight of 0, so sums run to the ends of the sigmoids`,
  'crossbar.accessResistance=none',
  ({ accessResistance = 'none' }) => accessResistance !== 'none',
  { accessResistance: 'none' },
);

/** Three digits of a resistance [ohm] with its unit. */
function inOhms(resistance: number): string {
  return formatQuantity(Number(resistance.toPrecision(3)), 'resistance');
}

const firstWrite: Suspect = ofCrossbar(
  ({ device }) =>
    `the first write leaves gMin out${
      'gMin' in device ? ` (${((100 * device.gMin) / (device.gMax - device.gMin)).toFixed(0)} % of the range)` : ''
    }, so cells start too low`,
  'crossbar.initialWrite=exact',
  ({ initialWrite }) => initialWrite === 'without-gmin',
  { initialWrite: 'exact' },
);

const halfOfMaximum: Suspect = ofCrossbar(
  ({ device }) =>
    `cells are read against half of the largest current${
      'gMin' in device
        ? `, which at an on/off ratio of ${(device.gMax / device.gMin).toPrecision(3)} is not their middle`
        : ''
    }, so sums run to the ends of the sigmoids`,
  'crossbar.reference.forward=mid-range',
  ({ reference }) => reference?.forward === 'half-of-maximum',
  ({ reference }) => (reference === undefined ? {} : { reference: { ...reference, forward: 'mid-range' } }),
);

/** Two at once, each of which keeps a network from learning where the other is gone. */
function pair(first: Suspect, second: Suspect): Suspect {
  return {
    cause: (spec) => `${first.cause(spec)}; and ${second.cause(spec)}`,
    sets: (spec) => [...first.sets(spec), ...second.sets(spec)],
    present: (spec) => first.present(spec) && second.present(spec),
    removed: (spec) => second.removed(first.removed(spec)),
  };
}

/** Tried where no single one is to blame. */
export const together: readonly Suspect[] = [pair(access, firstWrite), pair(halfOfMaximum, access)];

/** Habits of crossbars first, since they are single choices; then the device's own; then the rate. */
export const suspects: readonly Suspect[] = [
  access,
  firstWrite,
  halfOfMaximum,
  rounding,
  ofCrossbar(
    'writes snap back to the level they came from',
    'crossbar.quantize=none',
    ({ quantize }) => quantize === 'every-write',
    { quantize: 'none' },
  ),
  ofCrossbar(
    'converters cut inputs, sums or errors off, or round them to 0',
    'crossbar.converters=none',
    ({ converters }) => converters !== 'none',
    { converters: 'none' },
  ),
  granularity,
  clipping,
  nonlinearity,
  ofEffects('the noise of a pulse buries what it writes', ['cycle-to-cycle']),
  ofRate('the learning rate is too high', 0.1),
  ofRate('the learning rate is too low', 10),
];

/** The experiment as it is: whether it was only too short. */
export const asItIs: Suspect = {
  cause: () => 'it was trained on too few samples',
  sets: () => [],
  present: () => true,
  removed: (spec) => spec,
};

/** The network with float weights: whether the fault lies with the device and its crossbar at all. */
export const floatWeights: Suspect = {
  cause: () => 'the device, with its crossbar',
  sets: () => ['device=ideal'],
  present: ({ device }) => device.model !== 'ideal',
  removed: (spec) => {
    const crossbar: Crossbar = { ...spec.crossbar, converters: 'none' };
    return { ...spec, device: deviceSchema.parse({ model: 'ideal' }), crossbar, conditions: undefined, without: [] };
  },
};
