import { createRequire } from 'node:module';

/** tfjs's webgpu backend, an optional package. */
export const webgpuPackage = '@tensorflow/tfjs-backend-webgpu';

export function webgpuPackageIsThere(): boolean {
  try {
    createRequire(import.meta.url).resolve(webgpuPackage);
    return true;
  } catch {
    return false;
  }
}
