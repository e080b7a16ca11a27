import type {
  HostOnlineSgdKernel,
  HostOnlineSgdSession,
  OnlineSgdKernel,
  OnlineSgdSession,
} from './online-sgd/contract.js';
import type { HostCrossbarReadKernel, CrossbarReadKernel } from './crossbar-read/contract.js';
import type { DriftKernel, HostDriftKernel } from './drift/contract.js';
import type { HostPulseUpdateKernel, PulseUpdateKernel } from './pulse-update/contract.js';

/** Kernels whose arrays lie in the host's memory, so that results are there when the call returns. */
export interface HostKernelSet {
  readonly OnlineSgd: HostOnlineSgdKernel;
  readonly PulseUpdate: HostPulseUpdateKernel;
  readonly CrossbarRead: HostCrossbarReadKernel;
  readonly Drift: HostDriftKernel;
}

/** Every kernel of one backend, wherever its arrays lie. */
export interface KernelSet {
  readonly OnlineSgd: OnlineSgdKernel;
  readonly PulseUpdate: PulseUpdateKernel;
  readonly CrossbarRead: CrossbarReadKernel;
  readonly Drift: DriftKernel;
}

/**
 * Host kernels behind the contract that all backends share: what they throw becomes a rejection.
 * @param ready - waited for before any work
 */
export function asKernels(
  { OnlineSgd, PulseUpdate, CrossbarRead, Drift }: HostKernelSet,
  ready?: () => Promise<unknown>,
): KernelSet {
  const later = ready ? <T>(work: () => T): Promise<T> => ready().then(work) : atOnce;
  return {
    OnlineSgd: { ...OnlineSgd, open: (...call) => later(() => asSession(OnlineSgd.open(...call))) },
    PulseUpdate: { ...PulseUpdate, run: (call) => later(() => PulseUpdate.run(call)) },
    CrossbarRead: { ...CrossbarRead, run: (call) => later(() => CrossbarRead.run(call)) },
    Drift: { ...Drift, run: (call) => later(() => Drift.run(call)) },
  };
}

function asSession(session: HostOnlineSgdSession): OnlineSgdSession {
  return {
    load: (samples) => atOnce(() => session.load(samples)),
    train: (...call) =>
      atOnce(() => {
        session.train(...call);
      }),
    predict: (samples, replica, stream) => atOnce(() => session.predict(samples, replica, stream)),
    drift: (...call) =>
      atOnce(() => {
        session.drift(...call);
      }),
    states: (replica) => atOnce(() => session.states(replica)),
    ledger: (replica) => atOnce(() => session.ledger(replica)),
    ledgers: (replica) => atOnce(() => session.ledgers(replica)),
    ...(session.threads && { threads: session.threads.bind(session) }),
    dispose: () => {
      session.dispose();
    },
  };
}

/** The work is done at once; only its result is handed over later. */
function atOnce<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
