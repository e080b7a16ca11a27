import type { Effect, Setup } from '../../crossbar/effects/effect.js';
import { effects } from '../../crossbar/effects/registry.js';
import { tryWithout, withoutEffects } from '../../crossbar/effects/remove.js';
import { UsageError, nearestName } from '../../errors.js';
import { namedConfig } from '../files.js';
import { loadExperiment } from '../loader.js';
import { splitSet, type OverrideText } from '../overrides.js';
import { ConfigError } from '../place.js';
import { maxSeed } from '../seed.js';
import { setupOf } from '../../training/network.js';

/** One configuration that is trained over all seeds: the experiment with values laid upon it. */
export interface Variant {
  /** As progress and messages name it: `device without converters`. */
  readonly name: string;
  /** Values that make it of the experiment, as `mho run --set` takes them. */
  readonly sets: readonly string[];
}

/** Two variants whose runs are paired seed by seed; the cost is how much better `better` is than `worse`. */
export interface Comparison {
  readonly better: Variant;
  readonly worse: Variant;
}

/** An effect, or another coding, and what is compared to tell what it costs. */
export interface PlannedRow {
  readonly name: string;
  readonly summary: string;
  /** In the device's company: the device without it against the device. Null with a reason where it cannot be. */
  readonly inDevice: Comparison | null;
  /** By itself: float weights against float weights with it alone. */
  readonly alone: Comparison | null;
  /** What the reader must know of this row. */
  readonly note: string | null;
  /** Whether the row is one of the parts that lie between the device and the ideal. */
  readonly part: boolean;
}

export interface AbsentRow {
  readonly name: string;
  readonly why: string;
}

export interface AblationPlan {
  readonly experiment: string;
  readonly dataset: string;
  /** Absolute path. */
  readonly file: string;
  readonly cwd: string;
  /** Values laid upon every variant, as `--set` takes them. */
  readonly overrides: readonly string[];
  readonly seeds: readonly number[];
  readonly device: Variant;
  readonly ideal: Variant;
  readonly rows: readonly PlannedRow[];
  readonly absent: readonly AbsentRow[];
}

export interface PlanRequest {
  readonly file: string;
  /** Values laid upon every variant. */
  readonly overrides: readonly OverrideText[];
  /** Names of effects to switch; all unless told. */
  readonly chosen?: readonly string[] | undefined;
  /** Number of seeds, from the experiment's own upwards. */
  readonly seeds: number;
  readonly cwd?: string | undefined;
}

/**
 * Works out what is trained. Trains nothing.
 * @throws ConfigError, UsageError for what is wrong with the experiment or the choice of effects
 */
export function planAblation(request: PlanRequest): AblationPlan {
  const { file, overrides, seeds, chosen, cwd = process.cwd() } = request;
  const { config } = loadExperiment(file, { overrides, cwd });
  const setup = withoutEffects(setupOf(config), config.without);
  const planner = new Planner(request, setup, config.without, cwd);
  const wanted = chosenEffects(chosen);
  const there = wanted.filter((effect) => effect.absence(setup) === undefined);
  if (there.length === 0) {
    const what = `has none of the effects ${wanted.map(({ name }) => name).join(', ')}`;
    throw new UsageError({ where: config.name, what, remedy: 'name an experiment with a device that has cells' });
  }
  return {
    ...{ experiment: config.name, dataset: config.dataset.name, file: namedConfig('experiments', file, cwd), cwd },
    overrides: overrides.map(({ path: at, value }) => `${at}=${value}`),
    seeds: seedsFrom(config.seed, seeds),
    device: planner.device,
    ideal: planner.ideal,
    rows: there.flatMap((effect) => planner.rows(effect)),
    absent: wanted.flatMap((effect) => {
      const why = config.without.includes(effect.name) ? 'the experiment is without it' : effect.absence(setup);
      return why === undefined ? [] : [{ name: effect.name, why }];
    }),
  };
}

