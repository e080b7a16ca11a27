import { describe, expect, it } from 'vitest';
import { csvOf, figureFiles, type Figure } from '../../../src/report/figures/figure.js';
import { axisOf } from '../../../src/report/figures/sweep-axis.js';
import { entangled, mainEffects, mostDots } from '../../../src/report/figures/sweep-cloud.js';
import { averageOf, linePlans } from '../../../src/report/figures/sweep-lines.js';
import { sharedRange, sweepFigures, viewOf, type SweepView } from '../../../src/report/figures/sweep.js';
import type { PointValue, SweepRead, TrialRead } from '../../../src/report/results/sweep.js';

type Axes = Readonly<Record<string, readonly PointValue[]>>;
type Point = Readonly<Record<string, PointValue>>;

/** Every combination of the axes, the last one fastest. */
function gridOf(axes: Axes): Point[] {
  return Object.entries(axes).reduce<Point[]>(
    (points, [path, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [path]: value }))),
    [{}],
  );
}

interface Made {
  readonly points?: readonly Point[];
  readonly seeds?: number;
  readonly accuracy?: (point: Point, seed: number) => number;
  readonly more?: Partial<SweepRead>;
}

function sweepOf(axes: Axes, { points = gridOf(axes), seeds = 1, accuracy = () => 0.5, more }: Made = {}): SweepRead {
  const trials = points.flatMap((point, p) =>
    Array.from({ length: seeds }, (_, seed): TrialRead => {
      const index = p * seeds + seed;
      const rest = { folder: '', error: null, seconds: 1, code: null, started: null, status: 'finished' } as const;
      return { ...rest, hash: `${index}`, index, point, seed, accuracy: accuracy(point, seed) };
    }),
  );
  return {
    ...{ folder: '', folders: [''], name: 's', title: undefined, description: undefined, digest: 'd', design: 'grid' },
    ...{ experiment: {}, overrides: [] },
    axes: Object.entries(axes).map(([path, values]) => ({ path, values, scale: undefined, ends: undefined })),
    paths: Object.keys(axes),
    ...{ along: new Map<string, string[]>(), trials, running: 0, most: trials.length, conditioned: false, damaged: [] },
    ...more,
  };
}

function drawn(view: SweepView): Figure[] {
  return sweepFigures(view, 'sweep-1', sharedRange(view, [view]));
}

const figureOf = (sweep: SweepRead, end: string): Figure =>
  drawn(viewOf(sweep)).find(({ name }) => name.endsWith(end))!;
const rows = ({ table }: Figure): string[] => csvOf(table).trim().split('\n');
const textOf = (figure: Figure): string => JSON.stringify(figure);

interface Encoding {
  readonly scale: { readonly type: string; readonly domain: readonly number[] };
  readonly axis: { readonly values?: readonly number[] };
  readonly title: string;
}

function encodingOf(sweep: SweepRead, path: string): Encoding {
  return axisOf(sweep, path, viewOf(sweep).points).encoding as Encoding;
}

describe('a grid of which little is there', () => {
  const axes = { a: [1, 2, 3, 4], b: [1, 2, 3, 4] };
  const points = gridOf(axes).slice(0, 3);

  it('is a grid already, unless conditions may have left the rest out', () => {
    const view = (more: Partial<SweepRead>) => viewOf(sweepOf(axes, { points, more }));
    expect(view({ most: 16 }).isGrid).toBe(true);
    expect(view({ most: 16, conditioned: true, running: 1 }).isGrid).toBe(false);
    expect(view({ most: 3 }).isGrid).toBe(false);
  });

  it('is drawn with the places of all its points', async () => {
    const sweep = sweepOf(axes, { points, more: { most: 16 } });
    expect(textOf(figureOf(sweep, 'map'))).toContain('Cells without colour were left out by the sweep, or have no');
    for (const figure of drawn(viewOf(sweep))) {
      const [[, svg] = []] = (await figureFiles(figure, true)).filter(([name]) => name.endsWith('.svg'));
      expect(String(svg)).not.toMatch(/NaN|undefined|Infinity/);
    }
    expect(viewOf(sweep).axes.map(({ values }) => values)).toEqual([axes.a, axes.b]);
  });
});

