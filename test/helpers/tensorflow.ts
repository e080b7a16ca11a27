import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findTensorflow, tensorflowFound } from '../../kernels/composed/tensorflow.js';

/** What scripts/tfjs-node.mjs builds. */
const built = fileURLToPath(new URL('../../.cache/tfjs-node', import.meta.url));
if (existsSync(built)) process.env.MHO_TFJS_NODE ??= built;

const found = findTensorflow();

export const hasTensorflow = tensorflowFound(found);

/** For the titles of tests: what they run on, or why they are skipped. */
export const tensorflowTitle = tensorflowFound(found)
  ? `${found.name} ${found.version}`
  : `skipped: ${found.what}; node scripts/tfjs-node.mjs builds it`;
