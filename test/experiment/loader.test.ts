import { readdirSync } from 'node:fs';
import { stringify } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMeasurement } from '../../datasets/measurements.js';
import { UsageError } from '../../src/errors.js';
import { deviceSheet } from '../../src/experiment/device-sheet.js';
import { loadDevice, loadExperiment } from '../../src/experiment/loader.js';
import { splitSet } from '../../src/experiment/overrides.js';
import { ConfigError } from '../../src/experiment/place.js';
import { messageOf, Scratch, smallDevice, smallExperiment } from './scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

/** The mistakes of an experiment's text, one a line, its folder left out. */
function mistakesOf(text: string, ...set: string[]): string[] {
  const file = scratch.write('e.yaml', text);
  const message = messageOf(() => loadExperiment(file, { overrides: set.map(splitSet) }));
  return message.replaceAll(`${scratch.folder}/`, '').split('\n');
}

/** ENODe's tables are not the project's own: they are looked for, or downloaded. */
const isLoadable = (file: string): boolean =>
  !/^enode[-.]/.test(file) || 'text' in readMeasurement('data:enode/dG_increasing.txt');

describe('mistakes of one file', () => {
  const cases: [what: string, change: [from: string, to: string], mistakes: string[]][] = [
    [
      'a syntax error',
      ['device: { model: ideal }', 'device: { model: ideal'],
      ['e.yaml:8:1: is not valid YAML: got "training:", expected }, which closes the { above; close it with }'],
    ],
    [
      'a misspelt key, without a second mistake for the key it hides',
      ['learningRate', 'learnigRate'],
      ['e.yaml:9:3: training.learnigRate: is not a known key; did you mean learningRate?'],
    ],
    [
      'a key that resembles none',
      ['name: small', 'name: small\ncolour: red'],
      [
        'e.yaml:2:1: colour: is not a known key; known here: name, description, otherDevice, dataset, network, device, crossbar, ' +
          'training, conditions, without, seed, replicas, backend, record, published, origin',
      ],
    ],
    [
      'a wrong type',
      ['units: 4', 'units: four'],
      ['e.yaml:5:14: network.layers[0].units: got "four", expected a whole number from 1 to 65536'],
    ],
    [
      'a broken number',
      ['units: 4', 'units: 4.5'],
      ['e.yaml:5:14: network.layers[0].units: got 4.5, expected a whole number from 1 to 65536'],
    ],
    [
      'a value out of its range',
      ['learningRate: 0.1', 'learningRate: 0'],
      ['e.yaml:9:17: training.learningRate: got 0, expected a number > 0'],
    ],
    [
      'a missing value, at the mapping that lacks it',
      ['  learningRate: 0.1\n', ''],
      ['e.yaml:9:3: training.learningRate: is missing, expected a number > 0'],
    ],
    [
      'a number of drawn samples where nothing is drawn',
      ['epochs: 1', 'epochs: 1\n  samplesPerEpoch: 50'],
      [
        'e.yaml:11:20: training.samplesPerEpoch: got 50, but with the order file an epoch is every image once; ' +
          'write order: random, or use dataset.trainSubset',
      ],
    ],
    [
      'a misspelt word',
      ['name: orhd', 'name: orhdd'],
      ['e.yaml:2:18: dataset.name: got "orhdd", expected one of mnist, orhd; did you mean orhd?'],
    ],
    [
      'a misspelt device model',
      ['model: ideal', 'model: expnential'],
      [
        'e.yaml:7:18: device.model: got "expnential", expected one of ideal, exponential, soft-bounds, linear, ' +
          'power, exponential-step, piecewise, lookup-table; did you mean exponential?',
      ],
    ],
    [
      'a value that is left out',
      ['epochs: 1', 'epochs:'],
      ['e.yaml:10:10: training.epochs: got nothing, expected a whole number from 1 to 1000000'],
    ],
    [
      'a seed beyond the exact integers',
      ['name: small', 'name: small\nseed: 9007199254740992'],
      ['e.yaml:2:7: seed: got 9007199254740992, expected a whole number from 0 to 2^53 - 1'],
    ],
    [
      'neither of two kinds',
      ['name: small', 'name: small\ncrossbar: { converters: non }'],
      ['e.yaml:2:25: crossbar.converters: got "non", expected none or a mapping; did you mean none?'],
    ],
    [
      'a mistake inside one of two kinds',
      ['name: small', 'name: small\ncrossbar: { converters: { updateInput: { bits: 99, max: 1 } } }'],
      ['e.yaml:2:48: crossbar.converters.updateInput.bits: got 99, expected a whole number from 1 to 16'],
    ],
    [
      'a window upside down',
      ['name: small', 'name: small\ncrossbar: { window: [0.8, 0.2] }'],
      ['e.yaml:2:21: crossbar.window: got [0.8,0.2], must be [low, high] with low < high'],
    ],
    [
      'an origin without its kind',
      ['name: small', 'name: small\norigin: { seed: a guess }'],
      [
        'e.yaml:2:17: origin.seed: got "a guess", must start with "paper: ", "measured: ", "fitted: ", ' +
          '"inferred: " or "defined: "',
      ],
    ],
    [
      'a key given twice',
      ['name: small', 'name: small\nname: again'],
      ['e.yaml:2:1: is not valid YAML: got "name: again", a key that stands above already; keep one of the two'],
    ],
    [
      'an alias that holds itself',
      ['name: small', 'name: small\norigin: &a { seed: *a }'],
      ['e.yaml:2:20: is an alias of a node that holds it'],
    ],
    [
      'an unknown tag',
      ['name: small', 'name: !!js small'],
      [
        'e.yaml:1:7: is not valid YAML: got "name: !!js small", a tag that is not known (tag:yaml.org,2002:js); take the tag out',
      ],
    ],
  ];

  it.each(cases)('%s', (_, [from, to], mistakes) => {
    expect(smallExperiment).toContain(from);
    expect(mistakesOf(smallExperiment.replace(from, to))).toEqual(mistakes);
  });

  it('tells all of them at once, from top to bottom', () => {
    const text = smallExperiment
      .replace('units: 10', 'units: many')
      .replace('epochs: 1', 'epochs: 0')
      .replace('name: orhd', 'nam: orhd');
    expect(mistakesOf(text)).toEqual([
      'e.yaml:2:12: dataset.nam: is not a known key; did you mean name?',
      'e.yaml:6:14: network.layers[1].units: got "many", expected a whole number from 1 to 65536',
      'e.yaml:10:11: training.epochs: got 0, expected a whole number from 1 to 1000000',
    ]);
  });

  it.each([
    ['', 'e.yaml:1:1: got nothing, expected a mapping of keys to values; begin for example with `extends: wse2-orhd`'],
    [
      '- a\n',
      'e.yaml:1:1: got a list, expected a mapping of keys to values; begin for example with `extends: wse2-orhd`',
    ],
  ])('refuses %j', (text, mistake) => {
    expect(mistakesOf(text)[0]).toBe(mistake);
  });

  it('refuses bytes that are no text', () => {
    const file = scratch.write('e.yaml', Uint8Array.of(0x6e, 0xff, 0xfe));
    expect(messageOf(() => loadExperiment(file))).toBe(`${file}:1:1: is not text in UTF-8; save it as UTF-8`);
  });

  it('is a usage error that carries its mistakes', () => {
    const file = scratch.write('e.yaml', smallExperiment.replace('epochs: 1', 'epochs: 0'));
    expect(() => loadExperiment(file)).toThrow(ConfigError);
    expect(() => loadExperiment(file)).toThrow(UsageError);
  });
});

