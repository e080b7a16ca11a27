import { UsageError } from '../errors.js';
import { intervalOf, showAccept, showValue, type Expectation } from './expectation.js';
import type { Finding, ValueKind } from './measure.js';

/** One expectation, held against what was simulated. */
export interface Judgement {
  readonly claim: string | null;
  readonly quantity: string;
  readonly at: string | null;
  /** SI units; true or false of a property. */
  readonly simulated: number | boolean;
  readonly unit: ValueKind;
  /** With its unit, for people. */
  readonly shown: string;
  readonly paper: string;
  readonly accepted: string;
  readonly verdict: 'met' | 'not met';
}

/**
 * Holds findings against expectations.
 * @param where - the file, for messages
 * @throws UsageError where an expectation speaks of a value that was not found
 */
export function judge(
  expected: readonly Expectation[],
  findings: readonly Finding[],
  quantities: Readonly<Record<string, ValueKind>>,
  where: string,
): Judgement[] {
  return expected.map((one) => {
    const finding = findings.find(({ quantity, at }) => quantity === one.quantity && at === one.at);
    if (!finding) throw absent(one, findings, where);
    const unit = quantities[one.quantity]!;
    return {
      ...{ claim: one.claim ?? null, quantity: one.quantity, at: one.at ?? null },
      ...{ simulated: finding.value, unit, shown: showValue(finding.value, unit) },
      ...{ paper: one.paper, accepted: showAccept(one.accept), verdict: verdictOf(one, finding.value, unit) },
    };
  });
}

function verdictOf({ accept }: Expectation, value: number | boolean, unit: ValueKind): 'met' | 'not met' {
  if (typeof value === 'boolean') return value ? 'met' : 'not met';
  const interval = intervalOf(accept, unit);
  // A value that could not be estimated is not a number, and lies nowhere.
  return interval && value >= interval.low && value <= interval.high ? 'met' : 'not met';
}

function absent({ quantity, at }: Expectation, findings: readonly Finding[], where: string): UsageError {
  const there = findings.filter((one) => one.quantity === quantity).map((one) => one.at ?? 'no place');
  const what = `expected: ${quantity} at ${at ?? 'no place'} is not measured by this file`;
  const remedy = there.length === 0 ? 'leave it out' : `${quantity} is measured at: ${there.join(', ')}`;
  return new UsageError({ where, what, remedy });
}
