/** Work that takes seconds, and pauses wherever it yields. */
export type Work<T> = Generator<undefined, T, undefined>;

/** Does it at once. */
export function finish<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Longest time between two looks at what else there is to do, Ctrl-C for one [ms]. */
const patience = 30;

/** Does it with pauses, in which signals are heard. */
export async function finishResponsively<T>(work: Work<T>): Promise<T> {
  let since = performance.now();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < patience) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
}
