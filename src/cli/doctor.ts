import type { CommandModule } from 'yargs';
import type { Diagnosis, DatasetState } from '../experiment/diagnosis.js';
import type { ThreadsState } from '../experiment/threads.js';
import type { BackendState, GpuState } from '../ops/diagnosis.js';

interface DoctorArguments {
  readonly json: boolean;
}

/** `mho doctor`: what this machine has for Mho, and what to install for the rest. */
export const doctorCommand: CommandModule<object, DoctorArguments> = {
  command: 'doctor',
  describe: 'Show backends, the GPU, versions and data sets that were found',
  builder: (yargs) =>
    yargs.option('json', { type: 'boolean', default: false, describe: 'Print one JSON object on stdout' }),
  handler: async ({ json }) => {
    const { diagnose } = await import('../experiment/diagnosis.js');
    const diagnosis = await diagnose();
    console.log(json ? JSON.stringify(diagnosis, null, 2) : describe(diagnosis));
  },
};

function describe({ versions, commit, platform, backends, auto, threads, datasets }: Diagnosis): string {
  const { mho, node, tfjs } = versions;
  return [
    `mho ${mho}, commit ${commit ?? 'unknown'}, node ${node}, tfjs ${tfjs}`,
    `${platform.os} ${platform.arch}, ${platform.cpu}, ${platform.cores} cores`,
    '',
    'backends',
    ...backends.flatMap((backend) => [
      ...backendLines(backend),
      ...(backend.name === 'webgpu' ? [indented(packagesLine(versions.optional))] : []),
    ]),
    `  taken      ${auto.backend} (${auto.reason})`,
    threadsLine(threads),
    '',
    'data sets',
    ...datasets.map((dataset) => datasetLine(dataset, Math.max(...datasets.map(({ name }) => name.length)))),
  ].join('\n');
}

function backendLines({ name, ready, what, remedy, gpu }: BackendState): string[] {
  const line = `  ${name.padEnd(10)} ${ready ? 'ready' : 'absent'}: ${what}`;
  return [line, ...(remedy === undefined ? [] : [indented(`to get it: ${remedy}`)]), ...(gpu ? gpuLines(gpu) : [])];
}

/** Which packages are there, whether or not a driver is. */
function packagesLine(versions: Diagnosis['versions']['optional']): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version ?? 'not installed'}`);
  return `packages: ${named.join(', ')}`;
}

function threadsLine({ auto, reason }: ThreadsState): string {
  return `  ${'threads'.padEnd(10)} ${auto} for a run on wasm${reason === null ? '' : `: ${reason}`}`;
}

function gpuLines({ limits, deviations }: GpuState): string[] {
  const bits =
    deviations.length === 0
      ? 'arithmetic: the same bits as the other backends'
      : `arithmetic: other bits than the other backends, in ${deviations.join(', ')}: results differ slightly`;
  return [indented(bits), ...Object.entries(limits).map(([limit, value]) => indented(`${limit} ${value}`))];
}

function datasetLine({ name, present, places, remedy }: DatasetState, width: number): string {
  return `  ${name.padEnd(width)} ${present ? `ready: ${places.join(', ')}` : `absent: ${remedy ?? ''}`}`;
}

function indented(text: string): string {
  return `             ${text}`;
}
