import { readFileSync } from 'node:fs';
import { isScalar, parseDocument, stringify, type Document } from 'yaml';
import { UsageError } from '../../errors.js';
import type { TrainedRun } from '../batch/job.js';
import { describeEnvironment } from '../environment.js';
import { displayPath } from '../place.js';
import type { LoadedCase } from './case-files.js';
import type { RegressionCase, SeedRange } from './case.js';
import { formatRange, measure, type Measured } from './judge.js';
import { trainCases, type CaseRunner, type CaseVerdict } from './verify.js';
import { writeWhole } from '../whole-file.js';

/** When and on which commit an expectation is measured. */
export interface Provenance {
  readonly measured: string;
  readonly commit: string;
}

/**
 * The provenance of what is measured now.
 * @param allowDirty - whether files may differ from their commit
 * @throws UsageError where they do, or there is no commit, and that was not allowed: nobody could measure it again
 */
export function provenanceOfNow(allowDirty: boolean, commit: string | null = describeEnvironment().commit): Provenance {
  const reason = refusal(commit);
  if (reason !== undefined && !allowDirty) {
    const remedy = 'commit first, or say --allow-dirty if you will not keep the result';
    throw new UsageError({ where: 'verify --update', what: reason, remedy });
  }
  return { measured: new Date().toISOString().slice(0, 10), commit: shortened(commit) };
}

function refusal(commit: string | null): string | undefined {
  if (commit === null) return 'the project is no git checkout, so no commit can be named';
  return commit.endsWith('+changes') ? 'the working tree differs from its commit' : undefined;
}

function shortened(commit: string | null): string {
  if (commit === null) return 'unknown';
  const [sha, changes] = commit.split('+');
  return changes === undefined ? sha!.slice(0, 12) : `${sha!.slice(0, 12)}+${changes}`;
}

/**
 * Measures the expectations of cases anew, with the seeds behind them, and writes each into its file together with its
 * spread, stalls, date and commit. A case whose runs fail, or whose figure its source would not accept, is not written.
 * @throws UsageError where a case has no expectation to measure
 */
export async function updateCases(
  cases: readonly LoadedCase[],
  provenance: Provenance,
  runner: CaseRunner,
): Promise<readonly CaseVerdict[]> {
  for (const one of cases) assertMeasurable(one);
  const results = await trainCases(cases, measuredSeeds, runner);
  return cases.map((one, i) => {
    const { config, file } = one;
    const errors = results[i]!.flatMap((result) => ('error' in result ? [result.error] : []));
    const measured = errors.length > 0 ? null : measure(config, results[i] as readonly TrainedRun[]);
    const reasons = measured ? notAcceptable(config, measured) : errors;
    if (measured && reasons.length === 0) writeExpectation(one, measured, provenance);
    const verdict = !measured ? 'failed' : reasons.length === 0 ? 'pass' : 'outside';
    const { name, title } = config;
    return { name, title, file, config, verdict, measured, interval: null, allowedStalls: null, reasons };
  });
}

function measuredSeeds(one: RegressionCase): SeedRange {
  return one.statistic === 'count' ? one.seeds : one.expected!.seeds;
}

function assertMeasurable({ config, file }: LoadedCase): void {
  if (config.expected) return;
  const what = 'has no expectation to measure: its source alone says what it accepts';
  throw new UsageError({ where: displayPath(file), what, remedy: 'leave it out of --update' });
}

function notAcceptable({ accept, statistic }: RegressionCase, { value, sd, correct }: Measured): string[] {
  if (value === null || (statistic !== 'count' && sd === null)) return ['fewer than two runs did not stall'];
  if (statistic === 'count' && new Set(correct).size > 1) return ['the count depends on the seed'];
  const within = !accept || (value >= accept[0] && value <= accept[1]);
  return within ? [] : [`not written: outside what its source accepts, ${formatRange(...accept)}`];
}

/** Changes the values of the expectation and nothing else: comments and everything around them stay as written. */
function writeExpectation({ file, config }: LoadedCase, measured: Measured, provenance: Provenance): void {
  const text = readFileSync(file, 'utf8');
  const document = parseDocument(text);
  const values: Readonly<Record<string, unknown>> = { ...expectationOf(config, measured), ...provenance };
  const edits = Object.entries(values).map(([key, value]) => ({ ...rangeOf(document, key, file), value }));
  edits.sort((a, b) => b.start - a.start);
  // From the end, so that what is before an edit stays where it was. The parser's own writer quotes what needs it.
  const put = (old: string, { start, end, value }: (typeof edits)[number]): string =>
    old.slice(0, start) + stringify(value).trimEnd() + old.slice(end);
  writeWhole(file, edits.reduce(put, text));
}

/** Where a value of the expectation stands in the file. */
function rangeOf(document: Document, key: string, file: string): { readonly start: number; readonly end: number } {
  const node = document.getIn(['expected', key], true);
  if (isScalar(node) && node.range) return { start: node.range[0], end: node.range[1] };
  const what = `expected.${key} is an alias, expected a value that can be changed by itself`;
  throw new UsageError({ where: displayPath(file), what, remedy: 'write it out' });
}

function expectationOf({ statistic }: RegressionCase, { value, sd, stalled, correct }: Measured): object {
  if (statistic === 'count') return { correct: correct[0]! };
  return { value: rounded(value!), sd: rounded(sd!), stalled };
}

/** A thousandth of a point: far below any spread. */
function rounded(fraction: number): number {
  return Number(fraction.toFixed(5));
}
