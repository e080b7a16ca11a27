import type { CrossbarState } from '../crossbar/program.js';
import type { LedgerState } from '../../kernels/ledger.js';
import type { Stay } from '../device/retention/law.js';
import type { MeterState } from './energy.js';

/** Where a trainer stands, whole: one of the same spec that takes it up comes to the same bits, since draws are keyed by step. */
export interface TrainerState {
  /** Epochs trained to their end. */
  readonly epoch: number;
  /** Samples trained on, a part of an epoch included. */
  readonly samples: number;
  /** Evaluations after whole epochs. */
  readonly evaluations: number;
  /** By layer. */
  readonly states: readonly CrossbarState[];
  readonly time: TimeState;
  /** Where energy is recorded. */
  readonly energy?: EnergyState | undefined;
}

/** What was recorded of pulses and reads. */
export interface EnergyState {
  /** By layer: since the meter last read them. */
  readonly ledgers: readonly LedgerState[];
  readonly meter: MeterState;
  /** Samples whose energy the meter has. */
  readonly metered: number;
}

/** What time has passed over the cells while training. */
export interface TimeState {
  /** Samples after which the cells last felt their temperature. */
  readonly driftedAt: number;
  /** Since training began [s]. */
  readonly elapsed: number;
  /** What the cells have yet to feel: by layer, then by class of traps. */
  readonly pending: readonly Pending[];
}

export type Pending = readonly (readonly Stay[])[];
