// A private Slurm of one node on loopback, from Debian's packages slurm-wlm and munge, for tests and to try a submit script:
//   node scripts/slurm.mjs start <folder>    starts munged, slurmctld and slurmd; prints the variables to set
//   node scripts/slurm.mjs stop <folder>     ends them
// It needs root, touches nothing outside the folder, and listens on ports of its own.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const daemons = ['slurmd', 'slurmctld', 'munged'];

/** A port that nobody listens on now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function configuration(folder) {
  const host = os.hostname().split('.')[0];
  const at = (name) => path.join(folder, name);
  return [
    ['ClusterName', 'mho'],
    ['SlurmctldHost', `${host}(127.0.0.1)`],
    ['SlurmctldPort', await freePort()],
    ['SlurmdPort', await freePort()],
    ['SlurmUser', 'root'],
    ['SlurmdUser', 'root'],
    ['AuthType', 'auth/munge'],
    // A task that is requeued waits until its old credential has expired: two minutes unless told.
    ['AuthInfo', `socket=${at('munge.socket')},cred_expire=5`],
    ['CredType', 'cred/munge'],
    ['StateSaveLocation', at('state')],
    ['SlurmdSpoolDir', at('spool')],
    ['SlurmctldPidFile', at('slurmctld.pid')],
    ['SlurmdPidFile', at('slurmd.pid')],
    ['SlurmctldLogFile', at('slurmctld.log')],
    ['SlurmdLogFile', at('slurmd.log')],
    // No control groups: those belong to whoever started this machine.
    ['ProctrackType', 'proctrack/linuxproc'],
    ['TaskPlugin', 'task/none'],
    ['JobAcctGatherType', 'jobacct_gather/none'],
    ['AccountingStorageType', 'accounting_storage/none'],
    ['MpiDefault', 'none'],
    ['SelectType', 'select/cons_tres'],
    ['SelectTypeParameters', 'CR_Core_Memory'],
    ['SchedulerParameters', 'sched_interval=1,batch_sched_delay=0,bf_interval=1'],
    ['KillWait', 5],
    ['ReturnToService', 2],
    [
      'NodeName',
      `${host} NodeAddr=127.0.0.1 CPUs=${os.cpus().length} RealMemory=${Math.floor(os.totalmem() / 2 ** 20)} State=UNKNOWN`,
    ],
    ['PartitionName', 'main Nodes=ALL Default=YES MaxTime=INFINITE State=UP'],
  ]
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

function have(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

function daemon(folder, command, args, env = process.env) {
  const log = openSync(path.join(folder, `${command}.out`), 'a');
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], env });
  writeFileSync(path.join(folder, `${command}.started`), String(child.pid));
  child.unref();
}

async function waitFor(what, check) {
  for (let waited = 0; waited < 60_000; waited += 200) {
    if (check()) return;
    await sleep(200);
  }
  throw new Error(`${what} did not come up within a minute; see the logs`);
}

async function start(folder) {
  const missing = [...daemons, 'sbatch'].filter((command) => !have(command));
  if (missing.length > 0) throw new Error(`${missing.join(', ')} not found; apt-get install slurm-wlm munge`);
  if (process.getuid() !== 0) throw new Error('needs root: slurmd starts tasks as their users');
  for (const name of ['state', 'spool']) mkdirSync(path.join(folder, name), { recursive: true });
  const key = path.join(folder, 'munge.key');
  writeFileSync(key, randomBytes(128), { mode: 0o400 });
  const conf = path.join(folder, 'slurm.conf');
  writeFileSync(conf, await configuration(folder));
  // The folder lies below one that all may write to, which munged would refuse.
  const files = ['socket', 'pid', 'seed', 'log'].map((name) => path.join(folder, `munge.${name}`));
  const [socket, pid, seed, log] = files;
  daemon(folder, 'munged', [
    ...['--foreground', '--force', `--socket=${socket}`, `--key-file=${key}`],
    ...[`--pid-file=${pid}`, `--seed-file=${seed}`, `--log-file=${log}`, '--num-threads=2'],
  ]);
  await waitFor('munged', () => existsSync(socket));
  const env = { ...process.env, SLURM_CONF: conf };
  daemon(folder, 'slurmctld', ['-D', '-f', conf], env);
  daemon(folder, 'slurmd', ['-D', '-f', conf], env);
  await waitFor('slurm', () => {
    const { stdout } = spawnSync('sinfo', ['--noheader', '--format=%T'], { env, encoding: 'utf8' });
    return stdout?.trim() === 'idle';
  });
  console.log(`export SLURM_CONF=${conf}`);
}

function stop(folder) {
  for (const command of daemons) {
    const file = path.join(folder, `${command}.started`);
    if (!existsSync(file)) continue;
    try {
      process.kill(Number(readFileSync(file, 'utf8')), 'SIGTERM');
    } catch {
      // It ended by itself.
    }
    rmSync(file);
  }
}

const [action, given] = process.argv.slice(2);
if (!['start', 'stop'].includes(action) || given === undefined) {
  console.error('usage: node scripts/slurm.mjs start|stop <folder>');
  process.exit(2);
}
const folder = path.resolve(given);
try {
  if (action === 'start') await start(folder);
  else stop(folder);
} catch (error) {
  stop(folder);
  console.error(`slurm: ${error.message}`);
  process.exit(1);
}
