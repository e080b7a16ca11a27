import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { splitSet } from '../../../src/experiment/overrides.js';
import { loadSweep } from '../../../src/experiment/sweep/load.js';
import { TrialNames, pointLoader } from '../../../src/experiment/sweep/plan.js';
import { fieldNameOf, valueName } from '../../../src/report/figures/sweep-names.js';
import { Scratch } from '../scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

function trials(text: string) {
  const sweep = loadSweep(scratch.write('sweep.yaml', `name: wholes\n${text}`));
  const base = path.join(scratch.folder, 'base.yaml');
  writeFileSync(base, stringify(sweep.base.resolved));
  const load = pointLoader(base, sweep);
  const names = new TrialNames(sweep, 'code', load);
  return [...sweep.points.all()].map((point) => {
    expect(sweep.mistakeAt(point.point)).toBeUndefined();
    return { name: names.nameOf(point), full: names.fullNameOf(point), device: load(point.point, point.seed).resolved };
  });
}

it('overrides hold of each device of an axis', () => {
  const text =
    'experiment: wse2-orhd\noverrides: { device.states: 8, device.cycleToCycle: 0.2 }\naxes: { device: [epiram, ag-asi] }\n';
  const all = trials(text);
  expect(all.map(({ device }) => device)).toMatchObject([
    { device: { states: 8, cycleToCycle: 0.2 } },
    { device: { states: 8, cycleToCycle: 0.2 } },
  ]);
  for (const { name, full } of all) expect(name).toBe(full);
});

it('names what runs whichever axis comes first', () => {
  const [noise, device] = ['device.cycleToCycle: [0, 0.2]', 'device: [epiram, ag-asi]'];
  const [one, other] = [
    [noise, device],
    [device, noise],
  ].map((axes) => trials(`experiment: wse2-orhd\naxes: { ${axes.join(', ')} }\n`));
  for (const { name, full } of one!) expect(name).toBe(full);
  expect(one!.map(({ name }) => name).sort()).toEqual(other!.map(({ name }) => name).sort());
});

it('a part set before the whole holds', () => {
  const overrides = ['device.cycleToCycle=0', 'device=epiram'].map(splitSet);
  expect(loadExperiment('wse2-orhd', { overrides }).config.device).toMatchObject({ cycleToCycle: 0 });
});

it('takes read noise from each device, where one of them could not be without', () => {
  const experiment = path.resolve('configs/experiments/neurosim/mlp.yaml');
  const all = trials(
    `experiment: ${experiment}\noverrides: { device.readNoise: 0 }\naxes: { device: [taox, gst-pcm] }\n`,
  );
  for (const { name, full } of all) expect(name).toBe(full);
});

it('keeps origins of what a mapping leaves as it was', () => {
  const experiment = path.resolve('configs/experiments/neurosim/mlp.yaml');
  const origins = (...set: string[]) => loadExperiment(experiment, { overrides: set.map(splitSet) }).config.origin!;
  expect(origins('crossbar={accessResistance: 15 kohm}')['crossbar.window']).toBe(origins()['crossbar.window']);
});

it('figures name parts of the resistance when on', () => {
  expect(valueName('{"ofOn":0.05}')).toBe('0.05 of R_on');
  expect(fieldNameOf('crossbar.accessResistance.ofOn').name).toBe('access resistance');
});
