import type { ChosenBackend } from '../ops/backend.js';
import type { EnergyReport, EnergyUse } from '../training/energy.js';
import type { CheckFailure } from './checks.js';
import type { ExperimentConfig } from './schema.js';

/** What none of the figures contains, which are of cells alone, each at the whole voltage. */
export const leftOut =
  'everything beside the cells (converters, drivers, sense amplifiers, wires, access transistors, reference columns) and the reading of test images';

/** `energy.json`: joules, pulses and seconds, by epoch and in all, and of an image. */
export function energyFile(report: EnergyReport): object {
  const { epochs, total, layers, latency } = report;
  return {
    units: { energy: 'J', time: 's' },
    leftOut,
    total,
    perImage: perImage(total),
    latencyPerImage: latency,
    epochs: epochs.map((use, i) => ({ epoch: i + 1, ...use })),
    pulsesPerCell: layers,
  };
}

export function writing({ potentiation, depression, erasure }: EnergyUse): number {
  return potentiation + depression + erasure;
}

export function reading({ forwardReads, backwardReads }: EnergyUse): number {
  return forwardReads + backwardReads;
}

/** Of one training image. A forward read alone is what recognising an image takes. */
export function perImage(use: EnergyUse) {
  const of = (joules: number): number => (use.samples === 0 ? 0 : joules / use.samples);
  return { writing: of(writing(use)), reading: of(reading(use)), forwardReads: of(use.forwardReads) };
}

/** Where `auto` is not free to choose: no ledger is kept on a GPU. */
export function backendForEnergy({
  record,
  backend,
}: Pick<ExperimentConfig, 'record' | 'backend'>): ChosenBackend | undefined {
  if (!record.energy || backend !== 'auto') return undefined;
  return { backend: 'wasm', reason: 'auto: energies are asked for, which are recorded on wasm and cpu alone' };
}

/** Energies need cells, and what they are driven with. */
export function energyFailures({ record, device, backend }: ExperimentConfig): CheckFailure[] {
  if (!record.energy) return [];
  const path = ['record', 'energy'];
  if (device.model === 'ideal') {
    return [{ path, what: 'asks for energies, but the ideal device has no cells', remedy: 'take it out' }];
  }
  const driven: CheckFailure[] = device.drive
    ? []
    : [
        {
          path,
          what: 'asks for energies, but the device does not say what it is driven with',
          remedy: 'write drive in the device',
        },
      ];
  const elsewhere: CheckFailure[] =
    backend === 'webgpu' || backend === 'tensorflow'
      ? [
          {
            path,
            what: `asks for energies, which are not recorded on ${backend}: its kernels move many cells at once and keep no ledger`,
            remedy: 'take backend: wasm',
          },
        ]
      : [];
  return [...driven, ...elsewhere];
}
