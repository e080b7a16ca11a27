// Installs the Python packages that read back what Mho writes for them, for test/report/python-readers.test.ts: TensorBoard
// (event files), numpy (NPZ) and safetensors.
//   node scripts/python-readers.mjs            into .cache/python-readers, where the test looks for it
// Needs python3 with venv and a package index. Users do not need it.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const out = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../.cache/python-readers');
const packages = ['tensorboard>=2.16,<3', 'numpy>=1.26,<3', 'safetensors>=0.4,<1'];

const run = (command, args) => execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
try {
  run('python3', ['-m', 'venv', '--clear', out]);
  run(path.join(out, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  console.log(`installed: ${out}`);
} catch (error) {
  // Half of it would look like all of it.
  rmSync(out, { recursive: true, force: true });
  console.error(`python-readers: ${error.message.split('\n')[0]}`);
  process.exit(1);
}
