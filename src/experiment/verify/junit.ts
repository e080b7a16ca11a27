import { oneLine, rowOf } from './summary.js';
import type { CaseVerdict } from './verify.js';

/**
 * The verdicts as JUnit XML: an accuracy outside its interval is a failure, a run that failed an error.
 * @see https://github.com/testmoapp/junitxml
 */
export function junitReport(verdicts: readonly CaseVerdict[]): string {
  const count = (wanted: CaseVerdict['verdict']): number => verdicts.filter(({ verdict }) => verdict === wanted).length;
  const seconds = verdicts.reduce((sum, { measured }) => sum + (measured?.seconds ?? 0), 0);
  const totals = { name: 'mho verify', tests: verdicts.length, failures: count('outside'), errors: count('failed') };
  const attributes = attributesOf({ ...totals, time: seconds.toFixed(3) });
  const cases = verdicts.map(testCase);
  const suite = [`  <testsuite${attributes}>`, ...cases, '  </testsuite>'];
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes}>`, ...suite, '</testsuites>', ''].join(
    '\n',
  );
}

function testCase(verdict: CaseVerdict): string {
  const { name, measured, file } = verdict;
  const attributes = attributesOf({ name, classname: 'accuracy', file, time: (measured?.seconds ?? 0).toFixed(3) });
  return [`    <testcase${attributes}>`, ...outcome(verdict), ...output(verdict), '    </testcase>'].join('\n');
}

function outcome({ verdict, reasons }: CaseVerdict): string[] {
  if (verdict === 'pass') return [];
  const element = verdict === 'outside' ? 'failure' : 'error';
  const attributes = attributesOf({ message: oneLine(reasons), type: verdict });
  return [`      <${element}${attributes}>${escapeXml(reasons.join('\n'))}</${element}>`];
}

function output(verdict: CaseVerdict): string[] {
  return [`      <system-out>${escapeXml(rowOf(verdict).join('  '))}</system-out>`];
}

function attributesOf(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no place for control characters, escaped or not. */
function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\uFFFD').replace(/[&<>"]/g, (c) => entities[c]!);
}
