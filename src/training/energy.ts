import type { LedgerEntry } from '../../kernels/ledger.js';
import type { OnlineSgdProgram } from '../../kernels/online-sgd/contract.js';
import { gatePulseEnergy, pulseEnergy, readEnergy, type Drive, type DrivenPulse } from '../device/drive.js';

/** What training took, in joules and pulses. */
export interface EnergyUse {
  /** Samples trained on. */
  readonly samples: number;
  /** J */
  readonly potentiation: number;
  readonly depression: number;
  readonly erasure: number;
  readonly forwardReads: number;
  readonly backwardReads: number;
  /** Pulses of each kind; an erasure counts as many as it takes. */
  readonly pulses: { readonly potentiating: number; readonly depressing: number; readonly erasing: number };
}

/** What the cells of one layer went through. */
export interface LayerWear {
  /** Pulses of a cell: of the one that had most, and on average. An erasure counts as one. */
  readonly mostPulses: number;
  readonly meanPulses: number;
}

export interface EnergyReport {
  /** By epoch; of one that was cut short, what it came to. */
  readonly epochs: readonly EnergyUse[];
  readonly total: EnergyUse;
  readonly layers: readonly LayerWear[];
  /** Seconds of an image, on average: all pulses one after the other, and all of a direction and a layer at once. */
  readonly latency: { readonly serial: number; readonly parallel: number };
}

/** What a meter has read so far. */
export interface MeterState {
  readonly epochs: readonly EnergyUse[];
  /** By layer and polarity: pulses of each cell, an erasure counted as one. */
  readonly wear: readonly (readonly Float64Array[])[];
}

/** Turns what kernels record into joules: ohmic cells or gates, at the device's voltages, widths and read time. */
export class EnergyMeter {
  private readonly epochs: EnergyUse[] = [];
  /** By layer and polarity; whole numbers that a double holds. */
  private readonly wear: Float64Array[][];

  /** @param from - what another meter of the same training had read */
  constructor(
    private readonly program: OnlineSgdProgram,
    private readonly drive: Drive,
    from?: MeterState,
  ) {
    this.epochs.push(...(from?.epochs ?? []));
    this.wear = program.layers.map((_, l) => from?.wear[l]?.map((counts) => counts.slice()) ?? []);
  }

  get lastEpoch(): EnergyUse | undefined {
    return this.epochs.at(-1);
  }

  state(): MeterState {
    return structuredClone({ epochs: this.epochs, wear: this.wear });
  }

  /** Takes what was recorded over some samples: an epoch, or what there was of one. */
  add(entries: readonly LedgerEntry[], samples: number): void {
    if (samples === 0) return;
    this.epochs.push(entries.map((entry) => this.useOf(entry, samples)).reduce(sumOf));
    entries.forEach(({ pulses }, l) => {
      [pulses.plus, pulses.minus].forEach((counts, polarity) => {
        const worn = (this.wear[l]![polarity] ??= new Float64Array(counts.length));
        counts.forEach((count, cell) => (worn[cell]! += count));
      });
    });
  }

  report(): EnergyReport {
    const total = this.epochs.reduce(sumEpochs, nothing);
    return { epochs: this.epochs, total, layers: this.wear.map(wearOf), latency: this.latencyOf(total) };
  }

  private useOf({ columns }: LedgerEntry, samples: number): EnergyUse {
    const { ltp, ltd, read, erasePulses, gateCapacitance } = this.drive;
    const siemens = (name: keyof typeof columns): number => total(columns[name]) * this.range();
    const pulses = (pulse: DrivenPulse, number: 'up' | 'down' | 'erasures', work: keyof typeof columns): number => {
      if (gateCapacitance !== undefined) return total(columns[number]) * gatePulseEnergy(pulse, gateCapacitance);
      return pulseEnergy(pulse, siemens(work));
    };
    return {
      samples,
      potentiation: pulses(ltp, 'up', 'upWork'),
      depression: pulses(ltd, 'down', 'downWork'),
      erasure: erasePulses * pulses(ltd, 'erasures', 'erasedWork'),
      forwardReads: readEnergy(read, siemens('forward')),
      backwardReads: readEnergy(read, siemens('backward')),
      pulses: {
        potentiating: total(columns.up),
        depressing: total(columns.down),
        erasing: erasePulses * total(columns.erasures),
      },
    };
  }

  /** gMax − gMin [S]. */
  private range(): number {
    const { response } = this.program.layers[0]!.crossbar;
    return response.kind === 'ideal' ? 0 : response.gMax - response.gMin;
  }

  private latencyOf({ samples, pulses }: EnergyUse): EnergyReport['latency'] {
    const { ltp, ltd, read } = this.drive;
    const [up, down] = [ltp.width + ltp.gap, ltd.width + ltd.gap];
    const { length } = this.program.layers;
    const reads = (2 * length - 1) * read.time;
    const depresses = pulses.depressing + pulses.erasing > 0;
    const writes = pulses.potentiating * up + (pulses.depressing + pulses.erasing) * down;
    const serial = samples === 0 ? 0 : reads + writes / samples;
    // Where few images ask for a pulse, one by one is the shorter.
    return { serial, parallel: Math.min(serial, reads + length * (up + (depresses ? down : 0))) };
  }
}

const nothing: EnergyUse = {
  ...{ samples: 0, potentiation: 0, depression: 0, erasure: 0, forwardReads: 0, backwardReads: 0 },
  pulses: { potentiating: 0, depressing: 0, erasing: 0 },
};

/** Of the same samples. */
function sumOf(a: EnergyUse, b: EnergyUse): EnergyUse {
  return { ...sumEpochs(a, b), samples: a.samples };
}

function sumEpochs(a: EnergyUse, b: EnergyUse): EnergyUse {
  return {
    samples: a.samples + b.samples,
    potentiation: a.potentiation + b.potentiation,
    depression: a.depression + b.depression,
    erasure: a.erasure + b.erasure,
    forwardReads: a.forwardReads + b.forwardReads,
    backwardReads: a.backwardReads + b.backwardReads,
    pulses: {
      potentiating: a.pulses.potentiating + b.pulses.potentiating,
      depressing: a.pulses.depressing + b.pulses.depressing,
      erasing: a.pulses.erasing + b.pulses.erasing,
    },
  };
}

/** Erasures stand in a cell's count as one pulse: the ledger knows events. */
function wearOf(polarities: readonly Float64Array[]): LayerWear {
  const cells = polarities.reduce((sum, { length }) => sum + length, 0);
  const all = polarities.reduce((sum, counts) => sum + counts.reduce((a, b) => a + b, 0), 0);
  const most = polarities.map((counts) => counts.reduce((a, b) => Math.max(a, b), 0));
  return { mostPulses: Math.max(0, ...most), meanPulses: cells === 0 ? 0 : all / cells };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
