/** A thing whose methods give their results at once, as one whose results are waited for. */
export type Later<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : T[K];
};
