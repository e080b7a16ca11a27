import { cellExperiment } from '../calibrate/synthetic.js';
import { smallDevice, type Scratch } from '../scratch.js';

/** Two axes of numbers and two seeds on a small network; each test changes what it is about. */
export const smallSweep = `name: small
experiment: cells.yaml
overrides: { dataset.trainSubset.count: 200 }
axes:
  device.cycleToCycle: [0, 0.05]
  training.learningRate: [0.1, 0.3]
seeds: 2
`;

export function writeSweep(scratch: Scratch, text = smallSweep): string {
  scratch.write('device.yaml', smallDevice);
  scratch.write('cells.yaml', cellExperiment);
  return scratch.write('sweep.yaml', text);
}
