/** What a submit script is made of. */
export interface SlurmScript {
  readonly name: string;
  /** The command that starts Mho on a node, in words. */
  readonly command: readonly string[];
  /** Absolute paths of the sweep's file and folder, which all nodes see. */
  readonly file: string;
  readonly out: string;
  /** Folder that the tasks run in. */
  readonly cwd: string;
  /** What the command was told of backends and groups. */
  readonly backend?: string | undefined;
  readonly group?: number | undefined;
  /** Tasks of the array. */
  readonly shards: number;
  /** Processes at a time in a task, a core each. */
  readonly jobs: number;
  /** Whether nodes may use no network. */
  readonly offline: boolean;
  /** As Slurm reads them: `04:00:00`, `4G`. */
  readonly time: string;
  readonly memory: string;
}

/** Time that a task is told before its end [s]: more than enough to stop, since finished trials lie in place already. */
const notice = 60;

/** A task that was stopped or killed is queued again at most so often. */
const restarts = 50;

/**
 * A submit script for Slurm: a job array, each task of which runs one part of a sweep. Where a task is told to stop, since
 * its time is over or its node is wanted, or its process is killed, it is queued again and goes on with what is not finished;
 * where it is cancelled, it ends.
 */
export function slurmScript(script: SlurmScript): string {
  const { name, command, file, out, cwd, backend, group, shards, jobs, time, memory } = script;
  const { offline } = script;
  const told = [
    ...(offline ? ['--offline'] : []),
    ...(backend === undefined ? [] : ['--backend', backend]),
    ...(group ? ['--group', String(group)] : []),
  ];
  const words = [...command, 'sweep', file, '--out', out, ...told].map(quoted).join(' ');
  const gpus =
    backend === 'webgpu' || backend === 'auto' ? '\n# A GPU too, as your cluster names it: --gres=gpu:1' : '';
  return `#!/bin/bash
# ${name} in ${shards} parts. Partition and account, where yours asks for them, go before the file:
#   sbatch -p PARTITION -A ACCOUNT FILE${gpus}
# Then the table of all: mho results ${quoted(out)}; to end it: scancel and the job's number.
#SBATCH --job-name=mho-${name}
#SBATCH --array=1-${shards}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=${jobs}
#SBATCH --mem=${memory}
#SBATCH --time=${time}
#SBATCH --requeue
#SBATCH --signal=B:TERM@${notice}
#SBATCH --output=mho-${name}-%A_%a.log
#SBATCH --open-mode=append
set -u
cd ${quoted(cwd)} || exit 1
# The number of parts as it was written: sbatch --array=3 does part 3 again.
part=$SLURM_ARRAY_TASK_ID/${shards}
echo "part $part on $(hostname), start $((\${SLURM_RESTART_COUNT:-0} + 1))"

${words} --resume --shard "$part" --jobs ${jobs} &
mho=$!
trap 'kill -TERM "$mho" 2>/dev/null' TERM INT
wait "$mho"
code=$?
# The trap has interrupted the wait: what the sweep itself ends with is what counts.
while kill -0 "$mho" 2>/dev/null; do
  wait "$mho"
  code=$?
done

# 130: told to stop; above 128: killed. Finished trials are kept, and the next start goes on from there.
if [ "$code" -ge 128 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${restarts} ]; then
  # Of a job that still runs, its time is nearly over, or its process was killed. Any other state is what Slurm has made of it,
  # cancelled or queued again already, and stays.
  # By its place in the array: the number of one task is also that of the whole array.
  task=\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
  state=$(squeue --noheader --jobs "$task" --format=%T)
  if [ "$state" = RUNNING ]; then
    scontrol requeue "$task"
    sleep 30
  else
    echo "part $part ends: Slurm says \${state:-nothing of it}"
  fi
fi
exit "$code"
`;
}

/** What of a submit script asks for more than the sweep can use; undefined where nothing does. */
export function idleCores(trials: number, shards: number, jobs: number): string | undefined {
  const most = Math.ceil(trials / shards);
  if (shards > trials) return `--shards ${shards}: there are ${trials} trials, and ${shards - trials} tasks have none`;
  if (jobs <= most) return undefined;
  const idle = `a task has ${most} of the ${trials} trials at most, and ${jobs - most} of its ${jobs} cores idle`;
  return `--jobs ${jobs}: ${idle}; --jobs ${most} is enough`;
}

/** A word as a shell reads it. */
function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