function seedsFrom(first: number, count: number): number[] {
  if (first <= maxSeed - (count - 1)) return Array.from({ length: count }, (_, i) => first + i);
  const what = `${count} seeds from ${first} upwards leave 0 to 2^53 - 1`;
  throw new UsageError({ where: 'seed', what, remedy: 'start from a smaller seed' });
}

/** @throws UsageError where a name is no effect's */
function chosenEffects(names: readonly string[] | undefined): readonly Effect[] {
  if (!names) return effects;
  const known = effects.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return effects.filter(({ name }) => names.includes(name));
  const near = nearestName(unknown, known);
  const remedy = near === undefined ? undefined : { remedy: `did you mean ${near}?` };
  const what = `got ${JSON.stringify(unknown)}, expected any of ${known.join(', ')}`;
  throw new UsageError({ where: '--effects', what, ...remedy });
}

class Planner {
  readonly device: Variant = { name: 'device', sets: [] };
  readonly ideal: Variant;
  /** Effects that the experiment has and that can be switched off. */
  private readonly present: readonly string[];

  constructor(
    private readonly request: PlanRequest,
    private readonly setup: Setup,
    private readonly base: readonly string[],
    private readonly cwd: string,
  ) {
    const there = effects.filter((effect) => effect.absence(setup) === undefined && !effect.alternatives);
    this.present = there.map(({ name }) => name);
    this.ideal = this.without('ideal', this.present);
  }

  rows(effect: Effect): PlannedRow[] {
    const { name, summary } = effect;
    const others = effect.alternatives?.(this.setup);
    if (others) return others.map((other) => this.otherRow(effect, other.name, other.set));
    const inDevice = this.inDevice(name);
    const alone = this.alone(name);
    const notes = [inDevice.note, alone.note].filter((note) => note !== null);
    return [
      {
        ...{ name, summary, part: true },
        inDevice: inDevice.comparison,
        alone: alone.comparison,
        note: notes.length === 0 ? null : notes.join('; '),
      },
    ];
  }

  private inDevice(name: string): { comparison: Comparison | null; note: string | null } {
    const { blocked } = tryWithout(this.setup, [name]);
    if (blocked) return { comparison: null, note: `not applicable in the device: ${blocked.what}` };
    const better = this.without(`device without ${name}`, [name]);
    return { comparison: { better, worse: this.device }, note: null };
  }

  /** Where what is left cannot go without another effect, that one stays on both sides of the comparison. */
  private alone(name: string): { comparison: Comparison; note: string | null } {
    const others = this.present.filter((one) => one !== name);
    const { blocked } = tryWithout(this.setup, others);
    if (!blocked) return { comparison: { better: this.ideal, worse: this.only([name]) }, note: null };
    const companion = blocked.effect.name;
    const comparison = { better: this.only([companion]), worse: this.only([name, companion]) };
    return { comparison, note: `alone: beside ${companion}, because ${blocked.what}` };
  }

  private only(names: readonly string[]): Variant {
    const others = this.present.filter((one) => !names.includes(one));
    return this.without(`ideal with ${names.join(' and ')} alone`, others);
  }

  private without(name: string, names: readonly string[]): Variant {
    return { name, sets: names.length === 0 ? [] : [`without=[${[...this.base, ...names].join(', ')}]`] };
  }

  private otherRow({ name, summary }: Effect, other: string, set: string): PlannedRow {
    const better = { name: `device with ${name} ${other}`, sets: [set] };
    const refused = this.refusal(set);
    return {
      ...{ name: `${name}: against ${other}`, summary, part: false },
      inDevice: refused === null ? { better, worse: this.device } : null,
      alone: null,
      note: refused === null ? null : `not applicable: ${refused}`,
    };
  }

  /** Why the experiment cannot have a value; null where it can. */
  private refusal(set: string): string | null {
    const overrides = [...this.request.overrides, splitSet(set)];
    try {
      loadExperiment(this.request.file, { overrides, cwd: this.cwd });
      return null;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.message.split('\n', 1)[0]!;
    }
  }
}
