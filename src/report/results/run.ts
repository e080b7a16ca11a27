import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../../errors.js';
import { kindOf } from '../../experiment/files.js';
import { displayPath } from '../../experiment/place.js';
import { decodeSafetensors, type TensorFile } from '../../experiment/safetensors.js';

const fraction = z.number().nullable();

/** What a report needs of `run.json`; later versions may say more. */
const recordSchema = z.object({
  experiment: z.string(),
  otherDevice: z.string().nullable().default(null),
  status: z.enum(['complete', 'interrupted', 'failed']),
  error: z.string().nullable().default(null),
  seed: z.number(),
  backend: z.string(),
  epochs: z.number(),
  samples: z.number(),
  seconds: z.number(),
  trainSeconds: z.number(),
  samplesPerSecond: z.number().nullable(),
  initialAccuracy: fraction,
  accuracy: fraction,
  accuracyBeforeHold: fraction.default(null),
  retained: fraction.default(null),
  bestAccuracy: fraction,
  bestEpoch: z.number().nullable(),
  ideal: z.object({ status: z.string(), accuracy: fraction }).nullable().default(null),
  warnings: z.array(z.string()).default([]),
  startedAt: z.string(),
  finishedAt: z.string(),
  dataset: z.object({ name: z.string(), files: z.array(z.object({ name: z.string(), sha256: z.string() })) }),
  commandLine: z.array(z.string()),
  versions: z.object({
    mho: z.string(),
    node: z.string(),
    tfjs: z.string(),
    /** Of optional packages; null where one is not installed. */
    optional: z.record(z.string(), z.string().nullable()).default({}),
  }),
  commit: z.string().nullable(),
  platform: z.object({ os: z.string(), arch: z.string(), cpu: z.string(), cores: z.number() }),
});

export type RecordRead = z.output<typeof recordSchema>;

const epochSchema = z.object({
  epoch: z.number(),
  samples: z.number(),
  accuracy: z.number(),
  loss: z.number().nullable(),
  trainSeconds: z.number(),
  samplesPerSecond: z.number().nullable(),
});

export type EpochRead = z.output<typeof epochSchema>;

const hold = z.object({ elapsed: z.number(), temperature: z.number(), accuracy: z.number(), retained: fraction });
const point = z.object({
  device: z.string(),
  temperature: z.number(),
  time: z.number(),
  accuracy: z.number(),
  correct: z.number(),
  count: z.number(),
  loss: z.number(),
  retained: fraction,
});
const retentionSchema = z.object({
  trained: z.object({ accuracy: z.number() }),
  holds: z.array(hold),
  study: z.array(point).default([]),
});

export type RetentionRead = z.output<typeof retentionSchema>;

const use = z.object({
  samples: z.number(),
  potentiation: z.number(),
  depression: z.number(),
  erasure: z.number(),
  forwardReads: z.number(),
  backwardReads: z.number(),
});
const energySchema = z.object({
  leftOut: z.string(),
  total: use,
  epochs: z.array(use.extend({ epoch: z.number() })),
  latencyPerImage: z.object({ serial: z.number(), parallel: z.number() }),
});

export type EnergyRead = z.output<typeof energySchema>;

const confusionSchema = z.object({ matrix: z.array(z.array(z.number())) });
const indexSchema = z.object({ figures: z.array(z.looseObject({ kind: z.string(), file: z.string() })) });

/** A row of one of the run's tables: numbers by column, absent where the field is empty. */
export type Row = Readonly<Record<string, number>>;

/**
 * A run folder, or one in the making, as a report reads it. Files are read when they are asked for: of a sweep's thousand
 * runs few are drawn.
 */
export class RunRead {
  /** The whole configuration, as `config.yaml` holds it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Undefined of a run that is still going on. */
  readonly record: RecordRead | undefined;

