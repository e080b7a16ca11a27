import { UsageError } from '../errors.js';
import { formatTableFile, type MeasuredTable } from './table-file.js';
import { tabulate, writeNoiseOf, type Directions, type Response, type TableResponse } from './response.js';

/** The comment that CrossSim's own tables begin with. */
const comment =
  '1st Row = Gbins, 2nd Row = CDF Points, 3rd row onward = dG matrix (rows = CDF, columns = Gbins), all in siemens';

/**
 * Writes a device as two tables in CrossSim's text format: the inverse CDF of ΔG against conductance, in siemens.
 * Closed forms are tabulated at 101 conductances and 129 probabilities, the outer ones at ±3.5σ; measured tables go out
 * as they came.
 * @param measured - the tables that the device was made of, where it was
 * @throws UsageError where the device has no cells
 */
export function exportCrossSim(
  response: Response,
  measured?: Directions<MeasuredTable>,
): { tables: Directions<string>; notes: readonly string[] } {
  if (response.kind === 'ideal') {
    const what = 'got the ideal device, expected one with cells';
    throw new UsageError({ where: 'device export', what, remedy: 'see mho device list' });
  }
  const table = response.kind === 'table' ? response : tabulate(response);
  const notes = [
    ...(response.kind !== 'table' && response.drawCell
      ? ['left out: deviceToDevice, the tables are of the nominal cell']
      : []),
    ...(response.readNoise > 0 ? ['left out: readNoise, which the tables have no place for'] : []),
    ...(writeNoiseOf(response) > 0 ? ['left out: writeNoise, which the tables have no place for'] : []),
    ...(response.retention ? ['left out: retention, which the tables have no place for'] : []),
  ];
  const text = (direction: keyof Directions<never>): string =>
    measured ? formatTableFile(measured[direction], comment) : tableText(table, direction);
  return { tables: { up: text('up'), down: text('down') }, notes };
}

function tableText({ bins, cdf, quantiles, gMin, gMax }: TableResponse, direction: keyof Directions<never>): string {
  const width = gMax - gMin;
  const row = (values: ArrayLike<number>): string => Array.from(values, digits).join(', ');
  const conductances = Array.from({ length: bins }, (_, k) => gMin + (width * k) / (bins - 1));
  const deltas = Array.from(cdf, (_, r) =>
    row(quantiles[direction].subarray(r * bins, (r + 1) * bins).map((step) => step * width)),
  );
  return [comment, row(conductances), row(cdf), ...deltas, ''].join('\n');
}

/** Nine digits: what a float32 holds. */
function digits(value: number): string {
  return String(Number(value.toPrecision(9)));
}
