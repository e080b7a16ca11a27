import { median } from '../src/experiment/verify/statistics.js';
import { fusedKernel, type Phase, type Subject } from './subjects.js';

/** Samples per second over the windows of one subject. */
export interface Rate {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Measurement extends Omit<Subject, 'measure' | 'phase'> {
  /** `any` where the rate does not depend on how far training is. */
  readonly phase: Phase | 'any';
  readonly windows: number;
  readonly samplesPerSecond: Rate;
  /** How many times faster the WASM kernel is on the same model, in each phase that this row stands for. */
  readonly kernelSpeedup: Readonly<Partial<Record<Phase, number>>>;
}

/**
 * Measures all subjects in turn, round after round, so that a machine that drifts drifts for all of them alike; the
 * first rounds only warm engines and caches up.
 * @returns rates of each subject, round by round
 */
export async function measureInTurn(
  subjects: readonly Subject[],
  { warmups, rounds }: { readonly warmups: number; readonly rounds: number },
): Promise<number[][]> {
  const rates = subjects.map((): number[] => []);
  for (let round = 0; round < warmups + rounds; round++) {
    for (const [s, subject] of subjects.entries()) {
      const rate = await subject.measure();
      if (round >= warmups) rates[s]!.push(rate);
    }
  }
  return rates;
}

/** Puts each subject's rates beside those of the WASM kernel on the same model. */
export function compare(subjects: readonly Subject[], rates: readonly (readonly number[])[]): Measurement[] {
  const kernelRates = (model: string, phase: Phase): readonly number[] | undefined =>
    rates[subjects.findIndex((s) => s.model === model && s.phase === phase && s.implementation === fusedKernel)];
  return subjects.map(({ shape, model, implementation, phase, samplesPerWindow }, s) => {
    const own = rates[s]!;
    const phases = phase ? [phase] : (['start', 'settled'] as const);
    const speedups = phases.flatMap((p) => {
      const kernel = kernelRates(model, p);
      return kernel ? [[p, speedup(kernel, own)] as const] : [];
    });
    return {
      ...{ shape, model, implementation, phase: phase ?? ('any' as const), samplesPerWindow, windows: own.length },
      samplesPerSecond: { median: median(own), min: Math.min(...own), max: Math.max(...own) },
      kernelSpeedup: Object.fromEntries(speedups),
    };
  });
}

/** Median of the rounds' own ratios: within a round the machine is most nearly the same. */
function speedup(kernel: readonly number[], other: readonly number[]): number {
  return median(other.map((rate, round) => kernel[round]! / rate));
}
