import type { KernelMemory } from '../../wasm/memory.js';
import { Team, type SharedKernels } from '../../wasm/team.js';
import type { OpenOptions, Replica, ThreadUse } from '../contract.js';
import { Pace, samplesPerCall, samplesPerLongCall, type Mode } from './pace.js';
import type { PlacedReplica } from './placement.js';
import { placeShares, type PlacedShares } from './shares.js';

/** One call of training, as the kernels take it. */
export interface TrainCall {
  /** Address of the layers, and how many there are. */
  readonly layers: number;
  readonly layerCount: number;
  readonly samples: number;
  readonly order: number;
  readonly count: number;
  readonly firstStep: number;
  readonly loss: number;
  readonly updateFirst: boolean;
  readonly columnSumPeriod: number;
}

/** One call of prediction, as the kernels take it. */
export interface PredictCall {
  /** Address of the layers, and how many there are. */
  readonly layers: number;
  readonly layerCount: number;
  readonly samples: number;
  readonly first: number;
  readonly count: number;
  readonly outputs: number;
  readonly stream: number;
}

/** A call of training that trains on nothing. */
const nothing = {
  samples: 0,
  order: 0,
  count: 0,
  firstStep: 0,
  loss: 0,
  updateFirst: true,
  columnSumPeriod: 1,
} as const;

/** Samples of several threads after which the engine has had its occasions to replace code by optimised code. */
const warmSamples = 4000;

/** Predicts on one thread. */
export function predictAlone({ exports }: KernelMemory, call: PredictCall): void {
  const { layers, layerCount, samples, first, count, outputs, stream } = call;
  exports.predict(layers, layerCount, samples, first, count, outputs, stream);
}

/** Trains on one thread; returns the samples that were trained on. */
export function trainAlone({ exports }: KernelMemory, call: TrainCall): number {
  const { layers, layerCount, samples, order, count, firstStep, loss, updateFirst, columnSumPeriod } = call;
  exports.train(layers, layerCount, samples, order, count, firstStep, loss, updateFirst, columnSumPeriod);
  return count;
}

/** Milliseconds beyond which a call of several threads is ended early: far more than its samples can ask for. */
function allowed(aloneTime: number, samples: number): number {
  return 3 * aloneTime * samples + 0.5;
}

/** Where a network's cells are newest: what threads have of their own is no part of the network. */
interface Whereabouts {
  network: boolean;
  threads: boolean;
  /** Whether it was not training that wrote the network's cells last. */
  outdated: boolean;
}

/** Threads that train a session's networks together, as long as that is faster than one alone. */
export class Crew {
  private readonly counts = { alone: 0, together: 0 };
  /** By replica. */
  private readonly newest: Whereabouts[];
  /** Milliseconds for which cells were brought back from threads, which is what it costs to train together. */
  private debt = 0;

  private constructor(
    private readonly memory: SharedKernels['memory'],
    private readonly team: Team,
    /** By replica. */
    private readonly shares: readonly PlacedShares[],
    /** Undefined where the threads always work together. */
    private readonly pace: Pace | undefined,
  ) {
    this.newest = shares.map(() => ({ network: true, threads: false, outdated: false }));
  }

  static gather(
    shared: SharedKernels,
    replicas: readonly Replica[],
    placed: readonly PlacedReplica[],
    { threads = 1, pace }: OpenOptions,
  ): Crew {
    const { memory } = shared;
    const shares = replicas.map(({ program }, r) => placeShares(memory, program, placed[r]!.layers, { threads, pace }));
    return new Crew(memory, new Team(shared, { count: threads }), shares, pace === 'always' ? undefined : new Pace());
  }

  /** Samples that a call should take. */
  get piece(): number {
    const most = this.counts.together < warmSamples ? samplesPerCall : samplesPerLongCall;
    return Math.min(this.pace?.samples ?? Infinity, most);
  }

  /** @returns samples that were trained on: fewer than were asked for where threads kept each other waiting */
  train(call: TrainCall, replica: number): number {
    const mode = this.mode();
    const together = mode === 'together';
    const newest = this.newest[replica]!;
    const asked = performance.now();
    if (!together) this.returnCells(replica);
    else if (!newest.threads) this.sendOut(replica);
    const started = performance.now();
    newest.network = !together;
    newest.threads = together;
    const done = together ? this.trainTogether(call, replica, started) : trainAlone(this.memory, call);
    // To move cells for a change of mode says nothing of either; to move them because someone else wrote them does.
    const clocked = performance.now() - (newest.outdated ? asked : started) + (together ? this.debt : 0);
    newest.outdated = false;
    if (together) this.debt = 0;
    this.counts[mode] += done;
    this.pace?.note(mode, done, clocked, done < call.count);
    return done;
  }

  private mode(): Mode {
    if (this.pace) return this.team.ready ? this.pace.mode : 'alone';
    this.team.awaitReady();
    return 'together';
  }

  private trainTogether(call: TrainCall, replica: number, started: number): number {
    const { count } = call;
    const aloneTime = this.pace?.aloneTime;
    this.describe(replica, call, aloneTime === undefined ? 0 : started + allowed(aloneTime, count));
    return this.team.run();
  }

  private describe(replica: number, work: Omit<TrainCall, 'layers' | 'layerCount'>, deadline: number): void {
    const { address, task } = this.team;
    const { layers, layerCount, parts, inputs, exchanges } = this.shares[replica]!;
    const { samples, order, count, firstStep, loss, updateFirst, columnSumPeriod } = work;
    const takesCells = !this.newest[replica]!.threads;
    this.memory.exports.setTask(
      ...([task, address, layers, layerCount, parts, inputs, exchanges, takesCells, samples, order, count] as const),
      ...([firstStep, loss, updateFirst, columnSumPeriod, deadline] as const),
    );
  }

  /** Has every thread take its cells from the network, by a call of no samples. */
  private sendOut(replica: number): void {
    this.describe(replica, nothing, 0);
    this.team.run();
    this.newest[replica]!.threads = true;
  }

  private returnCells(replica: number): void {
    const newest = this.newest[replica]!;
    if (newest.network) return;
    this.describe(replica, nothing, 0);
    this.memory.exports.returnCells(this.team.task);
    newest.network = true;
  }

  /** Brings the cells of a network back from the threads, before anyone else reads or writes them. */
  bringHome(replica: number): void {
    const started = performance.now();
    this.returnCells(replica);
    this.debt += performance.now() - started;
  }

  /** Notes that a network's cells were written by someone else. */
  outdate(replica: number): void {
    Object.assign(this.newest[replica]!, { threads: false, outdated: true });
  }

  private get predicts(): boolean {
    return !this.pace || this.team.ready;
  }

  /** Samples that a call of prediction should take: of several threads all, since they wait for each other at its end. */
  get predictedPiece(): number {
    return this.predicts ? Infinity : samplesPerCall;
  }

  /** Threads share samples out as they come to them, so that one whose core is busy costs the others little. */
  predict(call: PredictCall, replica: number): void {
    this.bringHome(replica);
    if (!this.predicts) {
      predictAlone(this.memory, call);
      return;
    }
    this.team.awaitReady();
    const { layerCount, samples, first, count, outputs, stream } = call;
    const { address, task } = this.team;
    const { twins } = this.shares[replica]!;
    this.memory.exports.setPrediction(
      ...([task, address, twins, layerCount, samples, first, count, outputs, stream] as const),
    );
    this.team.run();
  }

  use(): ThreadUse {
    const { alone, together } = this.counts;
    return { threads: this.team.count, share: together === 0 ? 0 : together / (alone + together) };
  }

  dismiss(): void {
    this.team.stop();
  }
}
