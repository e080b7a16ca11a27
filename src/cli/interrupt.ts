import { isatty } from 'node:tty';

/** Exit code of a command that Ctrl-C ended. */
export const interruptedCode = 130;

export interface Interrupts {
  /** Aborted by the first Ctrl-C after `hold`. */
  readonly signal: AbortSignal;
  /** From here on there is something to keep: the first Ctrl-C asks, the second quits. Before, the first quits. */
  hold(): void;
  dispose(): void;
}

/**
 * Listens for SIGINT and SIGTERM, and for SIGHUP, which a terminal sends that is closed. Quitting at once goes through
 * `process.exit`, whose hooks remove what is unfinished.
 * @param tell - hears that the run is about to stop
 */
export function listenForInterrupts(tell: (message: string) => void): Interrupts {
  const controller = new AbortController();
  let held = false;
  const interrupt = (name: NodeJS.Signals): void => {
    // A terminal that closes and the shell in it may both say so.
    if (name === 'SIGHUP' && controller.signal.aborted) return;
    if (!held || controller.signal.aborted) {
      tell('interrupted; nothing was kept');
      process.exit(interruptedCode);
    }
    tell('stopping; Ctrl-C again quits at once and keeps nothing');
    controller.abort();
  };
  const signals = stopSignals();
  for (const name of signals) process.on(name, interrupt);
  return {
    signal: controller.signal,
    hold: () => {
      held = true;
    },
    dispose: () => {
      for (const name of signals) process.removeListener(name, interrupt);
    },
  };
}

/** Signals that tell this command to stop: without a terminal SIGHUP is none, see {@link outliveTerminals}. */
export function stopSignals(): readonly NodeJS.Signals[] {
  return hasTerminal() ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM'];
}

/**
 * Lets a command that has no terminal, as `nohup` starts one, go on when one is closed. Node itself forgets at its start that
 * SIGHUP was to be ignored.
 */
export function outliveTerminals(): void {
  if (!hasTerminal() && !process.listeners('SIGHUP').includes(overlook)) process.on('SIGHUP', overlook);
}

function overlook(): void {
  // The work goes on.
}

function hasTerminal(): boolean {
  return [0, 1, 2].some((stream) => isatty(stream));
}
