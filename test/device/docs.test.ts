import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../datasets/places.js';
import { compileDevice, deviceModels } from '../../src/device/registry.js';
import { labelOfAlpha } from '../../src/device/nonlinearity.js';
import { loadDevice } from '../../src/experiment/loader.js';
import { Scratch } from '../experiment/scratch.js';

const text = readFileSync(path.join(projectRoot(), 'docs', 'devices.md'), 'utf8');

function blocks(language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block]) => block!);
}

const examples = blocks('yaml').map((yaml) => [/^model: (.*)$/m.exec(yaml)![1]!, yaml] as const);

describe('docs/devices.md', () => {
  const scratch = new Scratch();
  const [table] = blocks('text');
  scratch.write('up.txt', table!);
  // Depression: the same rows with their signs and their order turned.
  const [comment, bins, cdf, ...rows] = table!.trimEnd().split('\n');
  const down = rows.reverse().map((row) =>
    row
      .split(',')
      .map((step) => `-${step.trim()}`)
      .join(', '),
  );
  scratch.write('down.txt', [comment, bins, cdf, ...down].join('\n'));
  // Of the example of several devices: whichever, as long as they are there.
  for (const n of [1, 2, 3]) {
    scratch.write(`cell${n}.up.txt`, table!);
    scratch.write(`cell${n}.down.txt`, [comment, bins, cdf, ...down].join('\n'));
  }
  afterAll(() => {
    scratch.remove();
  });

  it('has an example and a section of every model', () => {
    const models = deviceModels.map(({ name }) => name).sort();
    expect([...new Set(examples.map(([model]) => model))].sort()).toEqual(models);
    expect(models.filter((name) => !text.includes(`## \`${name}\``))).toEqual([]);
  });

  it.each(examples)('the example of %s loads and compiles', (model, yaml) => {
    const { config } = loadDevice(scratch.write('device.yaml', yaml));
    expect(config.model).toBe(model);
    const { kind } = compileDevice(config, { window: [0.25, 0.75] });
    const others: Partial<Record<string, string>> = {
      ...{ ideal: 'ideal', 'lookup-table': 'table' },
      ...{ power: 'curve', 'exponential-step': 'curve', piecewise: 'curve' },
    };
    expect(kind).toBe(others[model] ?? 'affine');
  });

  it('states labels as they are', () => {
    const stated = [...text.matchAll(/a = (0\.\d+) is NL (\d\.\d+)/g)];
    expect(stated).toHaveLength(2);
    for (const [, a, label] of stated) expect(labelOfAlpha(1 / Number(a))).toBeCloseTo(Number(label), 2);
  });
});