describe('axes of a sweep', () => {
  it.each([
    [[8, 16, 32, 64, 128], 'log'],
    [[1, 2, 4], 'log'],
    [[0, 1, 2, 4], 'linear'],
    [[10, 20, 30, 40], 'linear'],
    [[1, 2], 'linear'],
  ])('of %j is %s, with a tick at each value', (values, type) => {
    const { scale, axis } = encodingOf(sweepOf({ 'device.states': values }), 'device.states');
    expect(scale.type).toBe(type);
    expect(axis.values).toEqual(values);
    expect(scale.domain[0]).toBeLessThan(values[0]!);
    expect(scale.domain[1]).toBeGreaterThan(values.at(-1)!);
  });

  it('is logarithmic where the sweep says so, and spans the range of the design', () => {
    const axes = [{ path: 'a', values: [], scale: 'log', ends: ['10 uS', '100 uS'] }] as const;
    const points = [12, 15, 20, 30, 44, 50, 55, 60, 65, 70, 75, 80].map((value) => ({ a: `${value} uS` }));
    const sweep = sweepOf({ a: [] }, { points, more: { axes, design: 'latin-hypercube' } });
    const { scale, axis, title } = encodingOf(sweep, 'a');
    expect([scale.type, title, axis.values]).toEqual(['log', 'a (µS)', [10, 20, 50, 100]]);
    expect(scale.domain[0]).toBeLessThan(10);
    expect(scale.domain[1]).toBeGreaterThan(100);
  });

  it.each([
    ['device.cycleToCycle', [0, 0.1], 'cycle-to-cycle σ (fraction of range)'],
    ['device.gMin', ['1 uS', '2 uS'], 'G_min (µS)'],
    ['device.gMin', ['100 nS', '0.2 uS'], 'G_min (nS)'],
    ['conditions.hold[0].temperature', ['25 degC', '298.15 K'], 'hold temperature (°C)'],
    ['conditions.hold[1].time', ['1 s', '1 min'], 'time of hold 2 (s)'],
    ['network.layers[0].units', [36, 72], 'units of layer 1'],
    ['some.other', [1, 2], 'some.other'],
  ])('names %s of %j as the field does', (path, values, title) => {
    const sweep = sweepOf({ [path]: values });
    const axis = axisOf(sweep, path, viewOf(sweep).points);
    expect([axis.title, axis.numeric]).toEqual([title, true]);
  });

  it('takes quantities of several units for what they are', () => {
    const sweep = sweepOf({ 'conditions.hold[0].time': ['1 s', '1 min', '1 h'] });
    const axis = axisOf(sweep, 'conditions.hold[0].time', viewOf(sweep).points);
    expect(axis.values.map((value) => axis.place(value))).toEqual([1, 60, 3600]);
  });

  it('keeps words in the order of the sweep, and speaks of axes that step together once', () => {
    const [ltp, ltd] = ['device.nonlinearity.ltp.label', 'device.nonlinearity.ltd.label'];
    const points = [0, 4].flatMap((label) => ['two', 'one'].map((word) => ({ [ltp]: label, [ltd]: label, word })));
    const more = { along: new Map([[ltp, [ltd]]]), paths: [ltp, 'word'] };
    const view = viewOf(sweepOf({ [ltp]: [0, 4], word: ['two', 'one'] }, { points, more }));
    expect(view.axes.map(({ title, values }) => [title, values])).toEqual([
      ['nonlinearity label', [0, 4]],
      ['word', ['two', 'one']],
    ]);
    expect(drawn(view)[0]!.caption).toContain('nonlinearity label, LTD steps along with nonlinearity label, LTP.');
  });
});

