import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadRamps } from '../../../src/report/fit/load-ramps.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'mho-half-'))));
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const read = { readVoltage: 0.1, skipBad: false, unit: 'uA' };

/** Ten pulses of one ramp a column, in µA, up or down. */
function table(columns: readonly string[], rises: boolean): string {
  const rows = Array.from({ length: 10 }, (_, n) => columns.map((_, c) => 10 + c + (rises ? n : 10 - n)).join(','));
  return [columns.join(','), ...rows].join('\n');
}

function file(name: string, content: string): string {
  const place = path.join(folder, name);
  writeFileSync(place, content);
  return place;
}

describe('devices of which one direction is missing', () => {
  it('are whole files for want of --reset, which is named', async () => {
    const [up, down] = [file('up.csv', table(['r1', 'r2'], true)), file('down.csv', table(['r1', 'r2'], false))];
    const { warnings } = await loadRamps({ files: [up, down], reset: [], read });
    expect(warnings).toEqual([
      `${up}: holds LTP ramps alone and is taken for a device of its own, left out of the spread over devices; name RESET ramps of the same device with --reset`,
      `${down}: holds LTD ramps alone and is taken for a device of its own, left out of the spread over devices; name RESET ramps of the same device with --reset`,
    ]);
    const told = await loadRamps({ files: [up], reset: [down], read });
    expect(told.warnings).toEqual([]);
  });
});
