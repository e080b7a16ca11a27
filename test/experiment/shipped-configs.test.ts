import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMeasurement } from '../../datasets/measurements.js';
import { projectRoot } from '../../datasets/places.js';
import { deviceSheet } from '../../src/experiment/device-sheet.js';
import { loadExperiment } from '../../src/experiment/loader.js';

const folder = path.join(projectRoot(), 'configs/experiments');
const shipped = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /(^|\/)[^_/]*\.yaml$/.test(name),
);

/** Paths of all values of a config that are no mappings. */
function leaves(value: unknown, at = ''): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [at];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, at === '' ? key : `${at}.${key}`));
}

/** Paths that neither themselves nor an enclosing mapping have an origin. */
function withoutOrigin(values: object, origin: object): string[] {
  const stated = Object.keys(origin);
  return leaves(values).filter((leaf) => !stated.some((one) => leaf === one || leaf.startsWith(`${one}.`)));
}

/** Its tables are not the project's own: they are looked for, or downloaded. */
const tablesAreHere = 'text' in readMeasurement('data:enode/dG_increasing.txt');
const loadable = shipped.filter((name) => tablesAreHere || !name.startsWith('enode-'));

const devices = readdirSync(path.join(projectRoot(), 'configs/devices')).filter((name) => name.endsWith('.yaml'));

it.each(devices)('%s says where it comes from and where it is valid', (file) => {
  const { source, validity, description } = deviceSheet(path.join(projectRoot(), 'configs/devices', file));
  for (const text of [source, validity, description]) expect(text?.length).toBeGreaterThan(20);
});

describe.each(loadable)('%s', (file) => {
  const { resolved } = loadExperiment(path.join(folder, file), {});

  it('says of every value where it comes from', () => {
    const { dataset, network, crossbar, training, conditions, record, published, origin } = resolved as Record<
      string,
      object
    >;
    // What is not there needs no source.
    const given = typeof conditions === 'string' ? {} : { conditions };
    const stated = { dataset, network, crossbar, training, ...given, record, published };
    expect(withoutOrigin(stated, origin ?? {})).toEqual([]);
  });

  it('says of every value of its device where it comes from', () => {
    const { device: sheet } = resolved as Record<string, Record<string, unknown>>;
    const { origin, ...device } = sheet!;
    for (const key of ['name', 'description', 'source', 'validity', 'model']) Reflect.deleteProperty(device, key);
    // A float weight has no parameters, hence no origins.
    expect(withoutOrigin(device, (origin as object | undefined) ?? {})).toEqual([]);
  });
});
