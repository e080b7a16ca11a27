import type { TrainingSpec } from '../../training/training-spec.js';
import type { Standstill } from './facts.js';
import { asItIs, floatWeights, losesRequests, losesSteps, suspects, together, type Suspect } from './suspects.js';
import { tryOut, type Trial } from './trial.js';

/** An accuracy this far above chance is learned. */
const margin = 0.05;
/** Samples that an experiment without one suspect is given to learn something. */
const trialSamples = 8000;

type Tried = Trial & { readonly suspect: Suspect };

/**
 * Says that a training came to nothing and why: what may be at fault is taken out of the experiment, one thing at a
 * time, and each is trained for a few thousand samples.
 * @returns one line
 */
export async function explainStandstill(facts: Standstill, spec: TrainingSpec, signal?: AbortSignal): Promise<string> {
  const single = await tryAll([asItIs, floatWeights, ...suspects], spec, signal);
  const cured = single.some((one) => one.suspect !== floatWeights && learns(facts, one));
  const tried = cured ? single : [...single, ...(await tryAll(together, spec, signal))];
  return `${sayFacts(facts)}; ${sayCause(facts, tried, spec)}`;
}

async function tryAll(list: readonly Suspect[], spec: TrainingSpec, signal?: AbortSignal): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const suspect of list.filter(({ present }) => present(spec))) {
    if (signal?.aborted) break;
    // The training is done and is to be kept: a trial that fails costs its own answer alone.
    const trial = await tryOut(suspect.removed(spec), trialSamples, signal).catch(() => undefined);
    if (trial) tried.push({ ...trial, suspect });
  }
  return tried;
}

export function sayFacts({ kind, best, last, commonest, epochs, moved, samples }: Standstill): string {
  const naming = `naming the commonest class alone gives ${percent(commonest)}`;
  const after = `after ${samples} samples`;
  switch (kind) {
    case 'still':
      return `no weight moved ${after}: the accuracy is what it was before training, ${percent(last)}`;
    case 'chance':
      return `the network stays at chance ${after}: ${percent(best)} in the best of ${epochs} epochs, and ${naming}${still(moved)}`;
    case 'fell':
      return `the network ends at chance, ${percent(last)} ${after} (${naming}), though an epoch came to ${percent(best)}${still(moved)}`;
    default:
      return kind satisfies never;
  }
}

function still(moved: readonly number[]): string {
  const layers = moved.flatMap((part, l) => (part === 0 ? [l] : []));
  return layers.length === 0 ? '' : `; no weight of layer ${layers.join(', ')} moved`;
}

function learns({ limit }: Standstill, { accuracy }: Trial): boolean {
  return accuracy > limit + margin;
}

/** Whether pulses were given at all, and without what most is learned. */
export function sayCause(facts: Standstill, tried: readonly Tried[], spec: TrainingSpec): string {
  const float = tried.find(({ suspect }) => suspect === floatWeights);
  const control = tried.find(({ suspect }) => suspect === asItIs);
  if (control && learns(facts, control))
    return `likely cause: ${asItIs.cause(spec)}; in ${trialSamples} it comes to ${percent(control.accuracy)}`;
  const cured = tried.filter((one) => one !== float && learns(facts, one)).sort((a, b) => b.accuracy - a.accuracy);
  const pulses = facts.kind === 'still' && float ? [sayPulses(tried)] : [];
  return [...pulses, ...sayRemedy({ cured, float: float && learns(facts, float) ? float : undefined, spec })].join(
    '; ',
  );
}

interface Findings {
  /** Trials that learn, the best first. */
  readonly cured: readonly Tried[];
  /** Float weights, where they learn. */
  readonly float: Tried | undefined;
  readonly spec: TrainingSpec;
}

function sayRemedy({ cured: [first, ...others], float, spec }: Findings): string[] {
  const option = ({ suspect }: Tried): string =>
    suspect
      .sets(spec)
      .map((set) => `--set ${quoted(set)}`)
      .join(' ');
  const outcome = (one: Tried): string => `with ${option(one)} it comes to ${percent(one.accuracy)}`;
  const trial = `in ${trialSamples} samples`;
  if (first) {
    const also = others.map((one) => `${option(one)} (${percent(one.accuracy)})`).join(', ');
    return [
      `likely cause: ${first.suspect.cause(spec)}`,
      `${outcome(first)} ${trial}`,
      ...(also === '' ? [] : [`also with ${also}`]),
    ];
  }
  if (float)
    return [`${outcome(float)} ${trial}, so the device or its crossbar is at fault, and no single effect of it`];
  const either = spec.device.model === 'ideal' ? '' : ' either';
  return [
    `float weights do not learn ${trial}${either}: look at training.learningRate, network.init and dataset.inputs`,
  ];
}

/** Why no cell moved. */
function sayPulses(tried: readonly Tried[]): string {
  const movesWithout = (list: readonly Suspect[]): boolean =>
    tried.some(({ suspect, moves }) => moves && list.includes(suspect));
  if (movesWithout(losesSteps)) return 'pulses were given, but their steps were lost where the cells stand';
  if (movesWithout([losesRequests])) return 'no pulse was given, since every request was below half of one';
  return 'no pulse was given, since too little was asked for';
}

function quoted(set: string): string {
  return /[ [\]]/.test(set) ? `'${set}'` : set;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
