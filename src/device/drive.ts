import { z } from 'zod';
import { positiveQuantity, quantity } from './quantity.js';

const pulseSchema = z.strictObject({
  voltage: quantity('voltage').refine((value) => value !== 0, 'must not be zero'),
  width: positiveQuantity('time'),
  /** From the end of one pulse to the next one's start. */
  gap: quantity('time').refine((value) => value >= 0, 'must not be negative'),
});

/** The pulses and reads that a device is driven with: what its energy and its time go by. */
export const driveSchema = z.strictObject({
  ltp: pulseSchema,
  ltd: pulseSchema,
  /** Of a cell of three terminals: what its pulses charge in the place of a current through the cell [F]. */
  gateCapacitance: positiveQuantity('capacitance').optional(),
  /** Depressing pulses that erase a cell, where pairs are written anew. */
  erasePulses: z.int().min(1).max(65_536).default(1),
  /** A read at the input 1. */
  read: z.strictObject({ voltage: positiveQuantity('voltage'), time: positiveQuantity('time') }),
});

export type Drive = z.output<typeof driveSchema>;
export type DrivenPulse = z.output<typeof pulseSchema>;

/** Energy of a pulse through an ohmic conductance: V·I·width [J]. */
export function pulseEnergy({ voltage, width }: Pick<DrivenPulse, 'voltage' | 'width'>, conductance: number): number {
  return voltage * voltage * conductance * width;
}

/** Energy of a pulse on a gate, which it charges and lets go again: C·V² [J]. */
export function gatePulseEnergy({ voltage }: Pick<DrivenPulse, 'voltage'>, capacitance: number): number {
  return voltage * voltage * capacitance;
}

/** Energy of a read at the input 1 [J]. */
export function readEnergy({ voltage, time }: Drive['read'], conductance: number): number {
  return voltage * voltage * conductance * time;
}
