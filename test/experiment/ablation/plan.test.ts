import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planAblation, type PlanRequest } from '../../../src/experiment/ablation/plan.js';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { splitSet } from '../../../src/experiment/overrides.js';
import { Scratch, messageOf, smallDevice, smallExperiment } from '../scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.write('device.yaml', `${smallDevice}cycleToCycle: 0.02\n`);
  const layers = smallExperiment.replaceAll(/units: (\d+)/g, 'units: $1\n      weightLimit: 2');
  scratch.write('small.yaml', layers.replace('device: { model: ideal }', 'device: device.yaml'));
  scratch.write('ideal.yaml', smallExperiment);
});
afterEach(() => {
  scratch.remove();
});

function plan({ sets = [], ...request }: Partial<PlanRequest> & { sets?: string[] } = {}) {
  const file = scratch.path('small.yaml');
  return planAblation({ file, overrides: sets.map(splitSet), seeds: 2, cwd: scratch.folder, ...request });
}

const present = ['granularity', 'nonlinearity-ltp', 'nonlinearity-ltd', 'cycle-to-cycle', 'clipping'];
const withoutList = (...names: string[]): string[] => [`without=[${names.join(', ')}]`];

describe('the plan of an ablation', () => {
  it('compares each effect in the device and alone', () => {
    const { device, ideal, rows, absent } = plan();
    expect(device.sets).toEqual([]);
    expect(ideal.sets).toEqual(withoutList(...present));
    const row = rows.find(({ name }) => name === 'cycle-to-cycle')!;
    expect(row.inDevice).toMatchObject({ better: { sets: withoutList('cycle-to-cycle') }, worse: device });
    const others = present.filter((name) => name !== 'cycle-to-cycle');
    expect(row.alone).toMatchObject({ better: ideal, worse: { sets: withoutList(...others) } });
    expect(rows.filter(({ part }) => part).map(({ name }) => name)).toEqual(present);
    expect(absent.map(({ name }) => name)).toEqual(['device-to-device', 'read-noise', 'converters', 'drift']);
  });

  it('has drift where time passes and the device forgets, alone within the bounds that it needs', () => {
    const retention = 'device.retention={ model: arrhenius, activationEnergy: 1.1 eV }';
    expect(plan({ sets: [retention] }).absent).toContainEqual({
      name: 'drift',
      why: 'no time passes, or the device forgets nothing',
    });
    const held = 'conditions={ hold: [{ temperature: 100 degC, time: 1000 s }] }';
    const { rows, device, ideal } = plan({ sets: [retention, held] });
    expect(ideal.sets[0]).toContain('drift');
    const row = rows.find(({ name }) => name === 'drift')!;
    expect(row.inDevice).toMatchObject({ better: { sets: withoutList('drift') }, worse: device });
    const others = present.filter((name) => name !== 'clipping');
    expect(row.alone!.worse.sets).toEqual(withoutList(...others));
  });

  it('compares codings instead of switching them off', () => {
    const rows = plan().rows.filter(({ part }) => !part);
    expect(rows.map(({ name, alone }) => ({ name, alone }))).toEqual([
      { name: 'coding: against one-sided-pair', alone: null },
      { name: 'coding: against offset', alone: null },
    ]);
    expect(rows[1]!.inDevice!.better.sets).toEqual(['crossbar.coding=offset']);
  });

  it('says why another coding cannot be', () => {
    const [row] = plan({ sets: ['crossbar.refreshAt=0.1'], chosen: ['coding'] }).rows;
    expect(row).toMatchObject({ name: 'coding: against one-sided-pair', inDevice: null });
    expect(row!.note).toMatch(/^not applicable: .*refreshAt.*must lie above the erased state/);
  });

  it('gives values that load, for every row', () => {
    for (const sets of [[], ['crossbar.coding=one-sided-pair'], ['device.nonlinearity.ltd.label=4']]) {
      const { device, ideal, rows, overrides } = plan({ sets });
      const pairs = rows.flatMap(({ inDevice, alone }) => [inDevice, alone]).filter((pair) => pair !== null);
      const variants = [device, ideal, ...pairs.flatMap(({ better, worse }) => [better, worse])];
      for (const variant of variants) {
        const options = { overrides: [...overrides, ...variant.sets].map(splitSet), cwd: scratch.folder };
        expect(loadExperiment(scratch.path('small.yaml'), options).config.name).toBe('small');
      }
    }
  });

  it('keeps beside an effect the bounds that cannot go, on both sides', () => {
    const { rows } = plan({ sets: ['crossbar.coding=one-sided-pair'] });
    const row = rows.find(({ name }) => name === 'cycle-to-cycle')!;
    const others = present.filter((name) => !['cycle-to-cycle', 'clipping'].includes(name));
    expect(row.alone!.better.sets).toEqual(withoutList(...others, 'cycle-to-cycle').map(sorted));
    expect(row.alone!.worse.sets).toEqual(withoutList(...others));
    expect(row.note).toMatch(/^alone: beside clipping, because a one-sided pair only climbs/);
    const bounds = rows.find(({ name }) => name === 'clipping')!;
    expect(bounds.inDevice).toBeNull();
    expect(bounds.note).toMatch(/^not applicable in the device: a one-sided pair only climbs/);
  });

  it('goes on from what the experiment is already without', () => {
    const { rows, absent } = plan({ sets: ['without=[cycle-to-cycle]'] });
    expect(absent).toContainEqual({ name: 'cycle-to-cycle', why: 'the experiment is without it' });
    const row = rows.find(({ name }) => name === 'granularity')!;
    expect(row.inDevice!.better.sets).toEqual(withoutList('cycle-to-cycle', 'granularity'));
  });

  it('takes seeds from that of the experiment upwards', () => {
    expect(plan({ sets: ['seed=7'], seeds: 3 }).seeds).toEqual([7, 8, 9]);
    expect(messageOf(() => plan({ sets: [`seed=${Number.MAX_SAFE_INTEGER}`] }))).toContain('2 seeds from');
  });
});

