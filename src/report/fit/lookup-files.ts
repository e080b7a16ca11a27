import path from 'node:path';
import { fitLookup, type LookupOptions } from '../../device/fit/lookup.js';
import { lookupCurves } from '../../device/fit/lookup-curves.js';
import type { RampSet } from '../../device/fit/ramps.js';
import { formatTableFile } from '../../device/table-file.js';
import type { TablePair } from '../../device/table-grid.js';
import { curvesChart, curvesOfLookup } from './curves-chart.js';
import { tablesOfDevices, type LookupResult } from './device-tables.js';
import { lookupYaml, type Sources } from './device-yaml.js';
import { lookupRemarks } from './lookup-remarks.js';
import { lookupTables } from './lookup-summary.js';
import { drawn, noiseCaption, type Made } from './made.js';
import { noiseChart } from './noise-chart.js';
import { assertFree, tablesOfDevice, type Plan, type TableNames } from './output.js';
import { stepsChart } from './steps-chart.js';

const walkCaption =
  'Mean ramps, and the walk along the tables\u2019 mean steps from where the ramps start; outside of the bins, where ramps often start, it takes the step of the nearest. Bands: ± 1 σ over ramps above, ± the standard error of the mean below.';
const stepsCaption = 'Measured steps of one pulse against the conductance before it.';
const comment = 'Row 1: conductance bins [S]; row 2: CDF points; then dG [S], one row per CDF point';

/** Tables of all ramps, or of each of several devices, and what is told of them. */
export async function lookupFiles(ramps: RampSet, options: LookupOptions, sources: Sources, plan: Plan): Promise<Made> {
  const pooled = fitLookup(ramps, options);
  const walked = lookupCurves(ramps, pooled.increasing.conductance);
  const { devices, warnings } = tablesOfDevices(ramps, options, (number) => namesOf(tablesOfDevice(plan, number)));
  const several = devices.length > 0;
  const written = several ? devices : [{ files: namesOf(plan.tables), fit: pooled }];
  const beside = written.flatMap(({ files, fit }) => filesOf(files, fit, path.dirname(plan.device)));
  // Those of a single pair are known before anything is read, and were looked at then.
  if (several)
    assertFree(
      beside.map(([place]) => place),
      plan.force,
    );
  const result: LookupResult = { ...pooled, error: walked.error, ...(several && { devices }) };
  const charts = [
    await drawn('curves', ofAll(walkCaption, several), curvesChart(curvesOfLookup(walked, result), sources.name)),
    await drawn('steps', ofAll(stepsCaption, several), stepsChart(pooled, sources.name)),
    await drawn('noise', ofAll(noiseCaption(ramps), several), noiseChart(pooled.noise, sources.name)),
  ];
  const [fits, names] = [written.map(({ fit }) => fit), written.map(({ files }) => files)];
  return {
    ...{ model: 'lookup-table', warnings, charts, result, beside, tables: lookupTables(result) },
    remarks: lookupRemarks(result, options.removeReadNoise),
    device: lookupYaml(fits, sources, names),
  };
}

function namesOf({ increasing, decreasing }: TableNames): TableNames {
  return { increasing: path.basename(increasing), decreasing: path.basename(decreasing) };
}

function filesOf(files: TableNames, fit: TablePair, folder: string): [place: string, content: string][] {
  return (['increasing', 'decreasing'] as const).map((which) => [
    path.join(folder, files[which]),
    formatTableFile(fit[which], comment),
  ]);
}

/** Charts show all devices together, which no file holds where each has tables of its own. */
function ofAll(caption: string, several: boolean): string {
  return several ? `All devices together: no file holds that, and tables are given by device. ${caption}` : caption;
}
