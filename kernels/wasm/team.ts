import type { MessagePort, Worker } from 'node:worker_threads';
import { RunError } from '../../src/errors.js';
import type { KernelExports } from './binary.generated.js';
import { KernelMemory, moduleOf } from './memory.js';
import { binaryBase64, type TeamExports } from './shared-binary.generated.js';

export type SharedExports = KernelExports & TeamExports;

/** Pages of a memory that threads share: it can grow to all that 32-bit pointers reach. */
const pages = { initial: 64, maximum: 65_536 } as const;

/**
 * Looks at a word before a waiting thread sleeps: some hundred microseconds. What threads wait for while one of them has more
 * columns or pulses than another must be shorter: to sleep and be woken takes twenty, for which the
 * other one then waits in its turn.
 */
const spins = 400_000;

/** Words of a team, in bytes from its address. Twin of kernels/wasm/assembly/team.ts. */
const line = 64;
const places = { job: line, ready: 2 * line, failed: 4 * line, rounds: 5 * line } as const;

/**
 * What a thread runs: it takes one job after the other until there is no more. It is a text because a thread starts from
 * a file or a text, and the kernels come as one bundle, as compiled files and as sources.
 */
const threadSource = `
const { workerData } = require('node:worker_threads');
const { module, memory, tables, team, task, me, port, places } = workerData;
const words = new Int32Array(memory.buffer);
try {
  const env = { memory, now: () => 0 };
  const { exports } = new WebAssembly.Instance(module, { env });
  exports.setNormalTable(tables.normal);
  exports.setJumpTables(...tables.jumps);
  exports.joinTeam(team);
  for (let job = exports.awaitJob(team, 0); job >= 0; job = exports.awaitJob(team, job)) exports.workTogether(task, me);
} catch (error) {
  port.postMessage(String(error));
  Atomics.store(words, (team + places.failed) / 4, 1);
  for (const at of [places.ready, places.rounds + 64 * me]) Atomics.notify(words, (team + at) / 4);
}
`;

/** Node's threads, where there are any: browsers, in which the kernels run too, have other ones. */
function workerThreads(): typeof import('node:worker_threads') | undefined {
  const host = globalThis as { process?: { getBuiltinModule?: NodeJS.Process['getBuiltinModule'] } };
  return host.process?.getBuiltinModule?.('node:worker_threads');
}

/** Why threads cannot share a memory here; undefined where they can. */
export function whyNoThreads(): string | undefined {
  if (!workerThreads()) return 'there are no worker threads';
  if (typeof SharedArrayBuffer === 'undefined') return 'there is no shared memory';
  try {
    moduleOf(binaryBase64);
    return undefined;
  } catch {
    return 'this engine has no WebAssembly threads';
  }
}

/** The kernels over a memory that threads can share. */
export interface SharedKernels {
  readonly memory: KernelMemory<SharedExports>;
  readonly raw: WebAssembly.Memory;
}

/** Undefined where there is no such memory to be had. */
export function sharedKernels(): SharedKernels | undefined {
  if (whyNoThreads() !== undefined) return undefined;
  try {
    const raw = new WebAssembly.Memory({ ...pages, shared: true });
    const memory = new KernelMemory<SharedExports>(moduleOf(binaryBase64), raw, { now: () => performance.now() });
    return { memory, raw };
  } catch (error) {
    // Address space can be short: 4 GiB of it are set aside.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export interface TeamOptions {
  /** Threads, the caller's among them: at least two. */
  readonly count: number;
  /** Tenths of a second without a sign of a thread after which it is given up (300). */
  readonly patience?: number | undefined;
}

/** A thread beside the caller's, and where it says what went wrong in it. */
interface Member {
  readonly worker: Worker;
  readonly port: MessagePort;
}

/** Threads that stand by for jobs on one memory. They start on their own, and never keep the process alive. */
export class Team {
  readonly address: number;
  /** Where a job is described to the threads. */
  readonly task: number;
  readonly count: number;
  private readonly members: readonly Member[];
  private readonly exports: SharedExports;
  private readonly words: Int32Array;
  /** What befell a thread that was not told to end. */
  private trouble: string | undefined;
  private stopped = false;

  constructor({ memory, raw }: SharedKernels, { count, patience = 300 }: TeamOptions) {
    const { exports } = memory;
    this.count = count;
    this.address = memory.allocate(exports.teamSize(count));
    this.task = memory.allocate(exports.taskSize());
    exports.setTeam(this.address, count, spins, patience);
    this.words = new Int32Array(raw.buffer);
    this.exports = exports;
    const given = { module: moduleOf(binaryBase64), memory: raw, tables: memory.tables };
    this.members = Array.from({ length: count - 1 }, (_, m) => this.start({ ...given, me: m + 1 }));
  }

  private start(given: object): Member {
    const { Worker, MessageChannel } = workerThreads()!;
    const { port1, port2 } = new MessageChannel();
    const { address: team, task } = this;
    const workerData = { ...given, team, task, places, port: port2 };
    const worker = new Worker(threadSource, { eval: true, workerData, transferList: [port2], execArgv: [] });
    worker.unref();
    worker.on('error', (error) => (this.trouble ??= error.message));
    worker.on('exit', (code) => {
      if (!this.stopped) this.trouble ??= `it ended with exit code ${code}`;
    });
    return { worker, port: port1 };
  }

  /** Whether every thread has started: it takes them some tens of milliseconds. */
  get ready(): boolean {
    return this.word(places.ready) === this.count - 1;
  }

  /** Waits for every thread to have started. */
  awaitReady(): void {
    for (let waits = 0; !this.ready; waits++) {
      if (waits === 100 || this.word(places.failed) !== 0) throw this.failure();
      Atomics.wait(this.words, (this.address + places.ready) / 4, this.word(places.ready), 100);
    }
  }

  /**
   * Does the job that stands at `task` with all threads.
   * @returns samples that were trained on or predicted
   * @throws RunError where a thread failed or does not answer; the memory is then of no use any more
   */
  run(): number {
    if (this.trouble !== undefined) throw this.failure();
    this.exports.startJob(this.address);
    const done = this.exports.workTogether(this.task, 0);
    if (done < 0) throw this.failure();
    return done;
  }

  private failure(): RunError {
    const { receiveMessageOnPort } = workerThreads()!;
    const told = this.members.map(({ port }) => receiveMessageOnPort(port)?.message as string | undefined);
    const reason = told.find((text) => text !== undefined) ?? this.trouble ?? 'it does not answer';
    const remedy = 'run again, with --threads 1 where it comes back';
    return new RunError({ where: 'threads', what: `a worker thread failed: ${reason}`, remedy });
  }

  private word(place: number): number {
    return Atomics.load(this.words, (this.address + place) / 4);
  }

  /** Lets the threads end. */
  stop(): void {
    this.stopped = true;
    const job = (this.address + places.job) / 4;
    Atomics.store(this.words, job, -1);
    Atomics.notify(this.words, job);
  }

  /** Ends one thread at once, as a crash would. */
  async kill(member: number): Promise<void> {
    await this.members[member]!.worker.terminate();
  }
}
