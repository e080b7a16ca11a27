import type { Dataset } from '../../datasets/dataset.js';
export interface TrainerStub {
  dataset: Dataset;
}