describe('checks across values', () => {
  const cases: [what: string, changes: [from: string, to: string][], mistakes: string[]][] = [
    [
      'as many outputs as classes',
      [['units: 10', 'units: 9']],
      ['e.yaml:6:14: network.layers[1].units: got 9, but orhd has 10 classes; write units: 10 in the last layer'],
    ],
    [
      'a weight limit for each layer of bounded cells',
      [
        ['units: 4', 'units: 4\n      weightLimit: 2'],
        ['{ model: ideal }', 'd.yaml'],
      ],
      [
        'e.yaml:7:7: network.layers[1].weightLimit: is missing, expected a number > 0, because a cell of the ' +
          'exponential device is bounded; write the |w| at the edge of the window',
      ],
    ],
    [
      'softmax in the last layer only',
      [['units: 4', 'units: 4\n      activation: softmax']],
      [
        'e.yaml:6:19: network.layers[0].activation: got softmax in a hidden layer, expected it in the last layer ' +
          'only; write sigmoid, tanh, relu or identity',
      ],
    ],
    [
      'cross-entropy of probabilities',
      [
        ['units: 10', 'units: 10\n      activation: tanh'],
        ['epochs: 1', 'epochs: 1\n  loss: cross-entropy'],
      ],
      [
        'e.yaml:12:9: training.loss: got cross-entropy, but the last layer is tanh; make the last layer sigmoid or ' +
          'softmax',
      ],
    ],
    [
      'checks that do not wait for other mistakes to be mended',
      [
        ['units: 10', 'units: 9'],
        ['epochs: 1', 'epochs: 0'],
      ],
      [
        'e.yaml:6:14: network.layers[1].units: got 9, but orhd has 10 classes; write units: 10 in the last layer',
        'e.yaml:10:11: training.epochs: got 0, expected a whole number from 1 to 1000000',
      ],
    ],
  ];

  it.each(cases)('%s', (_, changes, mistakes) => {
    scratch.write('d.yaml', smallDevice);
    expect(mistakesOf(changes.reduce((text, [from, to]) => text.replace(from, to), smallExperiment))).toEqual(mistakes);
  });

  it('takes cross-entropy where the activation is left to its default', () => {
    const file = scratch.write('e.yaml', smallExperiment.replace('epochs: 1', 'epochs: 1\n  loss: cross-entropy'));
    expect(loadExperiment(file).config.training.loss).toBe('cross-entropy');
  });
});