/** The list of a `without`, in the order of the registry. */
function sorted(set: string): string {
  const names = set.slice('without=['.length, -1).split(', ');
  return `without=[${present.filter((name) => names.includes(name)).join(', ')}]`;
}

describe('an ablation is refused', () => {
  it('where an effect is unknown', () => {
    expect(messageOf(() => plan({ chosen: ['cliping'] }))).toMatch(
      /^--effects: got "cliping", expected any of granularity, .*; did you mean clipping\?$/,
    );
  });

  it('where the experiment has none of them', () => {
    expect(messageOf(() => plan({ file: scratch.path('ideal.yaml') }))).toMatch(
      /^small: has none of the effects granularity, .*; name an experiment with a device that has cells$/,
    );
  });
});

describe('`without` in a file', () => {
  it('is refused at its line where an effect cannot be switched off', () => {
    const file = scratch.write('bad.yaml', 'extends: small.yaml\nwithout: [coding]\n');
    expect(messageOf(() => loadExperiment(file))).toMatch(
      /bad\.yaml:2:10: without: coding cannot be switched off: .*; leave it out/,
    );
  });

  it('is refused where a name is unknown', () => {
    const file = scratch.write('bad.yaml', 'extends: small.yaml\nwithout: [drft]\n');
    expect(messageOf(() => loadExperiment(file))).toMatch(
      /bad\.yaml:2:11: without\[0\]: got "drft".*did you mean drift\?/,
    );
  });

  it('is empty unless told, and stands in the whole configuration', () => {
    const { config, resolved } = loadExperiment(scratch.path('small.yaml'));
    expect(config.without).toEqual([]);
    expect(resolved).toMatchObject({ without: [] });
  });
});
