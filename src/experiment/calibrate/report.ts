import { formatDirection } from './identifiability.js';
import type { LoadedCalibration } from './load.js';
import type { CalibrationResult, FamilyResult, TargetResult, TriedResult } from './result.js';
import type { Values } from './space.js';

/** The report that people read: what was fitted, how sure it is, and every candidate behind it. */
export function markdownReport(result: CalibrationResult, calibration: LoadedCalibration): string {
  const { title, best, families, runs } = result;
  const one = families.length === 1;
  const chosen = families.find(({ family }) => family === best)!;
  const lines = [
    `# Calibration ${result.calibration}`,
    '',
    ...(title === null ? [] : [title, '']),
    `Fitted${one ? '' : ` in the family ${best}`}: ${formatValues(chosen.values)}.`,
    '',
    ...(one ? [] : ['## Families', '', ...familyTable(result), '']),
    ...families.flatMap((family) => familySections(family, calibration, one)),
    '## Runs',
    '',
    `${runs.made} runs, ${hours(runs.seconds)} of computing${runs.failed > 0 ? `; ${runs.failed} failed` : ''}. Each is a line of \`runs.jsonl\`. Commit ${result.commit ?? 'unknown'}.`,
    '',
  ];
  return lines.join('\n');
}

/** The few lines that the command prints. */
export function textSummary(result: CalibrationResult): string {
  const { best, families } = result;
  const chosen = families.find(({ family }) => family === best)!;
  const named = families.length > 1 ? ` (${best}, best of ${families.length} families)` : '';
  const rows = chosen.identifiability.parameters.map(({ name, mean, sd, interval: [low, high] }) => [
    name,
    number(chosen.values[name]!),
    `${number(mean)} ± ${number(sd)}`,
    `${number(low)} to ${number(high)}`,
  ]);
  return [
    `${result.calibration}${named}`,
    ...aligned([['parameter', 'fitted', 'mean ± sd', '5 to 95 %'], ...rows]),
    ...chosen.targets.map(describeTarget),
    ...chosen.identifiability.sentences,
  ].join('\n');
}

function describeTarget({ name, statistic, accuracy, tolerance, predicted, confirmed }: TargetResult): string {
  const found = confirmed
    ? `; ran at ${percent(confirmed.accuracy)} ± ${points(confirmed.error)} (${statistic} of ${confirmed.runs}), ${confirmed.meets ? 'within' : 'OUTSIDE'} the tolerance`
    : '';
  return `${name}: target ${percent(accuracy)} ± ${points(tolerance)}, foretold ${percent(predicted.accuracy)} ± ${points(predicted.sd)}${found}`;
}

function familyTable({ families }: CalibrationResult): string[] {
  const top = Math.max(...families.map(({ evidence }) => evidence.log));
  const rows = families.map(({ family, values, misfit, meeting, evidence, preferred, targets }) => [
    family,
    formatValues(values),
    misfit.toFixed(2),
    ...targets.map(({ predicted, confirmed }) => percent(confirmed?.accuracy ?? predicted.accuracy)),
    percentOf(meeting.count, meeting.of),
    `e^${(evidence.log - top).toFixed(1)}`,
    ...(families.some((one) => one.preferred !== null) ? [preferred === null ? '-' : number(preferred)] : []),
  ]);
  const names = families[0]!.targets.map(({ name }) => name);
  const wished = families.some(({ preferred }) => preferred !== null) ? ['preferred'] : [];
  return [
    ...table(['family', 'fitted', 'misfit', ...names, 'draws that meet all', 'evidence', ...wished], rows),
    '',
    'Misfit: Σ over the targets of the expected ((accuracy − target)/tolerance)². Evidence: mean likelihood over the box, relative to the best family; it weighs the whole box, so it depends on the ranges.',
  ];
}

function familySections(family: FamilyResult, calibration: LoadedCalibration, one: boolean): string[] {
  const level = one ? '##' : '###';
  const { identifiability, targets } = family;
  return [
    ...(one ? [] : [`## Family ${family.family}`, '', `Overrides: ${family.overrides.join('; ') || 'none'}.`, '']),
    `${level} Fitted point`,
    '',
    ...parameterTable(family),
    '',
    ...targets.map((target) => `- ${describeTarget(target)}.`),
    '',
    ...preference(family, calibration),
    `${level} What the targets identify`,
    '',
    ...identifiability.sentences.map((sentence) => `- ${sentence}`),
    '',
    'Correlation of the posterior, parameters on their scales:',
    '',
    ...correlationTable(family),
    '',
    'Directions of the posterior, the widest first (each parameter from 0 to 1 over its range on its scale); the ratio is the width left over the width before:',
    '',
    ...table(
      ['direction', 'posterior/prior'],
      identifiability.directions.map(({ components, widthRatio }) => [
        formatDirection(components),
        widthRatio.toFixed(3),
      ]),
    ),
    '',
    `${level} How far the model can be trusted`,
    '',
    ...trust(targets),
    '',
    `${level} Candidates`,
    '',
    ...candidateTable(family),
    '',
  ];
}