describe('device files', () => {
  it('are named relative to the experiment and parsed to SI units', () => {
    scratch.write('devices/d.yaml', smallDevice);
    const text = smallExperiment.replace('{ model: ideal }', '../devices/d.yaml');
    const file = scratch.write('experiments/e.yaml', text.replaceAll(/units: (\d+)/g, '{ units: $1, weightLimit: 1 }'));
    expect(loadExperiment(file).config.device).toMatchObject({ model: 'exponential', gMin: 1e-9, gMax: 1e-8 });
  });

  const hint = 'write for example 50 uS; units: S with or without a prefix (f p n u m k M G), mho';

  it('show their mistakes where they are', () => {
    const expected = `expected a number with a unit of conductance; ${hint}`;
    scratch.write('d.yaml', smallDevice.replace('gMax: 10 nS', 'gMax: 10').replace('states', 'state'));
    expect(mistakesOf(smallExperiment.replace('{ model: ideal }', 'd.yaml'))).toEqual([
      `d.yaml:3:7: device.gMax: got 10, ${expected}`,
      'd.yaml:4:1: device.state: is not a known key; did you mean states?',
      'e.yaml:5:7: network.layers[0].weightLimit: is missing, expected a number > 0, because a cell of the ' +
        'exponential device is bounded; write the |w| at the edge of the window',
      'e.yaml:6:7: network.layers[1].weightLimit: is missing, expected a number > 0, because a cell of the ' +
        'exponential device is bounded; write the |w| at the edge of the window',
    ]);
    expect(
      messageOf(() => loadDevice(scratch.path('d.yaml')))
        .replaceAll(`${scratch.folder}/`, '')
        .split('\n'),
    ).toEqual([`d.yaml:3:7: gMax: got 10, ${expected}`, 'd.yaml:4:1: state: is not a known key; did you mean states?']);
  });

  it('that are absent are one mistake, at the line that names them', () => {
    scratch.write('device.yaml', smallDevice);
    expect(mistakesOf(smallExperiment.replace('{ model: ideal }', 'devise.yaml'))).toEqual([
      `e.yaml:7:9: device: no such file ${scratch.path('devise.yaml').replace(`${scratch.folder}/`, '')}; ` +
        'did you mean device.yaml?',
    ]);
  });

  it('that are absent are one mistake where values are laid upon them too', () => {
    const file = scratch.write('e.yaml', smallExperiment);
    const overrides = ['device=nowhere.yaml', 'device.states=8'].map(splitSet);
    expect(messageOf(() => loadExperiment(file, { overrides, cwd: scratch.folder }))).toMatch(
      /^--set device: no such file \S*nowhere\.yaml; [^\n]*$/,
    );
  });

  it.each([
    ['gMin: 1 nS', 'gMin: 20 nS', 'd.yaml:3:7: gMax: got 10 nS, expected more than gMin, 20 nS; swap gMin and gMax'],
    ['gMin: 1 nS', 'gMin: 1 V', `d.yaml:2:7: gMin: got the unit "V", expected a unit of conductance; ${hint}`],
    [
      'gMin: 1 nS',
      'gMin: 26 MOhm',
      'd.yaml:2:7: gMin: got the unit "MOhm", expected a unit of conductance; 26 MOhm is 38.46 nS',
    ],
    ['{ label: 2 }', '{ labl: 2 }', 'd.yaml:6:10: nonlinearity.ltp.labl: is not a known key; did you mean label?'],
    [
      '{ label: 2 }',
      '{}',
      'd.yaml:6:8: nonlinearity.ltp: got a mapping, expected one of { label: NL }, { a: A/Pmax } or { alpha: Pmax/A }',
    ],
    [
      '{ label: 2 }',
      '{ label: 2, a: 1 }',
      'd.yaml:6:20: nonlinearity.ltp.a: cannot stand together with the keys beside it; keep one of label, a, alpha',
    ],
  ])('%s written %s', (from, to, mistake) => {
    const file = scratch.write('d.yaml', smallDevice.replace(from, to));
    expect(messageOf(() => loadDevice(file)).replaceAll(`${scratch.folder}/`, '')).toBe(mistake);
  });
});

