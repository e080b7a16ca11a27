import { existsSync } from 'node:fs';
import { adapterName, findAdapter, wasFound, type AdapterSearch } from '../../kernels/webgpu/adapter.js';

/** The software driver of Debian's package chromium-common. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Tests run on the software driver where it is installed, so that they mean the same everywhere. */
if (existsSync(swiftShader)) process.env.VK_DRIVER_FILES ??= swiftShader;

const found: AdapterSearch = await findAdapter();

export const hasGpu = wasFound(found);

/** For the titles of tests: what they run on, or why they are skipped. */
export const gpuTitle = wasFound(found) ? adapterName(found.facts) : `skipped: ${found.what}`;
