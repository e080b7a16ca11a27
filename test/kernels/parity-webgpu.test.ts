import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import { describeParity } from '../helpers/parity.js';

// In a file of its own, so that it runs beside the other backends.
describeParity('webgpu', { runs: hasGpu, where: gpuTitle });
