import { describe, expect, it } from 'vitest';
import { describeList, listDevices } from '../../src/cli/device-tables.js';

describe('the list of devices', () => {
  const list = listDevices();
  const lines = (width: number | undefined): string[] => describeList(list, width).split('\n');

  it.each([60, 80, 100, 120, 200])('stays within %i columns', (width) => {
    expect(lines(width).filter((line) => line.length > width)).toEqual([]);
  });

  it('leaves out columns from the right where there is no room for them', () => {
    const head = (width: number | undefined) => lines(width).find((line) => line.startsWith('  device '))!;
    expect(head(undefined)).toMatch(/device +model +states +NL +range +on\/off +σ +read +source$/);
    expect(head(200)).toMatch(/read +source$/);
    expect(head(80)).toMatch(/range +on\/off/);
    expect(head(80)).not.toMatch(/read|source/);
  });

  it('is whole where it goes to no terminal', () => {
    expect(lines(undefined).find((line) => line.includes('ag-asi'))).toMatch(/Nano Lett\. 10 \(2010\) 1297$/);
  });
});
