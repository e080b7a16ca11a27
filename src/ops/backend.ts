import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { RunError, UsageError } from '../errors.js';
import { backends, type Backend } from '../../kernels/register.js';
import { registerCrossbarRead } from './crossbar-read.js';
import { registerDrift } from './drift.js';
import { registerOnlineSgd } from './online-sgd.js';
import { registerPulseUpdate } from './pulse-update.js';

/** Registers every op of Mho with tfjs, on every backend that has it; calling it again changes nothing. */
export function registerOps(): void {
  registerOnlineSgd();
  registerPulseUpdate();
  registerCrossbarRead();
  registerDrift();
}

/** Makes a backend tfjs's active one, with Mho's ops registered. */
export async function useBackend(backend: Backend): Promise<void> {
  if (!backends.includes(backend)) {
    const what = `got the backend ${JSON.stringify(backend)}, expected ${backends.join(' or ')}`;
    throw new UsageError({ where: 'useBackend', what });
  }
  registerOps();
  // tfjs advises its native binding at the cpu backend's first use, unless in production mode; here `cpu` is the reference
  // and chosen on purpose.
  tf.env().set('PROD', true);
  if (backend === 'wasm') await importWasmBackend();
  if (!(await tf.setBackend(backend))) {
    throw new RunError({
      where: 'backend',
      what: `tfjs could not start its ${backend} backend`,
      remedy: 'try --backend cpu',
    });
  }
  await tf.ready();
}

async function importWasmBackend(): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if ('wasm' in tf.engine().registry) return;
  const binary = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm');
  setWasmPaths(path.dirname(binary) + path.sep);
}
