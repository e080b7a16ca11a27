import { isInterruption } from '../../training/interruption.js';
import type { LeftNetwork } from '../../training/left-network.js';
import type { RetentionStudyConfig } from '../../training/conditions.js';

/** How good a network of one device still is, after a time at a temperature. */
export interface RetentionPoint {
  readonly device: string;
  /** K */
  readonly temperature: number;
  /** Since training [s]; 0 is the network as training left it. */
  readonly time: number;
  readonly accuracy: number;
  readonly correct: number;
  readonly count: number;
  readonly loss: number;
  /** Σ|g − unprogrammed| over all cells, of what it was when training ended; null where that was nothing. */
  readonly retained: number | null;
}

export interface RetentionStudy {
  readonly points: readonly RetentionPoint[];
  /** Whether every point that was asked for is there. */
  readonly complete: boolean;
}

/** What the study needs of a trained network. */
export interface Leavable {
  leave(): Promise<LeftNetwork>;
}

export interface StudyOptions {
  readonly device: string;
  readonly signal?: AbortSignal | undefined;
  readonly observe?: ((point: RetentionPoint) => void) | undefined;
}

/**
 * Leaves copies of a trained network alone, one at each temperature, and judges them as time goes on. The trained network
 * stays as it is.
 */
export async function studyRetention(
  trained: Leavable,
  { temperatures, times }: Pick<RetentionStudyConfig, 'temperatures' | 'times'>,
  options: StudyOptions,
): Promise<RetentionStudy> {
  const points: RetentionPoint[] = [];
  for (const temperature of temperatures) {
    if (options.signal?.aborted) break;
    const left = await trained.leave();
    try {
      for await (const point of pointsOf(left, temperature, times, options)) points.push(point);
    } finally {
      left.dispose();
    }
  }
  return { points, complete: points.length === temperatures.length * (times.length + 1) };
}

async function* pointsOf(
  left: LeftNetwork,
  temperature: number,
  times: readonly number[],
  { device, signal, observe }: StudyOptions,
): AsyncGenerator<RetentionPoint> {
  let before = 0;
  for (const time of [0, ...times]) {
    if (signal?.aborted) return;
    if (time > 0) await left.leave({ temperature, time: time - before });
    before = time;
    const judged = await left.evaluate(signal).catch((error: unknown) => {
      if (!isInterruption(error, signal)) throw error;
    });
    if (!judged) return;
    const { accuracy, correct, count, loss } = judged;
    const point = { device, temperature, time, accuracy, correct, count, loss, retained: await left.retained() };
    observe?.(point);
    yield point;
  }
}