describe('measured tables', () => {
  const table = '# increasing\n0, 1e-9, 2e-9\n0, 1\n1e-10, 1e-10, 1e-10\n2e-10, 2e-10, 2e-10\n';
  const device = 'model: lookup-table\nfiles: { increasing: up.txt, decreasing: down.txt }\n';

  it('are read into the device, so that its record stands alone', () => {
    scratch.write('up.txt', table);
    scratch.write('down.txt', table.replaceAll(/([12])e-10/g, '-$1e-10'));
    const { config, resolved } = loadDevice(scratch.write('d.yaml', device));
    expect(config).toMatchObject({
      tables: {
        decreasing: {
          delta: [
            [-1e-10, -1e-10, -1e-10],
            [-2e-10, -2e-10, -2e-10],
          ],
        },
      },
    });
    expect(loadDevice(scratch.write('again.yaml', stringify(resolved))).config).toEqual(config);
  });

  it('show a mistake at the line that names them', () => {
    scratch.write('up.txt', table);
    scratch.write('down.txt', table.replace('2e-10', 'x'));
    const file = scratch.write('d.yaml', device);
    expect(messageOf(() => loadDevice(file)).replaceAll(`${scratch.folder}/`, '')).toBe(
      'd.yaml:2:42: files.decreasing: down.txt:5: column 1 is "x", expected a number' +
        '; the file must hold the bins, the CDF points, then one row per CDF point',
    );
  });

  it('may be those of a measurement, by its name', () => {
    scratch.write('down.txt', table.replaceAll(/([12])e-10/g, '-$1e-10'));
    const named = device.replace('up.txt', 'data:enode/dG_increasing');
    expect(messageOf(() => loadDevice(scratch.write('d.yaml', named))).replaceAll(`${scratch.folder}/`, '')).toBe(
      'd.yaml:2:22: files.increasing: got "data:enode/dG_increasing", expected data:enode/dG_increasing.txt or ' +
        'data:enode/dG_decreasing.txt; did you mean data:enode/dG_increasing.txt?',
    );
  });

  describe('of several devices', () => {
    const pair = (n: number): string => `  - { increasing: up${n}.txt, decreasing: down${n}.txt }\n`;
    const several = (...numbers: number[]): string => `model: lookup-table\nfiles:\n${numbers.map(pair).join('')}`;
    const write = (n: number, up = table): void => {
      scratch.write(`up${n}.txt`, up);
      scratch.write(`down${n}.txt`, up.replaceAll(/([12])e-10/g, '-$1e-10'));
    };
    const mistakeOf = (load: () => unknown): string => messageOf(load).replaceAll(`${scratch.folder}/`, '');

    it('are read pair by pair, and their record loads alike', () => {
      write(1);
      write(2, table.replaceAll('2e-10', '4e-10').replaceAll('4e-10', '2e-10'));
      const { config, resolved } = loadDevice(scratch.write('d.yaml', several(1, 2)));
      if (config.model !== 'lookup-table') throw new TypeError(config.model);
      expect(config.tables).toHaveLength(2);
      expect(config.tables).toMatchObject([{ increasing: { cdf: [0, 1] } }, { decreasing: { cdf: [0, 1] } }]);
      expect(loadDevice(scratch.write('again.yaml', stringify(resolved))).config).toEqual(config);
    });

    it('name the file that is absent, or is no table', () => {
      write(1);
      scratch.write('up2.txt', table.replace('2e-10', 'x'));
      const file = scratch.write('d.yaml', several(1, 2));
      expect(mistakeOf(() => loadDevice(file))).toBe(
        'd.yaml:4:19: files[1].increasing: up2.txt:5: column 1 is "x", expected a number' +
          '; the file must hold the bins, the CDF points, then one row per CDF point\n' +
          'd.yaml:4:40: files[1].decreasing: no such file down2.txt; did you mean down1.txt?',
      );
    });

    it('name the file of the pair whose range no other shares', () => {
      write(1);
      write(2, table.replace('0, 1e-9, 2e-9', '5e-9, 6e-9, 7e-9'));
      expect(mistakeOf(() => loadDevice(scratch.write('d.yaml', several(1, 2))))).toBe(
        'up2.txt:1:1: tables[1].increasing.conductance: got 5 nS to 7 nS, expected some of what the pairs before it ' +
          'share, 0 S to 2 nS',
      );
    });

    it('name the file of the pair that leads the wrong way in the window of the experiment', () => {
      for (const n of [1, 2]) write(n);
      const swapped = several(1) + '  - { increasing: down2.txt, decreasing: up2.txt }\n';
      scratch.write('d.yaml', swapped);
      const experiment = smallExperiment
        .replace('{ model: ideal }', 'd.yaml')
        .replace('units: 4', '{ units: 4, weightLimit: 1 }')
        .replace('units: 10', '{ units: 10, weightLimit: 1 }');
      expect(mistakeOf(() => loadExperiment(scratch.write('e.yaml', experiment)))).toBe(
        "down2.txt:1:1: device.tables[1].increasing: its mean ΔG over the crossbar's window has the wrong sign or is " +
          'zero; swap the two tables, or choose another window',
      );
    });

    it('are missed in an empty list', () => {
      expect(mistakeOf(() => loadDevice(scratch.write('d.yaml', 'model: lookup-table\nfiles: []\n')))).toBe(
        'd.yaml:2:8: files: got [], expected a mapping or a list of at least 1 value',
      );
    });

    it('have the origins that the file states for them', () => {
      write(1);
      write(2);
      const origins = "origin:\n  files: 'measured: here'\n  'tables[1]': 'measured: there'\n";
      const { parameters } = deviceSheet(scratch.write('d.yaml', several(1, 2) + origins));
      const originOf = (path: string) => parameters.find((one) => one.path === path)?.origin;
      expect(originOf('tables[0].increasing.cdf')).toBe('measured: here');
      expect(originOf('tables[1].decreasing.delta')).toBe('measured: there');
    });
  });

  it('are missed where there are none', () => {
    const file = scratch.write('d.yaml', 'model: lookup-table\n');
    expect(messageOf(() => loadDevice(file)).replaceAll(`${scratch.folder}/`, '')).toBe(
      'd.yaml:1:1: files: is missing, expected the paths of two measured tables; write files: { increasing: …, decreasing: … }',
    );
  });
});

