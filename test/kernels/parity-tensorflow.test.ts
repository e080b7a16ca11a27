import { describeComposed } from '../helpers/parity-composed.js';
import { hasTensorflow, tensorflowTitle } from '../helpers/tensorflow.js';

describeComposed('tensorflow', 23, { runs: hasTensorflow, where: tensorflowTitle });
