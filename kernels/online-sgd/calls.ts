import { UsageError } from '../../src/errors.js';
import type { OpenOptions, Orders } from './contract.js';

/** What a call of `train` is checked against. */
interface Trained {
  readonly replicas: number;
  readonly samples: number;
}

/**
 * Checks a call's orders and steps.
 * @returns an order for each replica; undefined for those that are left as they are
 */
export function ordersOf(orders: Orders, firstStep: number, of: Trained): readonly (Uint32Array | undefined)[] {
  const where = 'OnlineSgd: train';
  if (!(orders instanceof Uint32Array) && orders.length !== of.replicas)
    throw new UsageError({ where, what: `got ${orders.length} orders for ${of.replicas} replicas` });
  const each = orders instanceof Uint32Array ? new Array<Uint32Array>(of.replicas).fill(orders) : orders;
  const distinct = [...new Set(each.filter((order) => order !== undefined))];
  const length = lengthOf(each);
  const other = distinct.find((order) => order.length !== length);
  if (other) throw new UsageError({ where, what: `got orders of ${length} and of ${other.length} samples` });
  for (const order of distinct) validateOrder(order, of.samples);
  if (!Number.isInteger(firstStep) || firstStep < 0 || firstStep + length > 2 ** 32)
    throw new UsageError({ where, what: `the steps ${firstStep} … ${firstStep + length} leave 0 … 2^32` });
  return each;
}

function validateOrder(order: Uint32Array, count: number): void {
  const wrong = order.findIndex((index) => index >= count);
  if (wrong < 0) return;
  const what = `order[${wrong}] is ${order[wrong]}, expected a sample index 0 … ${count - 1}`;
  throw new UsageError({ where: 'OnlineSgd: train', what });
}

/** Samples that a call trains each of its replicas on. */
export function lengthOf(orders: Orders): number {
  return (orders instanceof Uint32Array ? orders : orders.find((order) => order !== undefined))?.length ?? 0;
}

/** The element of a session's list that a handle or index names. */
export function elementOf<T>(list: readonly T[], index: number, what: 'samples handle' | 'replica' | 'layer'): T {
  const element = list[index];
  if (element !== undefined) return element;
  const expected = list.length === 0 ? 'but the session has none' : `expected 0 … ${list.length - 1}`;
  throw new UsageError({ where: 'OnlineSgd', what: `got the ${what} ${index}, ${expected}` });
}

/** @throws UsageError where a session that keeps no ledger is asked for it */
export function requireLedger(kept: boolean): void {
  if (kept) return;
  throw new UsageError({
    where: 'OnlineSgd',
    what: 'the session keeps no ledger',
    remedy: 'open it with ledger: true',
  });
}

/** @throws UsageError on a backend that cannot keep the ledger that is asked for */
export function refuseLedger(backend: string, { ledger = false }: OpenOptions): void {
  if (!ledger) return;
  const what = `pulses and reads are not recorded on ${backend}`;
  throw new UsageError({ where: 'OnlineSgd', what, remedy: 'take --backend wasm, or leave the ledger out' });
}

/** What a session says when it is used after its end. */
export function disposedError(): UsageError {
  return new UsageError({ where: 'OnlineSgd', what: 'the session was disposed', remedy: 'open another' });
}