describe('extends', () => {
  it('merges mappings and replaces lists and scalars, over several levels', () => {
    scratch.write('a.yaml', smallExperiment);
    scratch.write('b.yaml', 'extends: a.yaml\nname: b\nnetwork: { layers: [{ units: 10 }] }\n');
    const { config } = loadExperiment(scratch.write('c.yaml', 'extends: b.yaml\ntraining: { epochs: 7 }\n'));
    expect(config.name).toBe('b');
    expect(config.network.layers.map(({ units }) => units)).toEqual([10]);
    expect(config.training).toMatchObject({ learningRate: 0.1, epochs: 7 });
  });

  it('shows a mistake in the file that made it, and another in the file that changed it', () => {
    scratch.write('base.yaml', smallExperiment.replace('epochs: 1', 'epochs: 0'));
    expect(mistakesOf('extends: base.yaml\ndataset: { name: cifar }\n')).toEqual([
      'base.yaml:10:11: training.epochs: got 0, expected a whole number from 1 to 1000000',
      'e.yaml:2:18: dataset.name: got "cifar", expected one of mnist, orhd',
    ]);
  });

  it('replaces a device by another file, and changes single values of one', () => {
    scratch.write('d.yaml', smallDevice);
    scratch.write('base.yaml', smallExperiment.replace('{ model: ideal }', 'd.yaml'));
    const limits = 'network: { layers: [{ units: 10, weightLimit: 1 }] }\n';
    const changed = scratch.write('e.yaml', `extends: base.yaml\n${limits}device: { states: 99 }\n`);
    expect(loadExperiment(changed).config.device).toMatchObject({ model: 'exponential', states: 99, gMax: 1e-8 });
    const ideal = scratch.write('f.yaml', 'extends: base.yaml\ndevice: { model: ideal }\n');
    expect(loadExperiment(ideal).config.device).toEqual({ model: 'ideal' });
  });

  it('inherits origins only of values that it leaves alone, and no description', () => {
    const origin = '  origin: { gMax: "paper: g", nonlinearity: "paper: n", states: "paper: s" }\n';
    const device = `device:\n${smallDevice.replaceAll(/^(?=.)/gm, '  ')}${origin}`;
    const own =
      'origin: { training: "paper: t", training.epochs: "paper: e", seed: "paper: x", network: "paper: y" }\n';
    const base = smallExperiment.replace('device: { model: ideal }\n', device) + own;
    scratch.write(
      'base.yaml',
      `description: base\nseed: 4\n${base.replaceAll(/units: (\d+)/g, '{ units: $1, weightLimit: 1 }')}`,
    );
    const change = 'training: { learningRate: 0.3 }\norigin: { seed: "defined: mine" }\n';
    const inner = 'device: { gMax: 20 nS, nonlinearity: { ltp: { label: 3 } } }\n';
    const { config } = loadExperiment(scratch.write('e.yaml', `extends: base.yaml\n${change}${inner}`));
    expect(config.description).toBeUndefined();
    expect(config.origin).toEqual({ 'training.epochs': 'paper: e', network: 'paper: y', seed: 'defined: mine' });
    expect(config.device).toMatchObject({ gMax: 2e-8, origin: { states: 'paper: s' } });
    expect(config.device.origin).not.toHaveProperty('gMax');
    expect(config.device.origin).not.toHaveProperty('nonlinearity');
  });

  it('refuses an origin of a value that there is not', () => {
    const origin = 'origin: { training.epoch: "paper: e", "network.layers[0].units": "paper: u" }\n';
    expect(mistakesOf(smallExperiment + origin)).toEqual([
      expect.stringMatching(/origin.*training\.epoch.* is not the path of a value; did you mean training\.epochs\?$/),
    ]);
  });

  it('refuses a circle, with the way round it', () => {
    scratch.write('b.yaml', 'extends: e.yaml\n');
    expect(mistakesOf('extends: b.yaml\n')).toEqual([
      'b.yaml:1:10: extends: extends itself: e.yaml -> b.yaml -> e.yaml; take one of these `extends` out',
    ]);
  });

  it('refuses an absent file at the line that names it', () => {
    expect(mistakesOf('name: x\nextends: nowhere.yaml\n')).toEqual([
      'e.yaml:2:10: extends: no such file nowhere.yaml; check the path',
    ]);
  });
});

