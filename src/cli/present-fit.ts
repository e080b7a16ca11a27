import { displayPath } from '../experiment/place.js';
import { plainOf, type FitOutcome } from '../report/fit/run-fit.js';
import { textTable } from '../report/fit/table.js';

/** What a person reads after a fit. */
export function describeFit({ tables, remarks, device, report }: FitOutcome): string {
  return [
    ...tables.map((table) => `${textTable(table)}\n`),
    ...remarks.map((remark) => `- ${remark}`),
    '',
    `device file: ${displayPath(device)}`,
    `report:      ${displayPath(report)}`,
    `train:       mho run <experiment>.yaml --set device=${displayPath(device)}`,
  ].join('\n');
}

/** The one JSON object of a fit. */
export function jsonFit({ model, device, report, written, notes, warnings, remarks, result }: FitOutcome): object {
  return { model, device, report, written, notes, warnings, remarks, result: plainOf(result) };
}
