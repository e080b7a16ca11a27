import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';

/** tfjs's webgpu backend, an optional package. */
export const webgpuPackage = '@tensorflow/tfjs-backend-webgpu';

/** Dawn, which gives Node its WebGPU, and tfjs's backend. */
const webgpuPackages = ['webgpu', webgpuPackage] as const;

export function webgpuPackageIsThere(): boolean {
  return versionOf(webgpuPackage) !== null;
}

/** Versions of the optional packages behind `webgpu`, by name; null where one is not installed. */
export function webgpuPackageVersions(): Record<string, string | null> {
  return Object.fromEntries(webgpuPackages.map((name) => [name, versionOf(name)]));
}

function versionOf(name: string): string | null {
  try {
    const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
  } catch {
    return null;
  }
}