describe('--set', () => {
  it('changes values, of list items too, in order', () => {
    const file = scratch.write('e.yaml', smallExperiment);
    const set = [
      'network.layers[0].units=20',
      'network.layers.0.units=21',
      'training={epochs: 3}',
      'crossbar.window=[0, 1]',
    ];
    const { config } = loadExperiment(file, { overrides: set.map(splitSet) });
    expect(config.network.layers[0]?.units).toBe(21);
    expect(config.training).toMatchObject({ learningRate: 0.1, epochs: 3 });
    expect(config.crossbar.window).toEqual([0, 1]);
  });

  it.each([
    ['training.epochs=0', '--set training.epochs: got 0, expected a whole number from 1 to 1000000'],
    ['training.learnRate=1', '--set training.learnRate: is not a known key; did you mean learningRate?'],
    [
      'network.layers[2].units=3',
      "--set network.layers[2].units: network.layers: got the index 2, expected 0 to 1; to change the list's length, " +
        'set all of network.layers',
    ],
    ['seed', '--set seed: expected path=value; write for example --set training.learningRate=0.05'],
    ['=3', '--set : expected path=value; write for example --set training.learningRate=0.05'],
    ['name.first=x', '--set name.first: name: is "small", which holds no further keys; set name itself'],
    ['seed=[1', '--set seed: is not valid YAML: got "[1", expected ], which closes the [ above; close it with ]'],
    ['training={epoch: 2}', '--set training: training.epoch: is not a known key; did you mean epochs?'],
  ])('refuses %s', (set, mistake) => {
    expect(mistakesOf(smallExperiment, set)).toEqual([mistake]);
  });

  it('takes a device file relative to the current folder', () => {
    const file = scratch.write(
      'deep/e.yaml',
      smallExperiment.replaceAll(/units: (\d+)/g, '{ units: $1, weightLimit: 1 }'),
    );
    scratch.write('d.yaml', smallDevice);
    const overrides = ['device=d.yaml', 'device.states=12'].map(splitSet);
    expect(loadExperiment(file, { overrides, cwd: scratch.folder }).config.device).toMatchObject({ states: 12 });
  });

  it('starts a device of another model anew, and takes shipped devices by name', () => {
    scratch.write('d.yaml', smallDevice);
    const file = scratch.write(
      'e.yaml',
      smallExperiment
        .replace('{ model: ideal }', 'd.yaml')
        .replaceAll(/units: (\d+)/g, '{ units: $1, weightLimit: 1 }'),
    );
    const load = (set: string) => loadExperiment(file, { overrides: [splitSet(set)] }).config.device;
    expect(load('device.model=ideal')).toEqual({ model: 'ideal' });
    expect(load('device=ag-wse2-qd')).toMatchObject({ model: 'exponential', gMax: 1e-6 });
  });

  it('does not blame an option for the rest of a section that the file lacks', () => {
    const text = smallExperiment.slice(0, smallExperiment.indexOf('training:'));
    expect(mistakesOf(text, 'training.epochs=3')).toEqual([
      'e.yaml:1:1: training.learningRate: is missing, expected a number > 0',
    ]);
  });

  it('does not leave a source standing for a value that it changed', () => {
    const origin = 'origin: { seed: "paper: one", network.layers: "paper: two", training.epochs: "paper: three" }\n';
    const file = scratch.write('e.yaml', smallExperiment + origin);
    const overrides = ['seed=3', 'network.layers[0].units=5'].map(splitSet);
    expect(loadExperiment(file, { overrides }).config.origin).toEqual({
      seed: 'defined: set on the command line',
      'network.layers': 'paper: two',
      'network.layers.0.units': 'defined: set on the command line',
      'training.epochs': 'paper: three',
    });
  });
});