  /** @param folder - absolute path */
  constructor(readonly folder: string) {
    this.config = z.record(z.string(), z.unknown()).parse(this.parsed('config.yaml', parseYaml) ?? {});
    this.record = this.json('run.json', recordSchema);
  }

  get status(): RecordRead['status'] | 'running' {
    return this.record?.status ?? 'running';
  }

  get seed(): number {
    return this.record?.seed ?? Number(this.config.seed ?? 1);
  }

  /** `wse2-orhd with taox`, where the device is another. */
  get label(): string {
    const other = this.config.otherDevice;
    const own = this.config.name;
    const name = this.record?.experiment ?? (typeof own === 'string' ? own : path.basename(this.folder));
    return typeof other === 'string' ? `${name} with ${other}` : name;
  }

  metrics(): EpochRead[] {
    return this.epochs('metrics.jsonl');
  }

  /** Of the ideal twin; none where none was trained. */
  idealMetrics(): EpochRead[] {
    return this.epochs('ideal-metrics.jsonl');
  }

  /** Row = true class, column = class recognised. */
  confusion(): readonly (readonly number[])[] | undefined {
    return this.json('confusion.json', confusionSchema)?.matrix;
  }

  retention(): RetentionRead | undefined {
    return this.json('retention.json', retentionSchema);
  }

  energy(): EnergyRead | undefined {
    return this.json('energy.json', energySchema);
  }

  /** A table of `figures/`; none where it was not recorded. */
  table(name: string): Row[] {
    const rows = this.parsed(`figures/${name}`, (text) => parseCsv<Record<string, string>>(text, { columns: true }));
    const numbers = (row: Record<string, string>): Row =>
      Object.fromEntries(
        Object.entries(row).flatMap(([key, value]) => (value === '' ? [] : [[key, Number(value)] as const])),
      );
    return (rows ?? []).map(numbers);
  }

  tensors(name: string): TensorFile | undefined {
    const bytes = this.bytes(name);
    return bytes && decodeSafetensors(bytes, displayPath(path.join(this.folder, name)));
  }

  /** What the index of `figures/` says of one kind. */
  sheet(kind: string): Readonly<Record<string, unknown>> | undefined {
    return this.json('figures/figures.json', indexSchema)?.figures.find((figure) => figure.kind === kind);
  }

  private epochs(name: string): EpochRead[] {
    const text = this.bytes(name)?.toString('utf8') ?? '';
    // The last line of a run that goes on may be half written.
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter((line) => line !== '').map((line) => this.checked(name, epochSchema, () => JSON.parse(line)));
  }

  private json<T>(name: string, schema: z.ZodType<T>): T | undefined {
    const text = this.bytes(name)?.toString('utf8');
    return text === undefined ? undefined : this.checked(name, schema, () => JSON.parse(text));
  }

  private checked<T>(name: string, schema: z.ZodType<T>, read: () => unknown): T {
    try {
      return schema.parse(read());
    } catch (error) {
      throw this.damaged(name, error);
    }
  }

  private parsed<T>(name: string, parse: (text: string) => T): T | undefined {
    const text = this.bytes(name)?.toString('utf8');
    try {
      return text === undefined ? undefined : parse(text);
    } catch (error) {
      throw this.damaged(name, error);
    }
  }

  private bytes(name: string): Buffer | undefined {
    const file = path.join(this.folder, name);
    return kindOf(file) === 'file' ? readFileSync(file) : undefined;
  }

  private damaged(name: string, cause: unknown): UsageError {
    const where = displayPath(path.join(this.folder, name));
    const reason = cause instanceof z.ZodError ? firstIssue(cause) : (cause as Error).message.split('\n', 1)[0]!;
    return new UsageError({
      where,
      what: `is not what mho run writes: ${reason}`,
      remedy: 'leave this folder out, or train it again',
    });
  }
}

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue === undefined ? 'not valid' : `${issue.path.map(String).join('.') || 'its content'}: ${issue.message}`;
}