describe('figures of a sweep', () => {
  const axes = { x: [3, 1, 2], y: [20, 10] };

  it('have their tables in the order of the axes', () => {
    const [head, ...body] = rows(figureOf(sweepOf(axes), '-map'));
    expect(head).toBe('x,y,seeds,mean,sd,median,min,max');
    expect(body.map((row) => row.split(',').slice(0, 2).join(' '))).toEqual(
      ['1 10', '1 20', '2 10', '2 20', '3 10', '3 20'], // prettier-ignore
    );
  });

  it('keep the place of cells that a condition left out', () => {
    const points = gridOf({ ...axes, z: [1, 2] }).filter(({ x, y, z }) => !(z === 2 && (x === 3 || y === 20)));
    const { panels, caption } = figureOf(sweepOf({ ...axes, z: [1, 2] }, { points }), '-map');
    const domains = panels.map((panel) => {
      const [{ encoding }] = (panel as { layer: [{ encoding: { x: Encoding; y: Encoding } }] }).layer;
      return [encoding.x.scale.domain, encoding.y.scale.domain];
    });
    expect(domains).toHaveLength(2);
    expect(domains[1]).toEqual(domains[0]);
    expect(domains[0]![0]).toEqual([0, 1, 2]);
    expect(caption).toContain('Cells without colour were left out');
  });

  it('say over how many seeds, and how far the sweep is', () => {
    const half = sweepOf(axes, { seeds: 2, more: { most: 24, title: 'A map' } });
    expect(figureOf(half, '-lines').subtitle).toEqual([
      'A map',
      'mean ± 1 sd over 2 seeds · 12 of 24 trials are finished',
    ]);
    const experiment = { device: { name: 'cell' }, training: { epochs: 10 }, dataset: { name: 'orhd' } };
    const told = figureOf(sweepOf(axes, { more: { experiment } }), '-lines');
    expect(told.subtitle).toEqual(['one seed a point · ORHD · cell · 10\u00a0epochs']);
    const whole = figureOf(sweepOf(axes), '-lines');
    expect(whole.subtitle).toEqual(['one seed a point']);
    expect(whole.caption).not.toMatch(/band|deviation/);
  });

  it('have bands of the seeds alone, whatever is averaged', () => {
    const accuracy = ({ z }: Point, seed: number): number => 0.3 + 0.1 * Number(z) + 0.01 * seed;
    const view = viewOf(sweepOf({ ...axes, z: [0, 1, 2, 3] }, { seeds: 3, accuracy }));
    const at = view.points.filter(({ values }) => values.x === 1 && values.y === 10);
    const average = averageOf(at)!;
    expect(average.mean).toBeCloseTo(0.46, 12);
    expect(average.sd).toBeCloseTo(0.01, 12);
    expect(
      linePlans(view.axes).map(({ axis, split, averaged }) => [axis.label, split?.label, averaged.length]),
    ).toEqual([
      ['x', 'y', 1],
      ['y', 'x', 1],
      ['z', 'y', 1],
    ]);
  });

  it('do not take one colour for two things, nor bands for many lines', () => {
    const { panels } = figureOf(sweepOf({ x: [1, 2, 3, 4, 5], y: [1, 2, 3] }, { seeds: 2 }), '-lines');
    const colours = panels.map((panel) => [...new Set(JSON.stringify(panel).match(/#[0-9a-f]{6}/g))]);
    expect(colours.map(({ length }) => length)).toEqual([3, 5]);
    expect(colours[0]!.filter((colour) => colours[1]!.includes(colour))).toEqual([]);
    expect(panels.map((panel) => JSON.stringify(panel).includes('"area"'))).toEqual([true, false]);
  });

  it('have plain ticks where all points are alike', async () => {
    const alike = figureOf(sweepOf({ x: [1, 2] }, { accuracy: () => 0.55870896 }), '-lines');
    const [, svg] = (await figureFiles(alike))[1]!;
    expect(svg).toContain('>55.5<');
    expect(svg).not.toMatch(/>55\.8\d+</);
  });

  it('take one colour for one thing in all their panels', () => {
    const axesOfThree = { x: [1, 2, 3], z: [1, 2, 3, 4], y: ['two', 'one'] };
    const { panels } = figureOf(sweepOf(axesOfThree, { seeds: 2 }), '-lines');
    const colours = panels.map((panel) => [...new Set(JSON.stringify(panel).match(/#[0-9a-f]{6}/g))]);
    expect(colours).toHaveLength(2);
    expect(colours[0]).toEqual(colours[1]);
  });

  it('are of one range of colours where sweeps are over the same axes', () => {
    const views = [0.2, 0.7].map((level) =>
      viewOf(sweepOf(axes, { accuracy: ({ x }) => level + 0.01 * Number(x) })),
    ) as [SweepView, SweepView];
    const other = viewOf(sweepOf({ x: [1, 2], z: [1, 2] }, { accuracy: () => 0 }));
    const [low, high] = sharedRange(views[0], [...views, other]);
    expect(low).toBeCloseTo(21, 9);
    expect(high).toBeCloseTo(73, 9);
  });

  it('draw large maps as one picture, of 400 values a side too', async () => {
    const side = Array.from({ length: 400 }, (_, i) => i);
    const sweep = sweepOf({ x: side, y: side }, { accuracy: ({ x, y }) => (Number(x) + Number(y)) / 800 });
    const map = figureOf(sweep, '-map');
    expect(textOf({ ...map, table: { head: [], rows: [] } }).length).toBeLessThan(1_000_000);
    const [, svg] = (await figureFiles({ ...map, table: { head: [], rows: [] } }))[1]!;
    expect(svg).toContain('<image');
    expect(svg).not.toMatch(/NaN|undefined/);
  }, 30_000);
});

describe('a Latin hypercube', () => {
  const unit = (i: number, step: number): number => (i * step) % 1;
  const cloud = (count: number, more: Partial<SweepRead> = {}): SweepRead => {
    const points = Array.from({ length: count }, (_, i) => ({
      ...{ a: unit(i, 0.618034), b: unit(i, 0.414214), c: unit(i, 0.732051) },
    }));
    const accuracy = ({ a, b }: Point): number => 0.4 + 0.4 * Number(a) ** 3 - 0.02 * Number(b);
    return sweepOf({ a: [], b: [], c: [] }, { points, accuracy, more: { design: 'latin-hypercube', ...more } });
  };

  it('has a panel for each parameter, and its effects with their intervals', () => {
    const view = viewOf(cloud(200));
    expect(drawn(view).map(({ name, panels }) => [name, panels.length])).toEqual([
      ['sweep-1-map', 1],
      ['sweep-1-lines', 3],
    ]);
    const effects = mainEffects(view.points, view.axes);
    expect(effects[0]!.axis.path).toBe('a');
    expect(effects[0]!.correlation.rho).toBeGreaterThan(0.95);
    for (const { correlation } of effects) {
      expect(correlation.low!).toBeLessThan(correlation.rho);
      expect(correlation.high!).toBeGreaterThan(correlation.rho);
    }
    const last = effects.find(({ axis }) => axis.path === 'c')!.correlation;
    expect(last.low! < 0 && last.high! > 0).toBe(true);
    expect(entangled(view.points, view.axes)).toEqual([]);
  });

  it('says which parameters its conditions tied together', () => {
    const whole = cloud(200);
    const trials = whole.trials.filter(({ point }) => Math.abs(Number(point.a) - Number(point.b)) < 0.2);
    const view = viewOf({ ...whole, trials });
    expect(entangled(view.points, view.axes).map(({ axes: [a, b] }) => [a.path, b.path])).toEqual([['a', 'b']]);
    expect(drawn(view).at(-1)!.caption).toContain('a and b go together here (rank correlation 0.9');
  });

  it('of many points is drawn by slices, with every point in its table', () => {
    const [map, lines] = drawn(viewOf(cloud(16_000)));
    expect(textOf({ ...lines!, table: { head: [], rows: [] } }).length).toBeLessThan(60_000);
    expect((map!.panels[0] as { data: { values: unknown[] } }).data.values).toHaveLength(mostDots);
    expect(map!.table.rows).toHaveLength(16_000);
  }, 5000);
});