describe('the resolved configuration', () => {
  it('loads again alike, quantities as written and defaults put in', () => {
    scratch.write('d.yaml', smallDevice);
    const text = smallExperiment.replace('{ model: ideal }', 'd.yaml');
    const file = scratch.write('e.yaml', text.replaceAll(/units: (\d+)/g, '{ units: $1, weightLimit: 1 }'));
    const { config, resolved } = loadExperiment(file);
    expect(resolved).toMatchObject({
      device: { gMax: '10 nS', readNoise: 0 },
      seed: 1,
      crossbar: { window: [0.25, 0.75] },
    });
    expect(loadExperiment(scratch.write('sub/again.yaml', stringify(resolved))).config).toEqual(config);
  });
});

describe('files of the other kind', () => {
  it('are named as what they are', () => {
    const [device, experiment] = [scratch.write('d.yaml', smallDevice), scratch.write('e.yaml', smallExperiment)];
    expect(messageOf(() => loadExperiment(device))).toBe(
      `${device}: is a device file, expected an experiment; see it with mho device show ${device}`,
    );
    expect(messageOf(() => loadDevice(experiment))).toContain(
      'is an experiment file, expected a device; train it with',
    );
  });
});

describe('files that cannot be read', () => {
  it('are usage errors with the nearest name', () => {
    const file = scratch.write('e.yaml', smallExperiment).replace(/\.yaml$/, '');
    expect(() => loadExperiment(file)).toThrow(
      new UsageError({ where: 'experiment', what: `no such file ${file}`, remedy: 'did you mean e.yaml?' }),
    );
  });

  it('shipped experiments and devices go by their names in files too, unless a file beside has that name', () => {
    const extending = scratch.write('mine.yaml', 'extends: wse2-orhd\nname: mine\n');
    expect(loadExperiment(extending).config).toMatchObject({ name: 'mine', network: { layers: [{}, {}] } });
    const named = scratch.write('named.yaml', smallExperiment.replace('{ model: ideal }', 'ag-wse2-qd'));
    const limited = ['network.layers[0].weightLimit', 'network.layers[1].weightLimit'];
    const overrides = limited.map((path) => ({ path, value: '1', option: `--set ${path}` }));
    const shipped = loadExperiment(named, { overrides }).config.device;
    expect(shipped).toMatchObject({ model: 'exponential', name: 'Ag/WSe2 QDs/LSMO/STO' });
    scratch.write('ag-wse2-qd', smallDevice);
    expect(loadExperiment(named, { overrides }).config.device).not.toEqual(shipped);
    expect(mistakesOf('extends: wse2-orhdd\n')).toEqual([
      'e.yaml:1:10: extends: no such file wse2-orhdd, and no shipped experiment wse2-orhdd; did you mean wse2-orhd?',
    ]);
    expect(mistakesOf(smallExperiment.replace('{ model: ideal }', 'ag-wse2-qb'))[0]).toContain(
      'device: no such file ag-wse2-qb, and no shipped device ag-wse2-qb; did you mean ag-wse2-qd?',
    );
    expect(messageOf(() => loadExperiment('wse-orhd', { cwd: scratch.folder }))).toContain(
      'and no shipped experiment wse-orhd; did you mean wse2-orhd?',
    );
  });

  it('shipped experiments go by their names, unless a file has that name', () => {
    expect(loadExperiment('wse2-orhd', { cwd: scratch.folder }).config.name).toBe('wse2-orhd');
    expect(loadExperiment('neurosim/mlp', { cwd: scratch.folder }).config.network.layers).toHaveLength(2);
    scratch.write('wse2-orhd', smallExperiment);
    expect(loadExperiment('wse2-orhd', { cwd: scratch.folder }).config.name).toBe('small');
  });

  it('names the configuration inside a run folder', () => {
    scratch.write('run/config.yaml', smallExperiment);
    expect(messageOf(() => loadExperiment(scratch.path('run')))).toBe(
      `experiment: ${scratch.path('run')} is a folder, expected a YAML file; name its ${scratch.path('run', 'config.yaml')}`,
    );
  });
});

