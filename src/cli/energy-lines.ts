import { leftOut, perImage, reading, writing } from '../experiment/energy.js';
import type { EnergyReport } from '../training/energy.js';
import { formatQuantity } from '../units.js';
import { formatCount } from './progress.js';

/** What training took, in three lines. */
export function energyLines(report: EnergyReport | undefined): string[] {
  if (!report) return [];
  const { total, layers, latency } = report;
  const joules = (value: number): string => formatQuantity(value, 'energy');
  const seconds = (value: number): string => formatQuantity(value, 'time');
  const image = perImage(total);
  const most = Math.max(...layers.map(({ mostPulses }) => mostPulses));
  const worn = layers.map(({ meanPulses }) => formatCount(meanPulses)).join(', ');
  return [
    `energy of the cells in training: ${joules(writing(total))} writing, ${joules(reading(total))} reading; an image: ` +
      `${joules(image.writing)} writing, ${joules(image.reading)} reading, of which ${joules(image.forwardReads)} forward`,
    `pulses of a cell: at most ${formatCount(most)}, on average ${worn} by layer; an image takes from ` +
      `${seconds(latency.parallel)} (a layer's pulses of one direction at once) to ${seconds(latency.serial)} (one by one)`,
    `left out: ${leftOut}`,
  ];
}