function parameterTable({ identifiability, values }: FamilyResult): string[] {
  return table(
    ['parameter', 'fitted', 'posterior mean', 'sd', '5 %', '95 %', 'posterior/prior width'],
    identifiability.parameters.map(({ name, mean, sd, interval: [low, high], widthRatio }) => [
      name,
      ...[values[name]!, mean, sd, low, high].map(number),
      widthRatio.toFixed(2),
    ]),
  );
}

function preference({ preferred, meeting }: FamilyResult, { config }: LoadedCalibration): string[] {
  if (!config.prefer) return [];
  const { value, wanted } = config.prefer;
  const found =
    preferred === null
      ? 'no draw of the posterior meets every target, so the point of the least misfit stands instead'
      : `${number(preferred)}, of ${meeting.count} draws (of ${meeting.of}) that meet every target`;
  return [`Preferred: the ${wanted} ${value}: ${found}.`, ''];
}

function correlationTable({ identifiability: { parameters, correlation } }: FamilyResult): string[] {
  const names = parameters.map(({ name }) => name);
  return table(
    ['', ...names],
    correlation.map((row, i) => [names[i]!, ...row.map((r) => r.toFixed(2))]),
  );
}

function trust(targets: readonly TargetResult[]): string[] {
  const rungs = targets.flatMap(({ name, lines }) =>
    lines.map((line, rung) => {
      const which = `${name}, rung ${rung + 1}`;
      if (!line) return [which, 'too few candidates ran both', '-', '-'];
      const { intercept, slope, residualAccuracy, pairs } = line;
      const sign = intercept < 0 ? '−' : '+';
      const formula = `${slope.toFixed(2)}·x ${sign} ${Math.abs(intercept).toFixed(2)}`;
      return [which, formula, points(residualAccuracy), String(pairs)];
    }),
  );
  const surfaces = targets.map(({ name, surface, seedSd }) => [
    name,
    String(surface.fullRuns),
    points(seedSd),
    points(surface.crossValidatedError),
    surface.crossValidatedRatio.toFixed(2),
  ]);
  return [
    ...(rungs.length === 0
      ? []
      : [
          'How a rung foretells the full run (logits of accuracies; residual in points at the target):',
          '',
          ...table(['rung', 'full run', 'residual', 'candidates'], rungs),
          '',
        ]),
    'The surface through the full runs, each foretold from the others (points; the ratio is 1 where the surface judges its own error well, and a larger one widens it):',
    '',
    ...table(['target', 'full runs', 'sd over seeds', 'cross-validated error', 'error/judged'], surfaces),
  ];
}

function candidateTable({ tried, targets }: FamilyResult): string[] {
  const parameters = Object.keys(tried[0]!.parameters);
  const columns = targets.flatMap(({ name, lines }) =>
    [...lines.keys(), lines.length].map((rung) => `${name} ${rung + 1}`),
  );
  return table(
    ['candidate', 'round', ...parameters, ...columns],
    tried.map((one) => [
      String(one.candidate),
      String(one.round),
      ...parameters.map((name) => number(one.parameters[name]!)),
      ...cellsOf(one),
    ]),
  );
}

function cellsOf({ outcomes }: TriedResult): string[] {
  return outcomes.flatMap((of) =>
    of.map((outcome) => {
      if (!outcome) return '';
      const stalled = outcome.stalled > 0 ? `, ${outcome.stalled} stalled` : '';
      return `${percent(outcome.accuracy)} (${outcome.runs}${stalled})`;
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]!))
      .join('  ')
      .trimEnd(),
  );
}

function formatValues(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${number(value)}`)
    .join(', ');
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}

function points(fraction: number): string {
  return (100 * fraction).toFixed(2);
}

function percentOf(count: number, of: number): string {
  return `${((100 * count) / of).toFixed(0)} %`;
}

function hours(seconds: number): string {
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