describe('the configurations that are shipped', () => {
  const experiments = readdirSync('configs/experiments', { recursive: true, encoding: 'utf8' }).filter(
    (file) => /(^|\/)[^_/]*\.yaml$/.test(file) && isLoadable(file),
  );

  it.each(experiments)('%s loads, and is named as its path', (file) => {
    expect(`${loadExperiment(`configs/experiments/${file}`).config.name}.yaml`).toBe(file.replace('/', '-'));
  });

  it.each(readdirSync('configs/devices').filter(isLoadable))(
    '%s states where each of its parameters comes from',
    (file) => {
      const { config } = loadDevice(`configs/devices/${file}`);
      const documentation = ['model', 'name', 'description', 'source', 'validity', 'origin'];
      const parameters = Object.keys(config).filter((key) => !documentation.includes(key));
      const stated = Object.keys(config.origin ?? {}).map((path) => path.split('.')[0]);
      expect(parameters.filter((key) => !stated.includes(key))).toEqual([]);
    },
  );

  it('holds the calibrated values of the papers', () => {
    const limits = (name: string) =>
      loadExperiment(`configs/experiments/${name}.yaml`).config.network.layers.map((layer) => layer.weightLimit);
    expect(limits('wse2-orhd')).toEqual([1.905, 4.246]);
    expect(limits('wse2-mnist')).toEqual([0.48, 2.31]);
    expect(limits('ws2-mnist')).toEqual([1]);
    expect(loadExperiment('configs/experiments/wse2-mnist.yaml').config).toMatchObject({
      device: { states: 30, cycleToCycle: 0.006, nonlinearity: { ltp: { label: 4.5 }, ltd: { label: 4.5 } } },
      training: { learningRate: 0.1, epochs: 40 },
    });
  });
});
