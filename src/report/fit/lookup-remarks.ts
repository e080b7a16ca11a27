import type { LookupFit } from '../../device/fit/lookup.js';
import { branches, type Branch } from '../../device/fit/ramps.js';
import { sharedRange } from '../../device/table-grid.js';
import type { DeviceTable, LookupResult } from './device-tables.js';
import { spreadsOf } from './lookup-summary.js';
import { siemens } from './numbers.js';

/** What a reader should know of lookup tables. */
export function lookupRemarks(fit: LookupResult, removed: boolean): string[] {
  const { devices } = fit;
  const beyond =
    'Between bins and between CDF points kernels interpolate linearly; beyond the first and last bin nothing is extrapolated: the range ends there.';
  const reads = removed
    ? 'Read noise is taken out of the tables (deviations from the mean are narrowed) and stands as readNoise.'
    : 'The tables hold the steps as read, read noise included: in training it would add up like programming noise.';
  const own = devices
    ? branches.flatMap((branch) => [...thinDevices(devices, branch), ...fastDevices(devices, branch)])
    : [...branches.flatMap((branch) => thin(fit, branch)), ...branches.flatMap((branch) => walkRemarks(fit, branch))];
  return [...(devices ? [severalRemark(devices)] : []), beyond, reads, ...own];
}

function severalRemark(devices: readonly DeviceTable[]): string {
  const { gMin, gMax } = sharedRange(devices.flatMap(({ fit }) => [fit.increasing, fit.decreasing]));
  return (
    `Each of the ${devices.length} devices has tables of its own, and each cell that is trained is one of them, over the ` +
    `range that all of them cover, ${siemens(gMin)} to ${siemens(gMax)}. Charts, and rows of all together, are of the ramps ` +
    'of all devices as if of one, and describe none of the files.'
  );
}

/** Steps that a bin holds by itself, or takes from beside it. */
const leastSteps = 30;

const fewer =
  'which take the nearest steps beside them, by the slope of the mean curve; more ramps make the tables sharper';

function thin({ steps }: LookupFit, branch: Branch): string[] {
  if (steps[branch].fewest >= leastSteps) return [];
  return [`${branch.toUpperCase()} has bins of fewer than ${leastSteps} steps, ${fewer}`];
}

function thinDevices(devices: readonly DeviceTable[], branch: Branch): string[] {
  const those = devices.filter(({ fit }) => thin(fit, branch).length > 0);
  if (those.length === 0) return [];
  return [
    `${branch.toUpperCase()} tables of ${those.length} of ${devices.length} devices have bins of fewer than ${leastSteps} steps, ${fewer}`,
  ];
}

/** Part of the ramps' spread below which that of walks is told. */
const tooNarrow = 0.8;

/** How far pulses lead ramps apart faster than the tables let them. */
function tooFast(fit: LookupFit, branch: Branch) {
  const spread = spreadsOf(fit, branch);
  const { growth } = fit.noise[branch];
  if (!spread || growth === undefined || spread.walks >= tooNarrow * spread.ramps) return undefined;
  return { ...spread, growth };
}

function walkRemarks(fit: LookupFit, branch: Branch): string[] {
  const fast = tooFast(fit, branch);
  if (!fast) return [];
  return [
    `${branch.toUpperCase()} ramps spread as n^${fast.growth.toFixed(2)}, faster than √n: ${fast.pulses} pulses by ${siemens(fast.ramps)}, and along the tables, whose pulses are independent, by ${siemens(fast.walks)}; ramps differ as a whole, which no table holds`,
  ];
}

function fastDevices(devices: readonly DeviceTable[], branch: Branch): string[] {
  const those = devices.filter(({ fit }) => tooFast(fit, branch));
  if (those.length === 0) return [];
  const names = those.slice(0, 3).map(({ name }) => name);
  const shown = names.join(', ') + (those.length > names.length ? ', …' : '');
  return [
    `${branch.toUpperCase()} ramps of ${those.length} of ${devices.length} devices (${shown}) spread faster than along their tables, whose pulses are independent: their ramps differ as a whole, which no table holds`,
  ];
}
